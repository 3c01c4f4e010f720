"""What the product must answer, kept in plain Python: charters, money, signatures, mails, and the time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.core import times
from chalicelib.mail import outbox
from chalicelib.money.methods import METHODS

Json = dict[str, Any]
DAY = timedelta(days=1)
REMINDER_DAYS = (7, 2)
"""A patron is reminded so many days before the charter."""
OPERATOR_ZONE = ZoneInfo("America/Los_Angeles")


@dataclass
class Mail:
    mail_id: str
    kind: str
    to: str
    status: str
    attempts: int
    due_at: datetime
    rows: list["Row"] = field(default_factory=list)
    charter: "Charter | None" = None
    retried_at: datetime | None = None
    sendings: int = 1
    """How often the mail service may take it: once more where somebody sent it again, or where its sender ended after
    it was taken and before that was noted.
    """
    left_out: list["Row"] = field(default_factory=list)
    """Of a batch: what had ended when the mail was tried last."""

    @property
    def is_receipt(self) -> bool:
        return self.kind in ("receipt", "corrected", "batch_receipt")


@dataclass(eq=False)
class Row:
    body: Json
    status: str
    receipt: str
    recorded_at: datetime
    received_at: datetime
    answer: str = ""
    by: str = ""
    sent: tuple[str, Json] = ("", {})
    """The request that made it: its path behind the charter, and its body."""
    corrects: Json | None = None
    corrected_by: Json | None = None
    clearance: Json | None = None
    """By whom, and with which evidence."""

    @property
    def is_live(self) -> bool:
        return self.status in ("received", "cleared")

    @property
    def cents(self) -> int:
        return int(self.body["amount_cents"])


@dataclass
class Record:
    """Of one covered person."""

    waiver_id: str
    name: str
    born: str | None
    """Only minors give their birth date."""
    guest_id: str | None
    text: str
    email: str
    person: str = ""
    """The first record of the same person on this charter."""
    set_aside: bool = False
    erased: bool = False


@dataclass
class Signature:
    form: list[tuple[str, str]]
    records: list[Record]

    @property
    def token(self) -> str:
        return self.records[0].waiver_id


@dataclass
class Charter:
    details: Json
    event_id: str
    made_at: datetime
    since: datetime | None
    status: str = "scheduled"
    version: int = 1
    rows: dict[str, Row] = field(default_factory=dict)
    signatures: list[Signature] = field(default_factory=list)
    statement_number: str = ""
    reminded_at: datetime | None = None
    """When the patron was last asked to pay; forgotten as soon as nothing is due."""
    link: str = ""
    """What opens the guest page; empty as long as it is the id."""
    check_ins: dict[str, str] = field(default_factory=dict)
    briefed: bool | None = None
    departed: bool = False
    open_until: datetime | None = None
    asked_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def patron(self) -> str:
        """The patron's address."""
        return str(self.details["patron"]["email"])

    # --- money --------------------------------------------------------------------------------------

    def balance(self) -> dict[str, int]:
        """Plain adding up."""
        sums = dict.fromkeys(("received_cents", "deposits_cents", "refunded_cents", "tips_cents", "uncleared_cents"), 0)
        for row in self.rows.values():
            if not row.is_live:
                continue
            kind = row.body["kind"]
            refunds_tip = kind == "refund" and self.rows[row.body["refund_of"]].body["kind"] == "tip"
            if kind == "tip" or refunds_tip:
                sums["tips_cents"] += -row.cents if refunds_tip else row.cents
            else:
                sums["refunded_cents" if kind == "refund" else "received_cents"] += row.cents
            if kind == "deposit":
                sums["deposits_cents"] += row.cents
            if kind != "refund" and row.status == "received":
                sums["uncleared_cents"] += row.cents
        fee = self.details["cancellation_fee_cents" if self.status == "cancelled" else "charter_fee_cents"]
        due = fee - sums["received_cents"] + sums["refunded_cents"]
        return {"charged_cents": fee, **sums, "balance_due_cents": due, "to_refund_cents": max(0, -due)}

    def left_cents(self, paid_id: str) -> int:
        given = [row for row in self.rows.values() if row.body["refund_of"] == paid_id and row.is_live]
        return self.rows[paid_id].cents - sum(row.cents for row in given)

    def money_in(self) -> list[tuple[datetime, datetime, str]]:
        """Live payments, in the order of a statement."""
        live = {key: row for key, row in self.rows.items() if row.is_live and row.body["kind"] != "refund"}
        return sorted((row.received_at, row.recorded_at, key) for key, row in live.items())

    def is_settled(self) -> bool:
        if self.details["charter_fee_cents"]:
            return self.balance()["balance_due_cents"] <= 0
        return bool(self.money_in())

    def has_cash_since(self, since: datetime) -> bool:
        cash = [row for row in self.rows.values() if row.is_live and row.body["method"] == "cash"]
        return any(self.first_logged_at(row) >= since for row in cash if row.body["kind"] in ("deposit", "balance"))

    def first_logged_at(self, row: Row) -> datetime:
        """A correction brings no money: what was logged is what it corrects, if that was here and by this method."""
        key = row.corrects
        old = self.rows[key["payment_id"]] if key and key["event_id"] == self.event_id else None
        is_same = old is not None and old.body["method"] == row.body["method"]
        return self.first_logged_at(old) if old and is_same else row.recorded_at

    # --- reminders ----------------------------------------------------------------------------------

    @property
    def starts_at(self) -> datetime:
        return times.parse_instant(self.details["starts_at"])

    @property
    def ends_at(self) -> datetime:
        return times.parse_instant(self.details["ends_at"])

    def may_remind(self, now: datetime) -> bool:
        """Whether the patron may be reminded of the balance now."""
        return (
            self.since is not None
            and self.status == "scheduled"
            and self.starts_at > now
            and self.balance()["balance_due_cents"] > 0
            and not self.has_cash_since(self.since)
            and bool(self.details["patron"]["email"])
        )

    def reminders_due(self, now: datetime) -> list[int]:
        """The days before the start that began within the last 24 hours."""
        if not self.may_remind(now):
            return []
        assert self.since
        at = {days: self.starts_at - days * DAY for days in REMINDER_DAYS}
        return [days for days in REMINDER_DAYS if now - DAY < at[days] <= now and at[days] >= self.since]

    # --- readiness ----------------------------------------------------------------------------------

    def blocking(self, now: datetime) -> set[str]:
        """The checks that keep it from sailing. It has neither captain, boat nor passenger limit, and asks no money."""
        missing = self.missing()
        no_shows = sum(self.check_ins.get(guest["guest_id"]) == "no_show" for guest in missing)
        unsigned = max(self.details["party_size"] - len(self.people()), len(missing)) - no_shows
        left = self.starts_at - now
        last = {code for code, is_open in (("waivers", unsigned > 0), ("briefing", not self.briefed)) if is_open}
        return ({"captain"} if left <= timedelta(hours=24) else set()) | (last if left <= timedelta(hours=2) else set())

    # --- signatures ---------------------------------------------------------------------------------

    def is_closed(self, now: datetime) -> bool:
        over = self.ends_at <= now and (self.open_until is None or self.open_until <= now)
        return self.status == "cancelled" or over

    @property
    def records(self) -> list[Record]:
        return [one for signature in self.signatures for one in signature.records]

    @property
    def counted(self) -> list[Record]:
        return [one for one in self.records if not one.set_aside]

    def add_signature(self, signature: Signature) -> None:
        """Each record is of the person of the first earlier one that counts and could be theirs."""
        self.signatures.append(Signature(signature.form, []))
        for one in signature.records:
            earlier = [other for other in self.counted if not other.erased and _may_be_same(one, other)]
            one.person = earlier[0].person if earlier else one.waiver_id
            self.signatures[-1].records.append(one)

    def people(self) -> list[Record]:
        """Of each person who signed the newest record."""
        return list({one.person: one for one in self.counted}.values())

    def missing(self) -> list[Json]:
        signed = {one.guest_id for one in self.counted}
        return [guest for guest in self.details["guests"] if guest["guest_id"] not in signed]

    def guest_named(self, name: str, taken: Iterable[str | None] = ()) -> str | None:
        """The first listed guest of this name who has not signed, else the first who has."""
        missing = [guest["guest_id"] for guest in self.missing()]
        same = [guest["guest_id"] for guest in self.details["guests"] if guest["name"] == name]
        free = [guest_id for guest_id in same if guest_id not in taken]
        return min(free, key=lambda guest_id: guest_id not in missing, default=None)


