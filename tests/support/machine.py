"""The whole API against a model of what it must answer: whatever is asked, in whatever order, whatever fails meanwhile.

Each rule asks the product as a browser, a guest or the schedule does, and compares the answer with `model`. Mails are
counted as they become owed; at the end all lists, sums, signatures, books and the chain are compared as well.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from chalicelib import schedule
from chalicelib.charters.service import REOPENED
from chalicelib.core import retry, times
from chalicelib.payments import service as payments
from chalicelib.sign_in import service as sign_in
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import requests as signature_requests
from chalicelib.waivers import versions as waiver_versions
from tests.support import harbor, model, operator
from tests.support.api import Answer
from tests.support.faults import MODES, Died
from tests.support.harbor import NOW, SES_EVENTS, Harbor
from tests.support.model import RECEIPTS, Charter, Json, Mail, Row, Signature

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "250"))
STEPS = int(os.environ.get("MODEL_STEPS", "20"))
NAMES = ("Ann", "Ben", "Cleo", "Kim")
TEXTS = tuple(f"We shall hold on, version {number}." for number in range(3))
NOON = waiver_records.HEAD_MAIL_HOUR
cents = st.integers(1, 900)
places = st.integers(0, 20)
names = st.sampled_from(NAMES)
emails = st.sampled_from(["", "ann@example.com", "ben@example.com"])
NEW_CHARTER = st.fixed_dictionaries(
    {
        "days": st.sampled_from([7, 2, 7, 8, 1, -2]),
        "fee": st.sampled_from([1000, 500, 0]),
        "guests": st.lists(names, max_size=3, unique=True),
        "patron": st.sampled_from(["ben@example.com", "ann@example.com", ""]),
        "reminders": st.sampled_from([True, True, False]),
        "key": st.booleans(),
    }
)
MAIL_ANSWERS = st.sampled_from(["", "busy", "refuses", "lost"])
# One act in four meets a fault, at one of its first calls.
FAULTS = [(at, mode) for mode in MODES for at in range(8)]
TROUBLES = [None] * 3 * len(FAULTS) + FAULTS
Form = list[tuple[str, str]]


class Desk(RuleBasedStateMachine):
    here: ClassVar[Harbor]

    def __init__(self) -> None:
        super().__init__()
        here = self.here
        here.dynamo.items, here.now, here.token, here.drawn = {}, NOW, "", 0
        here.faults.accepted.clear()
        here.faults.mail_answer = ""
        self.charters: list[Charter] = []
        self.created: list[tuple[str, Json, Charter]] = []
        """Each request that made a charter: its key and content."""
        self.mails: dict[str, Mail] = {}
        self.text = waiver_versions.sample("en")["waiver_version"]
        self.texts: list[str] = []
        self.records = self.told = self.numbers = 0
        self.marked: set[str] = set()
        """Addresses that bounced."""
        self.wrong: Counter[int] = Counter()
        self.idle_end = self.end = NOW
        self.is_kept = False
        self.troubles: list[tuple[int, str] | None] = []
        """What each of the next acts meets: at its call of this place, this fault."""
        self.is_shaken = False
        """A fault met this step: what became of its mails is not known."""

    @property
    def now(self) -> Any:
        return self.here.now

    # --- asking -------------------------------------------------------------------------------------

    def ask(self, method: str, url: str, body: Any = None, expect: tuple[int, ...] = (200,), **more: Any) -> Answer:
        """As a signed-in admin; signs in again when the session is over."""
        if self.now >= min(self.idle_end, self.end):
            assert self.here.ask(method, url, body, **more).status == 401
            self.sign_in(keep=False)
        answer = self.here.ask(method, url, body, **more)
        self.extend()
        assert answer.status in expect, (method, url, body, answer.text)
        return answer

    def extend(self) -> None:
        renewed = min(self.now + sign_in.IDLE, self.end)
        if not self.is_kept and renewed - self.idle_end > sign_in.EXTEND_AFTER:
            self.idle_end = renewed

    def write(
        self, method: str, url: str, body: Any = None, *, expect: int = 200, again: int = 200, **more: Any
    ) -> Answer:
        """What must be done; in trouble, asked for once more, which finds it done or does it."""
        if trouble := self.next_trouble():
            self.ask("GET", "/api/session")
            self.meets(trouble, lambda: self.here.ask(method, url, body, **more), expect)
        return self.ask(method, url, body, (expect, again) if trouble else (expect,), **more)

    def next_trouble(self) -> tuple[int, str] | None:
        return self.troubles.pop() if self.troubles else None

    def meets(self, trouble: tuple[int, str], send: Any, expect: int) -> None:
        """A try that a fault meets: success is told of what is done, and of nothing else."""
        self.is_shaken = True
        self.here.faults.begin(*trouble)
        self.here.is_quick = False
        try:
            answer = send()
            assert answer.status == expect or answer.status >= 500, answer.text
        except Died:
            pass
        finally:
            self.here.faults.begin()
            self.here.is_quick = True

    def owes(self, *expected: tuple[str, str], row: Row | None = None, charter: Charter | None = None) -> None:
        """These mails, and no others, have become owed; each was tried once."""
        new = [key[0] for key in self.here.dynamo.items if key[1] == "MAIL" and key[0] not in self.mails]
        found = {pk: json.loads(self.here.dynamo.items[pk, "MAIL"]["data"]["S"]) for pk in new}
        assert Counter((one["kind"], one["to"]) for one in found.values()) == Counter(expected)
        for pk, facts in found.items():
            self.mails[pk] = Mail(pk, facts["kind"], facts["to"], "queued", 0, self.now, row, charter)
            if facts["kind"] != "balance_reminder":
                self.try_mail(self.mails[pk])
        self.is_shaken = False

    def try_mail(self, mail: Mail) -> None:
        mail.attempts += 1
        if self.is_shaken:
            self.ends(mail, "?")
        elif self.is_withdrawn(mail):
            self.ends(mail, "cancelled")
        else:
            status, wait = model.statuses_after(self.here.faults.mail_answer, mail.attempts)
            if wait:
                mail.due_at = self.now + wait
            else:
                self.ends(mail, status)

    def is_withdrawn(self, mail: Mail) -> bool:
        """What it tells of no longer holds."""
        if mail.kind == "receipt" and mail.row:
            return not mail.row.is_live
        return mail.kind == "balance_reminder" and mail.charter is not None and not mail.charter.reminds(self.now)

    @staticmethod
    def ends(mail: Mail, status: str) -> None:
        mail.status = status
        if mail.kind == "receipt" and mail.row:
            mail.row.receipt = RECEIPTS.get(status, "?")

    def pick(self, place: int) -> Charter:
        return self.charters[place % len(self.charters)]

    def pick_row(self, place: int) -> tuple[Charter, str, Row]:
        rows = [(charter, key, row) for charter in self.charters for key, row in charter.rows.items()]
        return rows[place % len(rows)]

    def has_rows(self) -> bool:
        return any(charter.rows for charter in self.charters)

    def uuid(self) -> str:
        self.numbers += 1
        return harbor.payment_id(self.numbers)

    # --- sessions -----------------------------------------------------------------------------------

    @initialize(first=st.data(), charters=st.integers(1, 2))
    def begin(self, first: st.DataObject, charters: int) -> None:
        """Each example has something to work on."""
        self.sign_in(keep=False)
        for _ in range(charters):
            self.create(**first.draw(NEW_CHARTER))
        self.here.faults.mail_answer = first.draw(MAIL_ANSWERS)
        self.log(0, "deposit", "check", 400, notify=True, days_ago=0)
        self.sign(0, "Ann", [], "", "")
        self.troubles = first.draw(st.lists(st.sampled_from(TROUBLES), max_size=STEPS))

    def sign_in(self, *, keep: bool) -> None:
        window = int(self.now.timestamp()) // sign_in.WINDOW_S
        if self.wrong[window] >= sign_in.TRIES_PER_ADDRESS:
            self.here.now += timedelta(seconds=sign_in.WINDOW_S)
        answer = self.here.guest().post("/api/login", {"password": operator.PASSWORD, "keep_signed_in": keep})
        assert answer.status == 200, answer.text
        self.here.token, self.is_kept = answer.json["token"], keep
        self.end = self.now + (sign_in.KEPT if keep else sign_in.ABSOLUTE)
        self.idle_end = self.end if keep else self.now + sign_in.IDLE
        assert answer.json["expires_at"] == times.format_instant(self.idle_end)

    @rule(how=st.sampled_from(["in", "for long", "with a wrong password", "out", "look"]))
    def use_a_session(self, how: str) -> None:
        if how in ("in", "for long"):
            self.sign_in(keep=how == "for long")
        elif how == "with a wrong password":
            window = int(self.now.timestamp()) // sign_in.WINDOW_S
            answer = self.here.guest().post("/api/login", {"password": "not the right password"})
            assert answer.status == (429 if self.wrong[window] >= sign_in.TRIES_PER_ADDRESS else 401)
            self.wrong[window] += 1
        elif how == "out":
            self.ask("POST", "/api/logout", expect=(204,))
            assert self.here.ask("GET", "/api/session").status == 401
            self.sign_in(keep=False)
        answer = self.ask("GET", "/api/session")
        assert answer.json == {"role": "admin", "expires_at": times.format_instant(min(self.idle_end, self.end))}

    # --- charters -----------------------------------------------------------------------------------

    @rule(drawn=NEW_CHARTER)
    def create_one_more(self, drawn: Json) -> None:
        self.create(**drawn)

    def create(self, days: int, fee: int, guests: list[str], patron: str, reminders: bool, key: bool) -> None:
        starts_at = NOW + timedelta(days=days, minutes=20 + len(self.charters))
        body = {
            "title": f"Sail {len(self.charters)}",
            "starts_at": times.format_instant(starts_at),
            "ends_at": times.format_instant(starts_at + timedelta(hours=3)),
            "patron": {"name": "Ana Rivera", "email": patron, "phone": ""},
            "party_size": 2,
            "charter_fee_cents": fee,
            "guests": [{"name": name, "email": f"{name.lower()}@example.com"} for name in guests],
            "balance_reminders": reminders,
        }
        if not key:
            # Nobody may ask for it again.
            self.troubles = [*self.troubles, None]
        request_key = self.uuid()
        headers = {"idempotency-key": request_key} if key else {}
        found = self.write("POST", "/api/events", body, expect=201, again=200, headers=headers).json
        body["guests"] = found["guests"]
        made = Charter(body, found["event_id"], self.now, self.now if reminders else None)
        self.charters.append(made)
        if key:
            self.created.append(
                (request_key, {**body, "guests": [{**one, "guest_id": ""} for one in body["guests"]]}, made)
            )
        self.owes()
        self.see(made)

    @precondition(lambda self: self.created)
    @rule(place=places, same=st.booleans())
    def create_again(self, place: int, same: bool) -> None:
        key, body, made = self.created[place % len(self.created)]
        body = body if same else {**body, "vessel": "Another"}
        answer = self.ask("POST", "/api/events", body, (200,) if same else (409,), headers={"idempotency-key": key})
        assert not same or answer.json["event_id"] == made.event_id

    @precondition(lambda self: self.charters)
    @rule(
        place=places,
        changes=st.fixed_dictionaries(
            {},
            optional={
                "party_size": st.integers(0, 9),
                "charter_fee_cents": st.sampled_from([0, 300, 1000]),
                "balance_reminders": st.booleans(),
                "status": st.sampled_from(["scheduled", "completed"]),
            },
        ),
        stale=st.sampled_from([False, False, False, True]),
    )
    def edit(self, place: int, changes: Json, stale: bool) -> None:
        charter = self.pick(place)
        body = {"version": charter.version + stale, **changes}
        url = f"/api/events/{charter.event_id}"
        if stale or (charter.status == "cancelled" and "status" in changes):
            assert self.ask("PATCH", url, body, (409,)).json["current"]["version"] == charter.version
            return
        self.write("PATCH", url, body, expect=200, again=409)
        charter.version += 1
        charter.status = changes.pop("status", charter.status)
        charter.details |= changes
        charter.since = (charter.since or self.now) if charter.details["balance_reminders"] else None
        self.owes()
        self.see(charter)

    @precondition(lambda self: self.charters)
    @rule(place=places, name=names)
    def list_a_guest_more(self, place: int, name: str) -> None:
        charter = self.pick(place)
        guests = [*charter.details["guests"], {"name": name, "email": "new@example.com"}]
        body = {"version": charter.version, "guests": guests}
        found = self.ask("PATCH", f"/api/events/{charter.event_id}", body).json
        charter.details["guests"], charter.version = found["guests"], charter.version + 1
        self.see(charter)

    @precondition(lambda self: self.charters)
    @rule(place=places)
    def cancel(self, place: int) -> None:
        charter = self.pick(place)
        found = self.write("POST", f"/api/events/{charter.event_id}/cancel", {"reason": "storm"}).json
        assert found["notes"].count("storm") == 1
        charter.version += charter.status != "cancelled"
        charter.status = "cancelled"
        self.owes()
        self.see(charter)

    @precondition(lambda self: self.charters)
    @rule(place=places)
    def reopen(self, place: int) -> None:
        charter = self.pick(place)
        url = f"/api/events/{charter.event_id}/reopen-waivers"
        if charter.status == "cancelled" or charter.ends_at > self.now:
            self.ask("POST", url, expect=(409,))
            return
        self.write("POST", url)
        if charter.open_until is None or charter.open_until <= self.now + REOPENED - retry.DOUBLE_TAP:
            charter.open_until = self.now + REOPENED
            charter.version += 1
        self.owes()
        self.see(charter)

    # --- money --------------------------------------------------------------------------------------

    @precondition(lambda self: self.charters)
    @rule(
        place=places,
        kind=st.sampled_from(["deposit", "balance", "tip"]),
        method=st.sampled_from(["cash", "check", "venmo", "card"]),
        amount=cents,
        notify=st.booleans(),
        days_ago=st.sampled_from([0, 0, 40]),
    )
    def log(self, place: int, kind: str, method: str, amount: int, notify: bool, days_ago: int) -> None:
        body = {"kind": kind, "refund_of": None, "method": method, "amount_cents": amount, "notify": notify}
        received_at = self.now - timedelta(days=days_ago)
        self.add(self.pick(place), body, received_at)

    @precondition(has_rows)
    @rule(place=places, amount=cents, method=st.sampled_from(["cash", "check"]))
    def refund(self, place: int, amount: int, method: str) -> None:
        charter, paid_id, paid = self.pick_row(place)
        body = {"kind": "refund", "refund_of": paid_id, "method": method, "amount_cents": amount, "notify": False}
        if paid.body["kind"] == "refund" or not paid.is_live or amount > charter.left_cents(paid_id):
            self.ask("PUT", f"/api/events/{charter.event_id}/payments/{self.uuid()}", body, (400,))
        else:
            self.add(charter, body, self.now)

    def add(self, charter: Charter, body: Json, received_at: Any) -> None:
        payment_id = self.uuid()
        sent = {**body, "received_at": times.format_instant(received_at)}
        url = f"/api/events/{charter.event_id}/payments/{payment_id}"
        answer = self.write("PUT", url, sent, expect=201, again=200)
        owed = bool(body["notify"] and charter.details["patron"]["email"])
        status = model.status_when_logged(body["method"])
        row = Row(sent, status, "pending" if owed else "off", self.now, received_at, answer.text)
        charter.rows[payment_id] = row
        assert answer.json["event"]["balance"] == charter.balance()
        self.owes(*[("receipt", charter.details["patron"]["email"])] * owed, row=row)
        self.see(charter)

    @precondition(has_rows)
    @rule(place=places, same=st.booleans())
    def log_again(self, place: int, same: bool) -> None:
        charter, payment_id, row = self.pick_row(place)
        body = row.body if same else {**row.body, "note": "another"}
        url = f"/api/events/{charter.event_id}/payments/{payment_id}"
        # What was refunded since may leave too little for a refund of other content: it is refused either way.
        answer = self.ask("PUT", url, body, (200,) if same else (409,))
        assert not same or answer.text == row.answer
        self.owes()

    @precondition(has_rows)
    @rule(place=places)
    def log_a_twin(self, place: int) -> None:
        charter, _, row = self.pick_row(place)
        body = {"method": row.body["method"], "amount_cents": row.cents, "notify": False, "ask_if_duplicate": True}
        near = [
            one
            for one in charter.rows.values()
            if one.is_live
            and one.body["kind"] != "refund"
            and (one.body["method"], one.cents) == (row.body["method"], row.cents)
            and min(self.now - one.recorded_at, self.now - one.received_at) <= payments.TWIN_WITHIN
        ]
        if near:
            url = f"/api/events/{charter.event_id}/payments/{self.uuid()}"
            refused = self.ask("PUT", url, body, (409,)).json
            assert refused["Code"] == "PossibleDuplicate"
            insisting = {"kind": "balance", "refund_of": None, "duplicate_of": refused["duplicate"]["payment_id"]}
            self.add(charter, {**body, **insisting}, self.now)

    @precondition(has_rows)
    @rule(place=places)
    def clear(self, place: int) -> None:
        charter, payment_id, row = self.pick_row(place)
        self.act("clear", {}, charter, payment_id, row, "cleared", allowed=row.status == "received")

    @precondition(has_rows)
    @rule(place=places)
    def void(self, place: int) -> None:
        charter, payment_id, row = self.pick_row(place)
        allowed = row.is_live and charter.left_cents(payment_id) == row.cents
        self.act("void", {"reason": "typo"}, charter, payment_id, row, "voided", allowed=allowed)

    @precondition(has_rows)
    @rule(place=places)
    def bounce(self, place: int) -> None:
        charter, payment_id, row = self.pick_row(place)
        allowed = row.is_live and row.body["method"] != "cash"
        self.act("bounce", {"reason": "no cover"}, charter, payment_id, row, "bounced", allowed=allowed)

    def act(
        self, name: str, body: Json, charter: Charter, payment_id: str, row: Row, result: str, *, allowed: bool
    ) -> None:
        url = f"/api/events/{charter.event_id}/payments/{payment_id}/{name}"
        if row.status == result:
            assert self.ask("POST", url, body).json["payment"]["status"] == result
            return
        if not allowed:
            self.ask("POST", url, body, (409,))
            return
        receipt = self.receipt_of(row)
        assert self.write("POST", url, body).json["payment"]["status"] == result
        row.status = result
        patron = charter.details["patron"]["email"]
        told = {
            "clear": "",
            "void": "correction" if receipt != "off" else "",
            "bounce": "bounce" if row.body["kind"] != "refund" else "",
        }[name]
        self.owes(*([(told, patron)] if told and patron else []), row=row)
        self.see(charter)

    def receipt_of(self, row: Row) -> str:
        """As it stands; after a fault, as the product says."""
        if row.receipt == "?":
            listed = {key: one["receipt"] for charter in self.charters for key, one in self.listed(charter).items()}
            return next(listed[key] for charter in self.charters for key, one in charter.rows.items() if one is row)
        return row.receipt

    @precondition(has_rows)
    @rule(place=places)
    def send_receipt_again(self, place: int) -> None:
        charter, payment_id, row = self.pick_row(place)
        url = f"/api/events/{charter.event_id}/payments/{payment_id}/receipt"
        patron = charter.details["patron"]["email"]
        if not row.is_live or not patron:
            self.ask("POST", url, expect=(409,))
            return
        self.here.now += retry.DOUBLE_TAP
        self.write("POST", url, expect=202, again=202)
        self.owes(("receipt", patron), row=row)
        self.see(charter)

    # --- signatures ---------------------------------------------------------------------------------

    @rule(place=st.integers(0, len(TEXTS) - 1))
    def publish(self, place: int) -> None:
        text = TEXTS[place]
        body = {"title": "Release", "text": text}
        answer = self.write("PUT", "/api/waiver-versions/current", body, expect=200 if text in self.texts else 201)
        self.text = answer.json["waiver_version"]
        self.texts = [*dict.fromkeys([*self.texts, text])]
        self.owes()

    @precondition(lambda self: self.charters)
    @rule(
        place=places,
        name=names,
        minors=st.lists(names, max_size=2, unique=True),
        email=emails,
        wrong=st.sampled_from(["", "", "", "consent", "text"]),
    )
    def sign(self, place: int, name: str, minors: list[str], email: str, wrong: str) -> None:
        charter = self.pick(place)
        form = [
            ("submission_id", self.uuid()),
            ("waiver_version", "0" * 64 if wrong == "text" else self.text),
            ("signer_name", name),
            ("signer_email", email),
            ("intent", "on"),
            ("signature_typed", name),
            *([("esign_consent", "on")] if wrong != "consent" else []),
            *[pair for minor in minors for pair in (("minor_name", minor), ("minor_birth_date", "2018-05-05"))],
            *([("guardian_relationship", "parent"), ("authority_attestation", "on")] if minors else []),
        ]
        if wrong == "consent":
            assert self.submit(charter, form, 400).text.count("must be ticked")
        elif wrong or charter.is_closed(self.now):
            self.submit(charter, form, 409)
        else:
            self.submit_for_good(charter, form, name, minors, email)
        self.see(charter)

    def submit_for_good(self, charter: Charter, form: Form, name: str, minors: list[str], email: str) -> None:
        if trouble := self.next_trouble():
            self.meets(trouble, lambda: self.send_form(charter, form), 303)
        answer = self.submit(charter, form, 303)
        signer = charter.guest_named(name)
        guests = {signer} | {found for minor in minors if (found := charter.guest_named(minor)) != signer}
        charter.signed_guests |= {one for one in guests if one}
        token = answer.headers["location"].rpartition("=")[2]
        charter.signatures.append(Signature(form, token, [name, *minors], self.text, email))
        self.records += 1 + len(minors)
        self.owes(*([("waiver_copy", email)] if email else []))

    def send_form(self, charter: Charter, form: Form) -> Answer:
        return self.here.guest().submit(f"/g/{charter.event_id}/waiver", form)

    def submit(self, charter: Charter, form: Form, expect: int) -> Answer:
        answer = self.send_form(charter, form)
        assert answer.status == expect, answer.text
        return answer

    def signed(self) -> list[tuple[Charter, Signature]]:
        return [(charter, one) for charter in self.charters for one in charter.signatures]

    @precondition(lambda self: self.signed())
    @rule(place=places)
    def sign_again(self, place: int) -> None:
        """The same form: the same answer, whatever has changed since."""
        charter, one = self.signed()[place % len(self.signed())]
        location = self.submit(charter, one.form, 303).headers["location"]
        assert location == f"/g/{charter.event_id}/waiver?signed={one.token}"
        self.owes()
        self.see(charter)

    @precondition(lambda self: self.signed())
    @rule(place=places)
    def read_a_signature(self, place: int) -> None:
        charter, one = self.signed()[place % len(self.signed())]
        found = self.ask("GET", f"/api/events/{charter.event_id}/waivers/{one.token}").json
        assert (found["signer_name"], found["waiver_version"]) == (one.names[0], one.text)
        page = self.here.guest().get(f"/g/{charter.event_id}/waiver?signed={one.token}")
        assert page.status == 200
        assert one.names[0] in page.text

    @precondition(lambda self: self.charters)
    @rule(place=places)
    def remind(self, place: int) -> None:
        charter = self.pick(place)
        url = f"/api/events/{charter.event_id}/waiver-reminders"
        if charter.is_closed(self.now):
            self.ask("POST", url, {}, (409,))
            return
        missing = charter.missing()
        by_email: dict[str, list[str]] = {}
        for guest in missing:
            by_email.setdefault(guest["email"], []).append(guest["guest_id"])
        asked = self.asks(charter, "waiver_reminder", by_email)
        found = self.write("POST", url, {}).json
        if not self.is_shaken:
            assert set(found["reminded"]) == {one for email in asked for one in by_email[email]}
            assert len(found["reminded"]) + len(found["skipped"]) == len(missing)
        self.owes(*[("waiver_reminder", email) for email in asked])

    @precondition(lambda self: self.charters)
    @rule(place=places)
    def ask_again(self, place: int) -> None:
        charter = self.pick(place)
        url = f"/api/events/{charter.event_id}/ask-again"
        if charter.is_closed(self.now):
            self.ask("POST", url, {}, (409,))
            return
        old = self.superseded(charter)
        asked = self.asks(charter, "waiver_again", {one["email"]: [] for one in old if one["email"]})
        self.write("POST", url, {})
        self.owes(*[("waiver_again", email) for email in asked])

    def asks(self, charter: Charter, kind: str, by_email: dict[str, list[str]]) -> list[str]:
        """Those addresses that were not asked lately; from now on they were."""
        after = self.now - signature_requests.AGAIN_AFTER
        asked = [email for email in by_email if charter.asked_at.get((kind, email), after) <= after]
        charter.asked_at |= {(kind, email): self.now for email in asked}
        return asked

    def superseded(self, charter: Charter) -> list[Json]:
        """Who signed an older text last: whoever signed again under another text is one person."""
        standing: dict[str, list[Json]] = {}
        for one in charter.signatures:
            for place, name in enumerate(one.names):
                person = {"name": name, "text": one.text, "email": one.email, "born": "2018-05-05" if place else None}
                before = standing.setdefault(name, [])
                same = [old for old in before if old["text"] != one.text and _same_birth(old, person)]
                for old in same[:1]:
                    before.remove(old)
                before.append(person)
        return [one for people in standing.values() for one in people if one["text"] != self.text]

    # --- the dock -----------------------------------------------------------------------------------

    @precondition(lambda self: self.charters)
    @rule(place=places, which=places, state=st.sampled_from(["aboard", "no_show", "clear"]))
    def check_in(self, place: int, which: int, state: str) -> None:
        charter = self.pick(place)
        url = f"/api/events/{charter.event_id}/check-in"
        people = [{"waiver_id": one.token} for one in charter.signatures]
        people += [{"guest_id": guest["guest_id"]} for guest in charter.missing()]
        if not people:
            self.ask("POST", url, {"waiver_id": "0" * 32, "state": state}, (400,))
            return
        person = people[which % len(people)]
        if charter.departed:
            # What stands already may be asked for again: its first answer may have been lost.
            is_noted = charter.ticks.get(next(iter(person.values()))) == state
            self.ask("POST", url, {**person, "state": state}, (200 if is_noted else 409,))
            return
        self.write("POST", url, {**person, "state": state})
        charter.ticks[next(iter(person.values()))] = state
        self.owes()

    @precondition(lambda self: self.charters)
    @rule(place=places, done=st.booleans())
    def brief(self, place: int, done: bool) -> None:
        charter = self.pick(place)
        url = f"/api/events/{charter.event_id}/safety-briefing"
        if charter.departed:
            self.ask("POST", url, {"done": done}, (200 if charter.briefed is done else 409,))
            return
        found = self.write("POST", url, {"done": done}).json
        charter.briefed = done
        assert (found["safety_briefing_at"] is not None) == done
        self.owes()

    @precondition(lambda self: self.charters)
    @rule(place=places)
    def depart(self, place: int) -> None:
        charter = self.pick(place)
        url = f"/api/events/{charter.event_id}/depart"
        if charter.status == "cancelled":
            self.ask("POST", url, expect=(409,))
            return
        self.write("POST", url)
        to = [] if charter.departed else [("manifest", "ops@sail.example.com")]
        charter.departed = True
        self.owes(*to)

    # --- mail and time ------------------------------------------------------------------------------

    @rule(answer=MAIL_ANSWERS)
    def let_the_mail_service(self, answer: str) -> None:
        self.here.faults.mail_answer = answer

    @rule(
        hours=st.sampled_from([0, 1, 7, 7, 13, 24, 24 * 8]),
        minute=st.sampled_from([schedule.REMINDERS_MINUTE, 30, 31]),
    )
    def run_the_schedule(self, hours: int, minute: int) -> None:
        later = self.now + timedelta(hours=hours, minutes=1)
        self.here.now = later + timedelta(minutes=(minute - later.minute) % 60)
        before = {pk for pk, mail in self.mails.items() if mail.status == "queued" and mail.due_at < self.now}
        self.here.run("sweep_mail")
        expected: list[tuple[str, str]] = []
        if minute == schedule.REMINDERS_MINUTE:
            self.remind_patrons()
        else:
            for pk in sorted(before, key=lambda one: self.mails[one].due_at):
                self.try_mail(self.mails[pk])
        if self.now.hour == NOON and self.records != self.told:
            self.told = self.records
            expected.append(("chain_head", "ops@sail.example.com"))
        self.owes(*expected)

    def remind_patrons(self) -> None:
        for charter in self.charters:
            for days in charter.marks_due(self.now):
                day = times.local(charter.details["starts_at"], "America/Los_Angeles").date()
                pk = f"MAIL#reminder-{charter.event_id[:8]}-{day}-{days}"
                to = charter.details["patron"]["email"]
                assert (pk, "MAIL") in self.here.dynamo.items
                self.mails.setdefault(pk, Mail(pk, "balance_reminder", to, "queued", 0, self.now, charter=charter))

    def ended(self, *statuses: str) -> list[Mail]:
        return [mail for mail in self.mails.values() if mail.status in statuses]

    @precondition(lambda self: self.ended("failed", "uncertain", "sent", "cancelled"))
    @rule(place=places)
    def retry(self, place: int) -> None:
        found = self.ended("failed", "uncertain", "sent", "cancelled")
        mail = found[place % len(found)]
        url = f"/api/mail/{mail.mail_id.removeprefix('MAIL#')}/retry"
        if mail.status in ("sent", "cancelled"):
            self.ask("POST", url, expect=(409,))
            return
        if mail.retried_at and mail.retried_at > self.now - retry.DOUBLE_TAP:
            return
        answer = self.write("POST", url, expect=202, again=409)
        mail.retried_at, mail.attempts, mail.status = self.now, 0, "queued"
        if mail.kind == "receipt" and mail.row:
            mail.row.receipt = "pending"
        self.try_mail(mail)
        assert mail.status == "?" or answer.json["status"] == mail.status
        self.owes()

    @precondition(lambda self: self.ended("sent"))
    @rule(place=places)
    def report_a_bounce(self, place: int) -> None:
        found = self.ended("sent")
        mail = found[place % len(found)]
        event = json.loads(json.dumps(SES_EVENTS["permanent bounce"]))
        event["detail"]["mail"] |= {"tags": {"mail_id": [mail.mail_id.removeprefix("MAIL#")]}, "messageId": self.uuid()}
        for _ in range(2):
            self.here.run("mail_feedback", event)
        self.ends(mail, "failed")
        self.marked.add(mail.to)
        self.owes()

    # --- what is seen -------------------------------------------------------------------------------

    def see(self, charter: Charter) -> None:
        """The charter as an admin reads it."""
        found = self.ask("GET", f"/api/events/{charter.event_id}").json
        for name in ("party_size", "charter_fee_cents", "guests", "balance_reminders"):
            assert found[name] == charter.details[name]
        assert (found["status"], found["version"]) == (charter.status, charter.version)
        assert found["balance"] == charter.balance()
        assert found["payment_cleared"] == charter.is_settled()
        latest = charter.money_in()[-1:]
        assert found["payment_timestamp"] == (times.format_instant(latest[0][0]) if latest else None)
        assert found["payment_method"] == (charter.rows[latest[0][2]].body["method"] if latest else None)
        self.compare(charter, {row["payment_id"]: row for row in found["payments"]})
        assert found["waivers"]["signed"] == charter.signed_count
        assert len(found["waiver_records"]) == charter.record_count
        if charter.details["guests"]:
            assert found["waivers"]["missing"] == [guest["name"] for guest in charter.missing()]
        old = [record for record in found["waiver_records"] if record["superseded"]]
        assert len(old) == sum(len(one.names) for one in charter.signatures if one.text != self.text)
        patron = charter.details["patron"]["email"]
        assert [one["email"] for one in found["mail_problems"]] == ([patron] if patron in self.marked else [])

    def compare(self, charter: Charter, listed: dict[str, Json]) -> None:
        assert set(listed) == set(charter.rows)
        for payment_id, row in charter.rows.items():
            shown = listed[payment_id]
            for name in ("kind", "method", "amount_cents", "refund_of", "received_at"):
                assert shown[name] == row.body[name]
            assert shown["status"] == row.status
            assert row.receipt in ("?", shown["receipt"])

    def listed(self, charter: Charter) -> dict[str, Json]:
        found = self.ask("GET", f"/api/events/{charter.event_id}/payments").json
        assert found["balance"] == charter.balance()
        return {row["payment_id"]: row for row in found["payments"]}

    def pages(self, url: str, name: str) -> list[Json]:
        """All of a list, a few at a time."""
        found: list[Json] = []
        cursor = ""
        for _ in range(100):
            page = self.ask("GET", f"{url}&limit=3{cursor}").json
            found += page[name]
            if not page["next_cursor"]:
                return found
            cursor = f"&cursor={page['next_cursor']}"
        raise AssertionError("a list without an end")

    def teardown(self) -> None:
        """Everything there is, once more, when the schedule has come to rest."""
        if not self.here.token:
            return
        for charter in self.charters:
            self.see(charter)
            self.compare(charter, self.listed(charter))
            self.see_as_guest(charter)
        self.see_board()
        self.see_money()
        self.see_signatures()
        self.see_mail()

    def see_as_guest(self, charter: Charter) -> None:
        guest = self.here.guest().get(f"/api/guest/{charter.event_id}").json
        assert len(guest["waivers"]["signers"]) == charter.signed_count
        assert guest["status"] == charter.status
        manifest = self.ask("GET", f"/api/events/{charter.event_id}/manifest").json
        assert manifest["missing_names"] == [one["name"] for one in charter.missing()]
        assert (manifest["safety_briefing_at"] is not None) == bool(charter.briefed)
        assert (manifest["frozen"] is not None) == charter.departed
        rows = len(manifest["passengers"]) + manifest["missing"] - len(manifest["missing_names"])
        assert self.ask("GET", f"/api/events/{charter.event_id}/manifest.csv").text.count("\r\n") == rows + 1
        page = self.here.guest().get(f"/g/{charter.event_id}/waiver").text
        assert ('name="submission_id"' in page) != charter.is_closed(self.now)
        shown = {one["waiver_id"] or one["guest_id"]: one for one in manifest["passengers"]}
        for person, state in charter.ticks.items():
            if person in shown and not (shown[person]["guest_id"] in charter.ticks and shown[person]["waiver_id"]):
                assert shown[person]["no_show"] == (state == "no_show")
                assert (shown[person]["checked_in_at"] is not None) == (state == "aboard")

    def see_board(self) -> None:
        in_order = sorted(self.charters, key=lambda one: (one.starts_at, one.event_id))
        for status in ("scheduled", "completed", "cancelled"):
            board = self.pages(f"/api/events?from=2026-01-01&status={status}", "events")
            assert [one["event_id"] for one in board] == [one.event_id for one in in_order if one.status == status]
        board = self.pages("/api/events?from=2026-01-01", "events")
        assert [one["event_id"] for one in board] == [one.event_id for one in in_order]

    def see_money(self) -> None:
        rows = [(charter, key, row) for charter in self.charters for key, row in charter.rows.items()]
        places = sorted((row.body["received_at"], key) for _, key, row in rows)
        url = "/api/payments?from=2026-01-01&to=2027-01-01"
        assert [(one["received_at"], one["payment_id"]) for one in self.pages(url, "payments")] == places
        sums = model.totals((charter, row) for charter, _, row in rows)
        for found in (
            self.ask("GET", url).json["totals"],
            self.ask("GET", url.replace("?", "/summary?")).json["totals"],
        ):
            assert {name: found[name] for name in sums} == sums
        waiting = sorted((row.body["received_at"], key) for _, key, row in rows if row.status == "received")
        to_clear = self.pages("/api/payments/to-clear?", "payments")
        assert [(one["received_at"], one["payment_id"]) for one in to_clear] == waiting
        assert self.ask("GET", url.replace("?", ".csv?")).text.count("\r\n") == len(rows) + 1

    def see_signatures(self) -> None:
        chain = self.ask("GET", "/api/waivers.json").json
        assert chain["count"] == self.records == len(self.pages("/api/waivers?", "waivers"))
        assert self.ask("GET", "/api/waiver-versions").json["current"] == self.text
        outdated = self.ask("GET", "/api/waiver-versions/superseded").json["events"]
        coming = [one for one in self.charters if one.status == "scheduled" and one.starts_at >= self.now]
        expected = {one.event_id: Counter(old["name"] for old in self.superseded(one)) for one in coming}
        found = {one["event_id"]: Counter(old["participant_name"] for old in one["signers"]) for one in outdated}
        assert found == {event_id: people for event_id, people in expected.items() if people}

    def see_mail(self) -> None:
        for status in ("queued", "sent", "failed", "uncertain", "cancelled"):
            listed = {f"MAIL#{one['mail_id']}" for one in self.pages(f"/api/mail?status={status}", "mails")}
            known = {pk for pk, mail in self.mails.items() if mail.status == status}
            assert known <= listed
            assert listed - known <= {mail.mail_id for mail in self.ended("?")}
        self.here.faults.mail_answer = ""
        self.here.settle()
        self.here.check_books()
        accepted = set(self.here.faults.accepted)
        for pk, status in (
            (key[0], item["status"]["S"]) for key, item in self.here.dynamo.items.items() if key[1] == "MAIL"
        ):
            assert status != "queued"
            assert status != "sent" or f"<{pk.removeprefix('MAIL#')}@sail.example.com>" in accepted


def _same_birth(one: Json, other: Json) -> bool:
    return len({one["born"], other["born"]} - {None}) < 2


@contextmanager
def opened() -> Iterator[type[Desk]]:
    """A desk of its own for one test."""
    with harbor.harbor() as here:
        yield type("Desk", (Desk,), {"here": here})


def run(given: str) -> None:
    """So many examples from a seed, or from one that is drawn."""
    chosen = random.SystemRandom().getrandbits(32) if given == "random" else int(given)
    print(f"the same once more: MODEL_SEED={chosen} MODEL_EXAMPLES={EXAMPLES} MODEL_STEPS={STEPS}")  # noqa: T201
    # Looking for the shortest steps takes minutes: whoever asks with the printed seed gets them.
    phases = tuple(Phase) if "MODEL_SEED" in os.environ else (Phase.generate,)
    with opened() as desk:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            seed(chosen)(desk),
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                phases=phases,
                database=None,
                deadline=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
