"""What all rules use: calls to the product, with and without faults, and what they must change."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from chalicelib.core import times
from chalicelib.sign_in import service as sign_in
from chalicelib.sign_in import sessions
from chalicelib.waivers import versions as waiver_versions
from tests.support import in_process, operator
from tests.support.api import Answer
from tests.support.departing import codes
from tests.support.doubles.faults import Died
from tests.support.in_process import NOW, InProcessProduct
from tests.support.model.expected import RECEIPTS, Charter, Json, Mail, Row, statuses_after

ADMINS = ("ana", "ben", "cleo")
NAMES = ("Ann", "Ben", "Cleo", "Kim")
# Of a move that tells two patrons, each of whose mails is tried.
CALLS_OF_A_WRITE = 12
indexes = st.integers(0, 20)
names = st.sampled_from(NAMES)


class ProductMachine(RuleBasedStateMachine):
    """The state that the product must have, and the calls that compare it."""

    product: ClassVar[InProcessProduct]

    def __init__(self) -> None:
        super().__init__()
        product = self.product
        product.dynamo.items, product.now, product.token, product.drawn = {}, NOW, "", 0
        product.admin = ADMINS[0]
        product.services.accepted.clear()
        product.services.mail_answer = ""
        self.charters: list[Charter] = []
        self.created: list[tuple[str, Json, Charter]] = []
        """Each request that made a charter: its key and content."""
        self.mails: dict[str, Mail] = {}
        self.text = waiver_versions.sample("en")["waiver_version"]
        self.texts: list[str] = []
        self.records = self.leaves = self.mailed_leaves = self.numbers = 0
        """Signed records; leaves of the log, and those that the last checkpoint told of; ids used."""
        self.flagged: set[str] = set()
        """Addresses that bounced."""
        self.wrong: Counter[int] = Counter()
        """Wrong passwords by window of time."""
        self.idle_end = self.end = NOW
        self.is_kept = False
        self.faults: list[tuple[int, str] | None] = []
        """Of each of the next writes: the index of the call that fails, and how."""
        self.met_fault = False
        """In this step: the state of its mails is not known."""
        self.broke_off = False
        """In this step: a sender ended after the mail service had taken its mail, and before that was noted."""

    @property
    def now(self) -> datetime:
        return self.product.now

    def ask(self, method: str, url: str, body: Any = None, expect: tuple[int, ...] = (200,), **more: Any) -> Answer:
        """As a signed-in admin; signs in again when the session is over."""
        if self.now >= min(self.idle_end, self.end):
            assert self.product.ask(method, url, body, **more).status == 401
            self.sign_in(keep=False)
        answer = self.product.ask(method, url, body, **more)
        self.extend()
        assert answer.status in expect, (method, url, body, answer.text)
        return answer

    def extend(self) -> None:
        renewed = min(self.now + sessions.IDLE, self.end)
        if not self.is_kept and renewed - self.idle_end > sessions.EXTEND_AFTER:
            self.idle_end = renewed

    def write(
        self, method: str, url: str, body: Any = None, *, expect: int = 200, again: int = 200, **more: Any
    ) -> Answer:
        """A write that must succeed. After a fault it is sent once more, which finds it done or does it."""
        if fault := self.next_fault():
            self.ask("GET", "/api/session")
            self.try_with_fault(fault, lambda: self.product.ask(method, url, body, **more), expect)
        return self.ask(method, url, body, (expect, again) if fault else (expect,), **more)

    def next_fault(self) -> tuple[int, str] | None:
        return self.faults.pop() if self.faults else None

    def try_with_fault(self, fault: tuple[int, str], send: Any, expect: int) -> None:
        """One try during which a call fails. An answer that says success must be true: the next try shows it."""
        self.met_fault = True
        services = self.product.services
        services.begin(*fault)
        self.product.uses_fake_clients = False
        try:
            answer = send()
            assert answer.status == expect or answer.status >= 500, answer.text
        except Died:
            pass
        finally:
            self.broke_off = breaks_off(services.calls, *fault)
            services.begin()
            self.product.uses_fake_clients = True

    def expect_mails(
        self, *expected: tuple[str, str], rows: Sequence[Row] = (), charter: Charter | None = None
    ) -> None:
        """These mails, and no others, are new in the outbox; each was tried once."""
        new = [key[0] for key in self.product.dynamo.items if key[1] == "MAIL" and key[0] not in self.mails]
        found = {pk: json.loads(self.product.dynamo.items[pk, "MAIL"]["data"]["S"]) for pk in new}
        assert Counter((one["kind"], one["to"]) for one in found.values()) == Counter(expected)
        for pk, stored in found.items():
            self.mails[pk] = Mail(pk, stored["kind"], stored["to"], "queued", 0, self.now, list(rows), charter)
            if stored["kind"] != "balance_reminder":
                self.try_mail(self.mails[pk])
        self.met_fault = self.broke_off = False

    def try_mail(self, mail: Mail) -> None:
        mail.attempts += 1
        mail.sendings += self.broke_off
        mail.left_out = [row for row in mail.rows if not row.is_live]
        if self.met_fault:
            self.finish(mail, "?")
        elif self.is_cancelled(mail):
            self.finish(mail, "cancelled")
        else:
            status, wait = statuses_after(self.product.services.mail_answer, mail.attempts)
            if wait:
                mail.due_at = self.now + wait
            else:
                self.finish(mail, status)

    def is_cancelled(self, mail: Mail) -> bool:
        """What it is about no longer holds."""
        if mail.is_receipt and mail.rows:
            return mail.left_out == mail.rows
        return mail.kind == "balance_reminder" and mail.charter is not None and not mail.charter.may_remind(self.now)

    @staticmethod
    def finish(mail: Mail, status: str) -> None:
        mail.status = status
        for row in mail.rows if mail.is_receipt else ():
            row.receipt = RECEIPTS.get(status, "?")
            if mail.kind == "batch_receipt" and row in mail.left_out and status != "?":
                row.receipt = "off"

    def pick(self, index: int) -> Charter:
        return self.charters[index % len(self.charters)]

    def pick_row(self, index: int) -> tuple[Charter, str, Row]:
        rows = [(charter, key, row) for charter in self.charters for key, row in charter.rows.items()]
        return rows[index % len(rows)]

    def has_rows(self) -> bool:
        return any(charter.rows for charter in self.charters)

    def new_id(self) -> str:
        self.numbers += 1
        return in_process.payment_id(self.numbers)

    # --- sessions -----------------------------------------------------------------------------------

    def sign_in(self, *, keep: bool) -> None:
        window = int(self.now.timestamp()) // sign_in.WINDOW_S
        if self.wrong[window] >= sign_in.TRIES:
            self.product.now += timedelta(seconds=sign_in.WINDOW_S)
        answer = self.product.guest().post("/api/login", {"password": operator.PASSWORD, "keep_signed_in": keep})
        assert answer.status == 200, answer.text
        self.product.token, self.is_kept = answer.json["token"], keep
        self.end = self.now + (sessions.KEPT if keep else sessions.ABSOLUTE)
        self.idle_end = self.end if keep else self.now + sessions.IDLE
        assert answer.json["expires_at"] == times.format_instant(self.idle_end)

    @rule(how=st.sampled_from(["in", "for long", "with a wrong password", "out", "look"]))
    def use_a_session(self, how: str) -> None:
        if how in ("in", "for long"):
            self.sign_in(keep=how == "for long")
        elif how == "with a wrong password":
            window = int(self.now.timestamp()) // sign_in.WINDOW_S
            answer = self.product.guest().post("/api/login", {"password": "not the right password"})
            assert answer.status == (429 if self.wrong[window] >= sign_in.TRIES else 401)
            self.wrong[window] += 1
        elif how == "out":
            self.ask("POST", "/api/logout", expect=(204,))
            assert self.product.ask("GET", "/api/session").status == 401
            self.sign_in(keep=False)
        answer = self.ask("GET", "/api/session")
        assert answer.json == {"role": "admin", "expires_at": times.format_instant(min(self.idle_end, self.end))}

    @rule(name=st.sampled_from(ADMINS))
    def let_another_admin_go_on(self, name: str) -> None:
        self.product.admin = name

    # --- what an admin reads ------------------------------------------------------------------------

    def check_charter(self, charter: Charter) -> None:
        """The charter as an admin reads it."""
        found = self.ask("GET", f"/api/events/{charter.event_id}").json
        for name in ("party_size", "charter_fee_cents", "cancellation_fee_cents", "guests", "balance_reminders"):
            assert found[name] == charter.details[name]
        assert (found["status"], found["version"]) == (charter.status, charter.version)
        blocking = charter.blocking(self.now) if charter.status == "scheduled" else set()
        assert set(codes(found["readiness"], "blocks")) == blocking
        assert found["balance"] == charter.balance()
        assert found["payment_cleared"] == charter.is_settled()
        latest = charter.money_in()[-1:]
        assert found["payment_timestamp"] == (times.format_instant(latest[0][0]) if latest else None)
        assert found["payment_method"] == (charter.rows[latest[0][2]].body["method"] if latest else None)
        self.check_payments(charter, {row["payment_id"]: row for row in found["payments"]})
        assert found["waivers"]["signed"] == len(charter.people())
        listed = {
            one["waiver_id"]: (one["set_aside"], one["erased"], one["guest_id"]) for one in found["waiver_records"]
        }
        assert listed == {one.waiver_id: (one.set_aside, one.erased, one.guest_id) for one in charter.records}
        if charter.details["guests"]:
            assert found["waivers"]["missing"] == [guest["name"] for guest in charter.missing()]
        old = [record for record in found["waiver_records"] if record["superseded"]]
        assert len(old) == sum(one.text != self.text for one in charter.records)
        patron = charter.details["patron"]["email"]
        assert [one["email"] for one in found["mail_problems"]] == ([patron] if patron in self.flagged else [])

    def check_payments(self, charter: Charter, listed: dict[str, Json]) -> None:
        assert set(listed) == set(charter.rows)
        for payment_id, row in charter.rows.items():
            shown = listed[payment_id]
            for name in ("kind", "method", "amount_cents", "refund_of", "received_at"):
                assert shown[name] == row.body[name]
            assert shown["status"] == row.status
            assert row.receipt in ("?", shown["receipt"])
            assert shown["recorded_by"] == row.by
            assert shown["corrects"] == row.corrects
            assert shown["corrected_by"] == row.corrected_by
            clearance = shown["clearance"] and {name: shown["clearance"][name] for name in ("by", "evidence")}
            assert clearance == row.clearance

    def list_payments(self, charter: Charter) -> dict[str, Json]:
        found = self.ask("GET", f"/api/events/{charter.event_id}/payments").json
        assert found["balance"] == charter.balance()
        return {row["payment_id"]: row for row in found["payments"]}

    def read_pages(self, url: str, name: str) -> list[Json]:
        """All of a list, three at a time."""
        found: list[Json] = []
        cursor = ""
        for _ in range(100):
            page = self.ask("GET", f"{url}&limit=3{cursor}").json
            found += page[name]
            if not page["next_cursor"]:
                return found
            cursor = f"&cursor={page['next_cursor']}"
        raise AssertionError("a list without an end")


def breaks_off(calls: list[str], failing: int, mode: str) -> bool:
    """Whether the fault came between a mail that the service took and the note of it."""
    call = calls[failing] if failing < len(calls) else ""
    if call == "SendEmail":
        return mode == "dies after"
    is_lost = mode in ("error", "throttled", "unreachable", "dies before")
    return is_lost and call != "" and "SendEmail" in calls[:failing]