def _may_be_same(one: Record, other: Record) -> bool:
    guests = {one.guest_id, other.guest_id} - {None}
    return (one.name, one.born) == (other.name, other.born) and len(guests) < 2


def statuses_after(answer: str, attempts: int) -> tuple[str, timedelta | None]:
    """The mail's status after a try that the mail service answers so, and how long it waits for the next one."""
    if answer == "busy" and attempts < outbox.MAX_ATTEMPTS:
        return "queued", timedelta(minutes=outbox.BACK_OFF_MINUTES[attempts - 1])
    return {"": "sent", "lost": "uncertain"}.get(answer, "failed"), None


RECEIPTS = {"sent": "sent", "cancelled": "off", "failed": "failed", "uncertain": "failed"}


def totals(rows: Iterable[tuple[Charter, Row]]) -> dict[str, int]:
    """The totals of a report."""
    by_charter: dict[str, Charter] = {}
    found = list(rows)
    for charter, _ in found:
        by_charter[charter.event_id] = charter
    names = ("received_cents", "refunded_cents", "tips_cents", "uncleared_cents")
    sums = {name: sum(charter.balance()[name] for charter in by_charter.values()) for name in names}
    return sums | {"count": len(found)}


def receivables(charters: Iterable[Charter], now: datetime) -> Json:
    """Who owes, the charters that end first standing first, and what is owed by age."""
    owing = [one for one in charters if one.balance()["balance_due_cents"] > 0]
    found = [_receivable(one, now) for one in sorted(owing, key=lambda one: (one.ends_at, one.event_id))]
    buckets = dict.fromkeys(("coming", "0-30", "31-60", "61-90", "over-90"), 0)
    for entry in found:
        buckets[entry["bucket"]] += entry["due_cents"]
    return {"charters": found, "due_cents": sum(buckets.values()), "buckets": buckets}


