"""What the product must answer, kept in plain Python: charters, money, signatures, mails, and the time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import times
from chalicelib.mail import outbox
from chalicelib.money.methods import METHODS

Json = dict[str, Any]
DAY = timedelta(days=1)
REMINDER_DAYS = (7, 2)
"""A patron is reminded so many days before the charter."""


@dataclass
class Mail:
    mail_id: str
    kind: str
    to: str
    status: str
    attempts: int
    due_at: datetime
    row: "Row | None" = None
    charter: "Charter | None" = None
    retried_at: datetime | None = None


@dataclass
class Row:
    body: Json
    status: str
    receipt: str
    recorded_at: datetime
    received_at: datetime
    answer: str = ""

    @property
    def is_live(self) -> bool:
        return self.status in ("received", "cleared")

    @property
    def cents(self) -> int:
        return int(self.body["amount_cents"])


@dataclass
class Signature:
    form: list[tuple[str, str]]
    token: str
    names: list[str]
    text: str
    email: str


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
    signed_guests: set[str] = field(default_factory=set)
    check_ins: dict[str, str] = field(default_factory=dict)
    briefed: bool | None = None
    departed: bool = False
    open_until: datetime | None = None
    asked_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    # --- money --------------------------------------------------------------------------------------

    def balance(self) -> dict[str, int]:
        """Plain adding up."""
        sums = dict.fromkeys(("received_cents", "refunded_cents", "tips_cents", "uncleared_cents"), 0)
        for row in self.rows.values():
            if not row.is_live:
                continue
            kind = row.body["kind"]
            refunds_tip = kind == "refund" and self.rows[row.body["refund_of"]].body["kind"] == "tip"
            if kind == "tip" or refunds_tip:
                sums["tips_cents"] += -row.cents if refunds_tip else row.cents
            else:
                sums["refunded_cents" if kind == "refund" else "received_cents"] += row.cents
            if kind != "refund" and row.status == "received":
                sums["uncleared_cents"] += row.cents
        fee = self.details["charter_fee_cents"]
        due = fee - sums["received_cents"] + sums["refunded_cents"]
        return {"charged_cents": fee, **sums, "balance_due_cents": due}

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
        return any(row.recorded_at >= since for row in cash if row.body["kind"] in ("deposit", "balance"))

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

    # --- signatures ---------------------------------------------------------------------------------

    def is_closed(self, now: datetime) -> bool:
        over = self.ends_at <= now and (self.open_until is None or self.open_until <= now)
        return self.status == "cancelled" or over

    def missing(self) -> list[Json]:
        return [guest for guest in self.details["guests"] if guest["guest_id"] not in self.signed_guests]

    def guest_named(self, name: str) -> str | None:
        same = [guest["guest_id"] for guest in self.missing() if guest["name"] == name]
        return same[0] if len(same) == 1 else None

    @property
    def record_count(self) -> int:
        return sum(len(one.names) for one in self.signatures)

    @property
    def signed_count(self) -> int:
        """A name that signs again under another text is one person; the same name under one text twice is two."""
        standing: list[tuple[str, bool, str]] = []
        for one in self.signatures:
            for position, name in enumerate(one.names):
                # Only minors give their birth date, and all of one name the same.
                again = [person for person in standing if person[0] == name and person[2] != one.text]
                for person in again[:1]:
                    standing.remove(person)
                standing.append((name, bool(position), one.text))
        return len(standing)


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


def status_when_logged(method: str) -> str:
    return "cleared" if METHODS[method].cleared_on_receipt else "received"
