"""A harbor with something of everything in it, and each thing that can be asked of the product there."""

import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib import schedule
from chalicelib.core import aws, system, times
from chalicelib.mail import store as mail_store
from chalicelib.waivers import evidence, signing
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from tests.support import operator, post
from tests.support.api import Answer, Api, new_event
from tests.support.dynamo import Client, Dynamo, Item, Key
from tests.support.faults import Faults, faults
from tests.support.stores import make_client
from tools.audit import checks as books

# A minute that looks for reminders; the hour that mails where the chain of waivers ends comes later.
NOW = datetime(2026, 11, 22, 10, schedule.REMINDERS_MINUTE, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AT_NOON = NOW.replace(hour=waiver_records.HEAD_MAIL_HOUR) + MINUTE
SES_EVENTS = json.loads((Path(__file__).parent / "ses-events.json").read_text())
GMAIL = post.ACCOUNT
# What is drawn at random, as the harbor draws it.
_DRAWN = re.compile(r"\d{6}(?:[Zz]z|ee)0*")
_PASSING = ("SESSION", "THROTTLE#login", "THROTTLE#sign")


def payment_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"


CHECK, VENMO, FAILED, OWED, NEW = map(payment_id, range(1, 6))
SIGNED, SIGNED_OLD, SIGNING = map(payment_id, range(11, 14))
REQUEST_KEY = payment_id(21)


class Harbor:
    """The product with its table and its mail service, all in this process; `faults` hears each call it makes."""

    def __init__(self, found: Faults, patch: pytest.MonkeyPatch) -> None:
        self.faults = found
        self.dynamo = found.dynamo
        self.api = Api()
        self.now = NOW
        self.drawn = 0
        self.event_id = self.past_id = self.token = ""
        self._clients: dict[str, Any] = {"dynamodb": _real("dynamodb"), "sesv2": _real("sesv2", attempts=1)}
        self._spelled: dict[int, tuple[Item, str]] = {}
        self._quick = {"dynamodb": Client(self.dynamo), "sesv2": SimpleNamespace(send_email=self._send_email)}
        self.is_quick = True
        patch.setattr(aws, "client", self._client)
        patch.setattr(system, "utc_now", lambda: self.now)
        patch.setattr(system, "random_token", lambda size: self.draw(-(-size * 4 // 3)))
        patch.setattr(system, "random_hex", lambda size: self.draw(size * 2, "ee"))
        patch.setattr(system, "monotonic_s", found.clock)
        patch.setattr(system, "sleep", lambda _: None)

    def draw(self, chars: int, mark: str = "Zz") -> str:
        self.drawn += 1
        return f"{self.drawn:06d}{mark}".ljust(chars, "0")

    def _client(self, service: str, **_: Any) -> Any:
        return (self._quick if self.is_quick else self._clients)[service]

    def use(self, client: Any) -> None:
        """All that is not to meet a fault goes to this DynamoDB."""
        self._quick["dynamodb"] = client

    def _send_email(self, Content: dict[str, Any], **_: Any) -> dict[str, str]:  # noqa: N803
        if code := self.faults.accept(Content["Raw"]["Data"]):
            raise ClientError({"Error": {"Code": code}}, "SendEmail")
        if self.faults.mail_answer == "lost":
            raise ReadTimeoutError(endpoint_url="https://email.example.com")
        return {"MessageId": "0100"}

    # --- the start ----------------------------------------------------------------------------------

    def open(self) -> None:
        """The first admin, and one charter: nothing else has happened yet."""
        self.now = NOW - 60 * MINUTE
        self.token = self.api.post("/api/login", {"password": operator.PASSWORD}).json["token"]
        self.api.token = self.token
        guests = [{"name": name, "email": f"{name.lower()}@example.com"} for name in ("Ann", "Ben", "Cleo")]
        made = self.api.post(
            "/api/events",
            new_event(
                starts_at=times.format_instant(NOW + timedelta(days=7) - 30 * MINUTE),
                ends_at=times.format_instant(NOW + timedelta(days=7) + 120 * MINUTE),
                guests=[*guests, {"name": "Dan", "email": "ann@example.com"}, {"name": "Eve"}],
                balance_reminders=True,
            ),
        ).json
        self.event_id = made["event_id"]
        self.now = NOW

    def settle_in(self) -> None:
        """Money, mail and signatures of every kind."""
        self.publish("We shall wear life jackets.")
        over = {"starts_at": "2026-11-20T10:00:00Z", "ends_at": "2026-11-20T12:00:00Z"}
        self.past_id = self.ask("POST", "/api/events", new_event(**over)).json["event_id"]
        self.sign(SIGNED_OLD, name="Dora Old", email="dora@example.com", minors=["Kid Old"])
        self.publish("We shall wear life jackets, always.")
        self.sign(SIGNED, name="Ben", email="ben@example.com", minors=[])
        self.pay(CHECK, method="check", amount_cents=10_000)
        self.pay(VENMO, method="venmo", amount_cents=20_000, kind="deposit")
        self.faults.mail_answer = "refuses"
        self.pay(FAILED, method="zelle", amount_cents=1_000, kind="tip")
        self.faults.mail_answer = ""

    def let_mail_wait(self) -> None:
        """One payment more, whose receipt is still owed."""
        self.faults.mail_answer = "busy"
        self.now = NOW - 10 * MINUTE
        self.pay(OWED, method="card", amount_cents=2_000)
        self.faults.mail_answer = ""
        self.now = NOW

    def publish(self, text: str) -> Answer:
        return self.ask("PUT", "/api/waiver-versions/current", {"title": "Release", "text": text})

    def pay(self, which: str, **body: Any) -> Answer:
        return self.ask("PUT", self.url(f"/payments/{which}"), body)

    def url(self, path: str = "") -> str:
        return f"/api/events/{self.event_id}{path}"

    def sign(self, submission_id: str, *, name: str, email: str, minors: list[str]) -> Answer:
        form = [
            ("submission_id", submission_id),
            ("waiver_version", self.current_text()),
            ("opened", signing_form.mark_opening(self.event_id, NOW - 5 * MINUTE)),
            ("signer_name", name),
            ("signer_email", email),
            ("esign_consent", "on"),
            ("intent", "on"),
            ("signature_typed", name),
            *[pair for minor in minors for pair in (("minor_name", minor), ("minor_birth_date", "2018-05-05"))],
            *([("guardian_relationship", "parent"), ("authority_attestation", "on")] if minors else []),
        ]
        return self.guest().submit(f"/g/{self.event_id}/waiver", form)

    def current_text(self) -> str:
        item = self.dynamo.items.get(("WAIVER_VERSION#CURRENT", "CURRENT"))
        return item["waiver_version"]["S"] if item else str(waiver_versions.sample("en")["waiver_version"])

    def guest(self) -> Api:
        self.api.token = None
        return self.api

    def waiver_id(self, submission_id: str) -> str:
        return signing.waiver_id(self.event_id, submission_id, 0)

    def mail_id(self, which: str) -> str:
        return f"{which}-{self.event_id[:8]}"

    def ask(self, method: str, url: str, body: Any = None, **more: Any) -> Answer:
        self.api.token = self.token
        return self.api.call(method, url, body, **more)

    def run(self, function: str, event: dict[str, Any] | None = None) -> None:
        """As Lambda runs it."""
        names = "source detail-type detail region account id time resources version".split()
        made = dict.fromkeys(names, "")
        self.api.app.handler_map[function](made | (event or {}), None)

    # --- afterwards ---------------------------------------------------------------------------------

    def settle(self) -> None:
        """The schedule, minute by minute, till it rests."""
        self.is_quick = True
        for _ in range(2):
            self.now += 2 * MINUTE
            self.run("sweep_mail")
        for _ in range(100):
            owed, _ = mail_store.list_mail("queued", "", 1)
            if not owed:
                break
            self.now = max(self.now + MINUTE, times.parse_instant(owed[0].due_at) + MINUTE)
            if self.now.minute == schedule.REMINDERS_MINUTE:
                self.now += MINUTE
            self.run("sweep_mail")
        else:
            raise AssertionError("the schedule finds no rest")
        self.now = NOW

    def records(self) -> list[str]:
        """All that was done, whatever became of its mails; what was drawn at random is left out."""
        found = sorted(map(self._as_record, self.dynamo.items.items()))
        session = f"SESSION#{hashlib.sha256(self.token.encode()).hexdigest()}"
        return [*filter(None, found), "signed in" if (session, session) in self.dynamo.items else "signed out"]

    def _as_record(self, entry: tuple[Key, Item]) -> str:
        key, item = entry
        if id(item) not in self._spelled:
            # Items are never changed; the item is kept, so that no other takes its id.
            self._spelled[id(item)] = item, _as_record(key, item) if _is_record(key, item) else ""
        return self._spelled[id(item)][1]

    def mails(self) -> list[str]:
        """What became of each, and of the receipts and copies."""
        found = []
        for (pk, sk), item in self.dynamo.items.items():
            if sk == "MAIL":
                found.append(f"{pk} {item['status']['S']}")
            elif "receipt" in item:
                found.append(f"{sk} {item['receipt']['S']}")
            elif _is_copy_note(item):
                found.append(f"{pk} waiver_copy_sent {json.loads(item['data']['S'])['waiver_ids']}")
        return sorted(drawn_erased(one) for one in found)

    def sent(self) -> dict[str, int]:
        """How often each mail was accepted."""
        return dict(Counter(map(drawn_erased, self.faults.accepted)))

    def check_books(self) -> None:
        differences = books.find_differences(books.gather(self.dynamo.items.values()))
        assert not differences, "; ".join(map(str, differences))
        fault = evidence.find_fault(waiver_records.export_chain())
        assert fault is None, fault


def _is_record(key: Key, item: Item) -> bool:
    # A copy's link is made anew for each try of its mail; a turn guards nothing.
    return not key[0].startswith(_PASSING) and not key[1].startswith(("COPY#", "TURN")) and not _is_copy_note(item)


def _is_copy_note(item: Item) -> bool:
    return '"act":"waiver_copy_sent"' in item.get("data", {"S": ""})["S"]


def _as_record(key: Key, item: Item) -> str:
    """A mail is there or not; the rest of it, and a receipt's state, is told by `mails`."""
    kept = {"kind": json.loads(item["data"]["S"])["kind"]} if key[1] == "MAIL" else {**item, "receipt": ""}
    return drawn_erased(json.dumps([key, kept], sort_keys=True))


def drawn_erased(text: str) -> str:
    """Without what is drawn at random."""
    return _DRAWN.sub("*", text)


def answer_erased(text: str) -> str:
    """The same of an answer, and without the receipts' states."""
    text = re.sub(r'(name="submission_id" value=")[^"]*', r"\1", text)
    return re.sub(r'"receipt": ?"\w+"', "", drawn_erased(text))


def _real(service: str, **more: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "us-east-1")):
            patch.setenv(f"AWS_{name}", value)
        return make_client(service, **more)


@contextmanager
def harbor(**variables: str) -> Iterator[Harbor]:
    # What fails here is logged a thousand times over.
    logging.disable(logging.CRITICAL)
    try:
        with operator.operating(**variables), faults(Dynamo()) as found, pytest.MonkeyPatch.context() as patch:
            yield Harbor(found, patch)
    finally:
        logging.disable(logging.NOTSET)


# --- what can be asked for ------------------------------------------------------------------------

Act = Callable[[Harbor], Answer | None]


@dataclass(frozen=True)
class Operation:
    covers: str
    """A route, or a function that Lambda runs by itself."""
    act: Act
    statuses: tuple[int, ...] = (200,)
    """The answer."""
    again: tuple[int, ...] = (200,)
    """Answers to the same once more, when it was done."""
    now: datetime = NOW
    start: str = "busy"
    """In a harbor where something of everything has happened, `fresh`: nothing yet, or where mail is `waiting`."""
    in_parts: bool = False
    """Several records, each of which is written whole."""
    mail_answer: str = ""


def asking(method: str, path: str, body: Any = None, **more: Any) -> Act:
    """The same of the charter, whose paths begin with /api/events/{event_id}."""

    def act(here: Harbor) -> Answer:
        url = path.format(event_id=here.event_id, waiver_id=here.waiver_id(SIGNED), mail_id=here.mail_id(FAILED))
        return here.ask(method, url, body(here) if callable(body) else body, **more)

    return act


def _sign(here: Harbor) -> Answer:
    return here.sign(SIGNING, name="Ann", email="ann@example.com", minors=["Kit", "Kim"])


def _ticked(here: Harbor) -> dict[str, Any]:
    return {"waiver_id": here.waiver_id(SIGNED), "state": "aboard"}


def _sweeping(here: Harbor) -> None:
    here.run("sweep_mail")


def _reported(which: str) -> Act:
    def act(here: Harbor) -> None:
        event = json.loads(json.dumps(SES_EVENTS[which]))
        event["detail"]["mail"]["tags"]["mail_id"] = [here.mail_id(CHECK)]
        here.run("mail_feedback", event)

    return act


_EVENT = "/api/events/{event_id}"
_PAYMENT = _EVENT + "/payments/{payment_id}"


def _pay(number_of: str = NEW, **body: Any) -> Act:
    return lambda here: here.ask("PUT", here.url(f"/payments/{number_of}"), body)


def _on(which: str, act: str, body: Any = None) -> Act:
    return lambda here: here.ask("POST", here.url(f"/payments/{which}/{act}"), body)


def _page(query: str = "", method: str = "GET") -> Act:
    return lambda here: here.guest().call(method, f"/g/{here.event_id}/waiver{query}")


def _reading(path: str, query: str = "") -> Operation:
    return Operation(f"GET {path}", asking("GET", path + query))


_CASH = {"method": "cash", "amount_cents": 5_000}
OPERATIONS: dict[str, Operation] = {
    "sign in": Operation(
        "POST /api/login", lambda here: here.guest().post("/api/login", {"password": operator.PASSWORD})
    ),
    "sign out": Operation("POST /api/logout", asking("POST", "/api/logout"), (204,), (401,)),
    "read the session": _reading("/api/session"),
    "look for health": _reading("/api/health"),
    "look for health by HEAD": Operation("HEAD /api/health", asking("HEAD", "/api/health")),
    "read the API's document": _reading("/api/openapi.json"),
    "list the board": _reading("/api/events"),
    "create a charter": Operation(
        "POST /api/events",
        asking("POST", "/api/events", new_event(), headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "read a charter": _reading(_EVENT),
    "edit a charter": Operation(
        f"PATCH {_EVENT}",
        asking("PATCH", _EVENT, {"version": 1, "title": "Moonrise", "charter_fee_cents": 99_000}),
        (200,),
        (409,),
    ),
    "complete a charter": Operation(
        f"PATCH {_EVENT}", asking("PATCH", _EVENT, {"version": 1, "status": "completed"}), (200,), (409,)
    ),
    "change the currency": Operation(
        f"PATCH {_EVENT}", asking("PATCH", _EVENT, {"version": 1, "currency": "EUR"}), (200,), (409,), start="fresh"
    ),
    "cancel a charter": Operation(f"POST {_EVENT}/cancel", asking("POST", f"{_EVENT}/cancel", {"reason": "storm"})),
    "reopen the waivers": Operation(
        f"POST {_EVENT}/reopen-waivers",
        lambda here: here.ask("POST", f"/api/events/{here.past_id}/reopen-waivers"),
    ),
    "read the manifest": _reading(f"{_EVENT}/manifest"),
    "fetch the manifest": _reading(f"{_EVENT}/manifest.csv"),
    "check a guest in": Operation(f"POST {_EVENT}/check-in", asking("POST", f"{_EVENT}/check-in", _ticked)),
    "note the briefing": Operation(
        f"POST {_EVENT}/safety-briefing", asking("POST", f"{_EVENT}/safety-briefing", {"done": True})
    ),
    "depart": Operation(f"POST {_EVENT}/depart", asking("POST", f"{_EVENT}/depart")),
    "remind the guests": Operation(
        f"POST {_EVENT}/waiver-reminders", asking("POST", f"{_EVENT}/waiver-reminders", {}), in_parts=True
    ),
    "ask to sign again": Operation(f"POST {_EVENT}/ask-again", asking("POST", f"{_EVENT}/ask-again", {})),
    "log a payment": Operation(f"PUT {_PAYMENT}", _pay(**_CASH), (201,)),
    "log a payment while no mail is taken": Operation(f"PUT {_PAYMENT}", _pay(**_CASH), (201,), mail_answer="busy"),
    "log a payment whose mail is refused": Operation(f"PUT {_PAYMENT}", _pay(**_CASH), (201,), mail_answer="refuses"),
    "log a check, asking for twins": Operation(
        f"PUT {_PAYMENT}", _pay(method="check", amount_cents=7_000, notify=False, ask_if_duplicate=True), (201,)
    ),
    "refund a payment": Operation(
        f"PUT {_PAYMENT}", _pay(method="cash", amount_cents=500, kind="refund", refund_of=VENMO), (201,)
    ),
    "list a charter's payments": _reading(f"{_EVENT}/payments"),
    "void a payment": Operation(f"POST {_PAYMENT}/void", _on(CHECK, "void", {"reason": "typo"})),
    "void a payment whose receipt waits": Operation(
        f"POST {_PAYMENT}/void", _on(OWED, "void", {"reason": "typo"}), start="waiting"
    ),
    "clear a payment": Operation(f"POST {_PAYMENT}/clear", _on(CHECK, "clear", {})),
    "bounce a payment": Operation(f"POST {_PAYMENT}/bounce", _on(CHECK, "bounce", {"reason": "no cover"})),
    "send a receipt again": Operation(f"POST {_PAYMENT}/receipt", _on(CHECK, "receipt"), (202,), (202,)),
    "list the payments": _reading("/api/payments"),
    "list what is to clear": _reading("/api/payments/to-clear"),
    "sum the payments up": _reading("/api/payments/summary"),
    "fetch the payments": _reading("/api/payments.csv"),
    "list the mail": _reading("/api/mail", "?status=sent"),
    "send a mail again": Operation(
        "POST /api/mail/{mail_id}/retry", asking("POST", "/api/mail/{mail_id}/retry"), (202,), (202, 409)
    ),
    "read a signed waiver": _reading(f"{_EVENT}/waivers/{{waiver_id}}"),
    "search the waivers": _reading("/api/waivers", "?query=ben"),
    "export the waivers": _reading("/api/waivers.json"),
    "list the texts": _reading("/api/waiver-versions"),
    "publish a text": Operation(
        "PUT /api/waiver-versions/current",
        asking("PUT", "/api/waiver-versions/current", {"title": "Release", "text": "Hold on tight."}),
        (201,),
    ),
    "publish the first text": Operation(
        "PUT /api/waiver-versions/current",
        asking("PUT", "/api/waiver-versions/current", {"title": "Release", "text": "Hold on tight."}),
        (201,),
        start="fresh",
    ),
    "list who signed an older text": _reading("/api/waiver-versions/superseded"),
    "preview a text": Operation(
        "POST /api/waiver-versions/preview", asking("POST", "/api/waiver-versions/preview", {"text": "# Hold on"})
    ),
    "open the guest page": _reading("/api/guest/{event_id}"),
    "open the waiver": Operation("GET /g/{event_id}/waiver", _page()),
    "ask for the waiver by HEAD": Operation("HEAD /g/{event_id}/waiver", _page(method="HEAD")),
    "see that it is signed": Operation(
        "GET /g/{event_id}/waiver", lambda here: _page(f"?signed={here.waiver_id(SIGNED)}")(here)
    ),
    "sign the waiver": Operation("POST /g/{event_id}/waiver", _sign, (303,), (303,)),
    "sign the sample, the first of all": Operation(
        "POST /g/{event_id}/waiver", _sign, (303,), (303,), start="fresh", in_parts=True
    ),
    "look for reminders": Operation("sweep_mail", _sweeping, in_parts=True),
    "sweep the mail": Operation("sweep_mail", _sweeping, now=AT_NOON, start="waiting", in_parts=True),
    "sweep while no mail is taken": Operation(
        "sweep_mail", _sweeping, now=AT_NOON, start="waiting", in_parts=True, mail_answer="busy"
    ),
    "take a bounce": Operation("mail_feedback", _reported("permanent bounce"), in_parts=True),
    "take a complaint": Operation("mail_feedback", _reported("complaint"), in_parts=True),
}