def _receivable(charter: Charter, now: datetime) -> Json:
    balance, is_over = charter.balance(), charter.ends_at <= now
    days = (now.astimezone(OPERATOR_ZONE).date() - charter.ends_at.astimezone(OPERATOR_ZONE).date()).days
    bucket = "0-30" if days <= 30 else "31-60" if days <= 60 else "61-90" if days <= 90 else "over-90"
    return {
        "event_id": charter.event_id,
        **{name: charter.details[name] for name in ("title", "patron", "starts_at", "ends_at")},
        "status": charter.status,
        "charged_cents": balance["charged_cents"],
        "due_cents": balance["balance_due_cents"],
        "uncleared_cents": balance["uncleared_cents"],
        "reminded_at": charter.reminded_at and times.format_instant(charter.reminded_at),
        "age_days": days if is_over else 0,
        "bucket": bucket if is_over else "coming",
    }


def books_of(charters: Iterable[Charter]) -> dict[str, Decimal]:
    """Each account's balance, in dollars; what is charged, due or owed to the crew stands against the money."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for charter in charters:
        balance = charter.balance()
        found["Assets:Receivable"] += dollars(balance["balance_due_cents"])
        found["Income:Charter"] -= dollars(balance["charged_cents"])
        found["Liabilities:Tips"] -= dollars(balance["tips_cents"])
        for row in charter.rows.values():
            if row.is_live:
                place = "Bank" if row.status == "cleared" else "Uncleared"
                method = row.body["method"].capitalize()
                account = "Assets:Cash" if method == "Cash" else f"Assets:{place}:{method}"
                found[account] += dollars(-row.cents if row.body["kind"] == "refund" else row.cents)
    return found


def dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def status_when_logged(method: str) -> str:
    return "cleared" if METHODS[method].cleared_on_receipt else "received"
