"""The product with its table and its mail service, all in this process."""

import base64
import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib import sweep
from chalicelib.charters.positions import find, seen_of
from chalicelib.charters.store import to_charter
from chalicelib.core import aws, system, times
from chalicelib.mail import store as mail_store
from chalicelib.mail import typed_addresses
from chalicelib.operator import links
from chalicelib.sign_in import sessions
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import store as waiver_store
from chalicelib.waivers import versions as waiver_versions
from tests.support import operator
from tests.support.api import Answer, Api, new_boat, new_event, new_person
from tests.support.doubles.dynamo import FakeClient, FakeDynamoDB, Item, Key
from tests.support.doubles.faults import FaultyServices, faulty_services
from tests.support.log_check import check_log
from tests.support.running import use_aws_keys
from tests.support.stores import make_client
from tools.audit.checks import find_differences
from tools.audit.records import gather

# A minute that looks for reminders; the hour that mails the checkpoint of the waivers' log comes later.
NOW = datetime(2026, 11, 22, 10, sweep.REMINDERS_MINUTE, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AT_NOON = NOW.replace(hour=sweep.CHECKPOINT_HOUR) + MINUTE
# Of the operator's day, which is that of Los Angeles.
AT_PAPERS = NOW.replace(hour=sweep.PAPERS_HOUR + 8, minute=sweep.PAPERS_MINUTE)
# Before the captain's charter, when not all has to be in order yet.
AT_DOCK = NOW + timedelta(days=20) - timedelta(hours=3)
# When an option ends that was made before.
AT_OPTION = NOW + timedelta(days=1) + MINUTE
# What this product draws at random: see `next_random`.
_RANDOM = re.compile(r"\d{6}(?:[Zz]z|ee)0*")
# Or is forgotten when it is done: see `check_ledger`.
_EXPIRING = ("NOTICES", "SESSION", "THROTTLE#login", "THROTTLE#sign", "THROTTLE#copies")
# Of a record and of a charter, what the log's writer adds.
_BY_THE_WRITER = ("leaf_index", "signed", "signed_count", "signed_rows", "signed_seq", "signed_guest_ids")


def payment_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"


CHECK, VENMO, FAILED, QUEUED, NEW = map(payment_id, range(1, 6))
SIGNED, SIGNED_OLD, SIGNING = map(payment_id, range(11, 14))
REQUEST_KEY = payment_id(21)


class InProcessProduct:
    """Each call that it makes to the outside goes to `services`, where it may fail."""

    def __init__(self, services: FaultyServices, patch: pytest.MonkeyPatch) -> None:
        self.services = services
        self.dynamo = services.dynamo
        self.api = Api()
        self.now = NOW
        self.drawn = 0
        self.event_id = self.past_id = self.other_id = self.boat_id = self.person_id = self.hold_id = self.token = ""
        self.crewed_id = self.sail_id = self.asked_id = self.position_id = ""
        self._real_clients: dict[str, Any] = {"dynamodb": _real("dynamodb"), "sesv2": _real("sesv2", attempts=1)}
        self._records: dict[int, tuple[Item, str]] = {}
        self._fake_clients = {
            "dynamodb": FakeClient(self.dynamo),
            "sesv2": SimpleNamespace(send_email=self._send_email),
        }
        self.uses_fake_clients = True
        """They skip the SDK and its retries, and no fault happens to them."""
        patch.setattr(aws, "client", self._client)
        self.admin = ""
        """Who is signed in, where it matters who does what; else the one who there is."""
        authenticate = sessions.authenticate
        patch.setattr(sessions, "authenticate", lambda headers, now: self._acting(authenticate(headers, now=now)))
        patch.setattr(system, "utc_now", lambda: self.now)
        patch.setattr(system, "random_token", lambda size: self.next_random(-(-size * 4 // 3)))
        patch.setattr(system, "random_hex", lambda size: self.next_random(size * 2, "ee"))
        patch.setattr(system, "sortable_id", lambda: self.next_random(16, "ee"))
        patch.setattr(system, "monotonic_s", services.monotonic_s)
        patch.setattr(system, "sleep", services.sleep)
        # A count whose answer is lost counts again with the next try; the limits are tested without faults.
        patch.setattr(typed_addresses, "MAILS_A_DAY", 1000)

    def _acting(self, session: sessions.Session) -> sessions.Session:
        return session._replace(admin=self.admin or session.admin)

    def next_random(self, chars: int, sign: str = "Zz") -> str:
        self.drawn += 1
        return f"{self.drawn:06d}{sign}".ljust(chars, "0")

    def _client(self, service: str, **_: Any) -> Any:
        return (self._fake_clients if self.uses_fake_clients else self._real_clients)[service]

    def use_dynamodb(self, client: Any) -> None:
        """In place of the fake client."""
        self._fake_clients["dynamodb"] = client

    def _send_email(self, Content: dict[str, Any], **_: Any) -> dict[str, str]:  # noqa: N803
        if code := self.services.accept(Content["Raw"]["Data"]):
            raise ClientError({"Error": {"Code": code}}, "SendEmail")
        if self.services.mail_answer == "lost":
            raise ReadTimeoutError(endpoint_url="https://email.example.com")
        return {"MessageId": "0100"}

    # --- how it starts ------------------------------------------------------------------------------

    def add_charter(self) -> None:
        """Signs the admin in and creates one charter; nothing else has happened yet."""
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

    def add_some_of_everything(self) -> None:
        """Payments, mails and signatures of every kind."""
        self.publish("We shall wear life jackets.")
        over = {"starts_at": "2026-11-20T10:00:00Z", "ends_at": "2026-11-20T12:00:00Z"}
        self.past_id = self.ask("POST", "/api/events", new_event(**over)).json["event_id"]
        elsewhere = new_event(**over, patron={"name": "Ben Okoye", "email": "ben@example.com"})
        self.other_id = self.ask("POST", "/api/events", elsewhere).json["event_id"]
        self.boat_id = self.ask("POST", "/api/boats", new_boat()).json["boat_id"]
        self.person_id = self.ask("POST", "/api/people", new_person()).json["person_id"]
        self.sail_id = self.ask("POST", "/api/events", self.captains_charter()).json["event_id"]
        option = {"kind": "option", "expires_at": times.format_instant(AT_OPTION), "title": "Perhaps a wedding"}
        self.hold_id = self.ask("POST", "/api/holds", self.hold(5, **option)).json["hold_id"]
        self._add_position()
        self.asked_id = self._add_asked_captain()
        self.sign(SIGNED_OLD, name="Dora Old", email="dora@example.com", minors=["Kid Old"])
        self.publish("We shall wear life jackets, always.")
        self.sign(SIGNED, name="Ben", email="ben@example.com", minors=[])
        self.pay(CHECK, method="check", amount_cents=10_000)
        self.pay(VENMO, method="venmo", amount_cents=20_000, kind="deposit")
        self.services.mail_answer = "refuses"
        self.pay(FAILED, method="zelle", amount_cents=1_000, kind="tip")
        self.services.mail_answer = ""

    def _add_position(self) -> None:
        """A charter with an open position."""
        of_time = {name: self.hold(12)[name] for name in ("starts_at", "ends_at")}
        self.crewed_id = self.ask("POST", "/api/events", new_event(captain=None, **of_time)).json["event_id"]
        body = {"role": "captain", "person_ids": []}
        (made,) = self.ask("POST", f"/api/events/{self.crewed_id}/positions", body).json["positions"]
        self.position_id = made["position_id"]

    def add_queued_receipt(self) -> None:
        """One payment more, whose receipt is still queued."""
        self.services.mail_answer = "busy"
        self.now = NOW - 10 * MINUTE
        self.pay(QUEUED, method="card", amount_cents=2_000)
        self.services.mail_answer = ""
        self.now = NOW

    def add_what_waits_for_the_log(self) -> None:
        """Three forms and an act whose writers died before they appended anything."""
        with pytest.MonkeyPatch.context() as dead:
            dead.setattr(waiver_log, "append_after_signing", lambda: None)
            dead.setattr(waiver_log, "settle", lambda: None)
            for number, minors in ((31, ["Kit"]), (32, []), (33, ["Kim", "Lee"])):
                self.sign(payment_id(number), name=f"Guest {number}", email="", minors=minors)
            body = {"reason": "signed twice"}
            self.ask("POST", self.url(f"/waivers/{self.waiver_id(SIGNED_OLD)}/set-aside"), body)

    def hold(self, days: int, **changes: Any) -> dict[str, Any]:
        """A request that holds the boat for two hours, so many days from now."""
        starts_at = NOW + timedelta(days=days)
        ends_at = starts_at + timedelta(hours=2)
        of_time = {"starts_at": times.format_instant(starts_at), "ends_at": times.format_instant(ends_at)}
        return {"boat_id": self.boat_id, "kind": "maintenance", **of_time, **changes}

    def booked_charter(self) -> dict[str, Any]:
        """A request for a charter that names its boat and captain."""
        of_time = {name: self.hold(9)[name] for name in ("starts_at", "ends_at")}
        return new_event(boat_id=self.boat_id, captain={"person_id": self.person_id}, **of_time)

    def captains_charter(self) -> dict[str, Any]:
        """A request for a charter with a captain and one guest."""
        of_time = {name: self.hold(20)[name] for name in ("starts_at", "ends_at")}
        people = {"captain": {"person_id": self.person_id}, "guests": [{"name": "Finn"}], "party_size": 1}
        return new_event(crew=[], **people, **of_time)

    def _add_asked_captain(self) -> str:
        """A charter for which the captain is asked; the id of the position."""
        of_time = {name: self.hold(30)[name] for name in ("starts_at", "ends_at")}
        made = self.ask("POST", "/api/events", new_event(captain=None, crew=[], **of_time)).json
        body = {"role": "captain", "person_ids": [self.person_id]}
        (asked,) = self.ask("POST", f"/api/events/{made['event_id']}/positions", body).json["positions"]
        return str(asked["position_id"])

    def seen(self) -> str:
        """What the form of who is asked holds."""
        items = (item for (_, sk), item in self.dynamo.items.items() if sk == "EVENT")
        charter = next(one for one in map(to_charter, items) if find(one.positions, self.asked_id))
        position = find(charter.positions, self.asked_id)
        assert position
        # As long as somebody was only asked, and nothing has changed.
        return seen_of(charter.details, {**position, "state": "asked"})

    def crew_path(self, *, charter: bool = False) -> str:
        """Of the captain's own page, or of the manifest of their charter."""
        path = f"/c/{links.make_token('person', self.person_id, 0)}"
        return f"{path}/{self.sail_id}" if charter else path

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
            ("opened", signing_form.tag_opening(self.event_id, NOW - 5 * MINUTE)),
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
        item = self.dynamo.items.get(("WAIVER_VERSION#CURRENT", "CURRENT#en"))
        return item["waiver_version"]["S"] if item else str(waiver_versions.sample("en")["waiver_version"])

    def guest(self) -> Api:
        self.api.token = None
        return self.api

    def waiver_id(self, submission_id: str) -> str:
        return waiver_store.waiver_id(self.event_id, submission_id, 0)

    def mail_id(self, which: str) -> str:
        return f"{which}-{self.event_id[:8]}"

    def ask(self, method: str, url: str, body: Any = None, **more: Any) -> Answer:
        self.api.token = self.token
        return self.api.call(method, url, body, **more)

    def run_function(self, function: str, event: dict[str, Any] | None = None) -> None:
        """As Lambda runs it."""
        names = ("source", "detail-type", "detail", "region", "account", "id", "time", "resources", "version")
        self.api.app.handler_map[function](dict.fromkeys(names, "") | (event or {}), None)

    # --- afterwards ---------------------------------------------------------------------------------

    def run_schedule_until_idle(self) -> None:
        self.uses_fake_clients = True
        for _ in range(2):
            self.now += 2 * MINUTE
            self.run_function("sweep_mail")
        for _ in range(100):
            queued, _ = mail_store.list_mail("queued", "", 1)
            if not queued:
                break
            self.now = max(self.now + MINUTE, times.parse_instant(queued[0].due_at) + MINUTE)
            if self.now.minute == sweep.REMINDERS_MINUTE:
                self.now += MINUTE
            self.run_function("sweep_mail")
        else:
            raise AssertionError("some mail is queued for ever")
        self.now = NOW

    def records(self) -> list[str]:
        """All that was done, without the state of its mails, what the log's writer makes of it, and what was drawn at
        random.
        """
        found = sorted(map(self._as_record, self.dynamo.items.items()))
        session = f"SESSION#{hashlib.sha256(self.token.encode()).hexdigest()}"
        return [*filter(None, found), "signed in" if (session, session) in self.dynamo.items else "signed out"]

    def _as_record(self, entry: tuple[Key, Item]) -> str:
        key, item = entry
        if id(item) not in self._records:
            # Items are never changed. The item is kept, so that no other one gets its id.
            self._records[id(item)] = item, _as_record(key, item) if _is_record(key, item) else ""
        return self._records[id(item)][1]

    def mails(self) -> list[str]:
        """The state of each, and of the receipts and copies."""
        found = []
        for (pk, sk), item in self.dynamo.items.items():
            if sk == "MAIL":
                found.append(f"{pk} {item['status']['S']}")
            elif "receipt" in item:
                found.append(f"{sk} {item['receipt']['S']}")
            elif _is_note(item):
                found.append(f"{pk} copy_sent")
        return sorted(without_random(one) for one in found)

    def sent(self) -> dict[str, int]:
        """How often each mail was accepted."""
        return dict(Counter(map(without_random, self.services.accepted)))

    def check_ledger(self, *, waiting: int | None = None) -> None:
        """With `waiting`, exactly so many records wait for the log."""
        differences = find_differences(gather(self.dynamo.items.values()))
        assert not differences, "; ".join(map(str, differences))
        check_log(self.dynamo.items.values(), waiting=waiting)
        assert waiting is None or not [key for key in self.dynamo.items if key[0] == "NOTICES"], "not all was told"


def _is_record(key: Key, item: Item) -> bool:
    # Each try of a copy's mail makes a new link. What the log's writer makes of the records is held against them by
    # `check_log`.
    by_the_writer = key[0].startswith("WAIVER_LOG") or key[1].startswith("SIGNED#")
    return (
        not key[0].startswith(_EXPIRING) and not by_the_writer and not key[1].startswith("COPY#") and not _is_note(item)
    )


def _is_note(item: Item) -> bool:
    return '"act":"copy_sent"' in item.get("data", {"S": ""})["S"]


def _as_record(key: Key, item: Item) -> str:
    """Of a mail, that it exists; its state, and a receipt's, is in `mails`."""
    kept: Item = {name: value for name, value in item.items() if name not in _BY_THE_WRITER}
    if key[1] == "MAIL":
        kept = {"kind": json.loads(item["data"]["S"])["kind"]}
    elif "receipt" in item:
        kept["receipt"] = ""
    elif "payload" in item:
        payload = json.loads(item["payload"]["S"])
        kept |= {"payload": {**payload, "_sd": len(payload["_sd"])}, "disclosures": _without_salts(item)}
    return without_random(json.dumps([key, kept], sort_keys=True))


def _without_salts(item: Item) -> list[str]:
    decoded = [json.loads(base64.urlsafe_b64decode(one + "==")) for one in json.loads(item["disclosures"]["S"])]
    return sorted(f"{name} {value}" for _salt, name, value in decoded)


def without_random(text: str) -> str:
    """Without what is drawn at random."""
    return _RANDOM.sub("*", text)


def comparable_answer(text: str) -> str:
    """An answer without what is drawn or made of it, private links, and without the receipts' states."""
    text = re.sub(r'(name="submission_id" value="|/c/[pbd])[\w.-]*', r"\1", text)
    return re.sub(r'"receipt": ?"\w+"', "", without_random(text))


def _real(service: str, **more: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        use_aws_keys(patch)
        return make_client(service, **more)


@contextmanager
def in_process_product(**variables: str) -> Iterator[InProcessProduct]:
    # Thousands of calls fail here, and each failure would be logged.
    logging.disable(logging.CRITICAL)
    try:
        with (
            operator.operating(**variables),
            faulty_services(FakeDynamoDB()) as services,
            pytest.MonkeyPatch.context() as patch,
        ):
            yield InProcessProduct(services, patch)
    finally:
        logging.disable(logging.NOTSET)
