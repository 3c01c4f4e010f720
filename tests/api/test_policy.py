"""What the function may do in AWS is what it does, both ways: every call is recorded and held against the policy."""

import fnmatch
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib import sweep
from chalicelib.charters import directory, receivables
from chalicelib.charters import store as charter_store
from chalicelib.core import aws, settings, system, times
from chalicelib.core.dynamo import write_all
from chalicelib.core.errors import AlreadyExists
from chalicelib.crew import service as crew
from chalicelib.crew import store as crew_store
from chalicelib.mail import addresses, bounces, outbox, transport
from chalicelib.mail import store as mail_store
from chalicelib.mail.transport import Outcome
from chalicelib.manifest import store as manifest_store
from chalicelib.operator import store as operator_store
from chalicelib.payments import store as payment_store
from chalicelib.register import store as register_store
from chalicelib.schedule import store as schedule_store
from chalicelib.sign_in import store as sign_in_store
from chalicelib.sweep import MAIL_KINDS
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store, version_store
from chalicelib.waivers import store as waiver_store
from tests.support import operator
from tests.support.api import ORIGIN_SECRET, Api, new_event, new_payment, new_settings
from tests.support.crew import forms_of, manifest_of, page_of, tick
from tests.support.departing import depart
from tests.support.doubles.ses import open_ses
from tests.support.operator import PASSWORD
from tests.support.pages import signature
from tests.support.planning import make_boat, make_charter, make_hold, make_person
from tests.support.running import use_aws_keys
from tests.support.ses_events import ses_event
from tests.support.signed import records
from tests.support.stored import new_form, put_form
from tests.support.stores import fresh_store

ROOT = Path(__file__).parents[2]
STAGES = ("dev", "prod", "test")
# What Lambda does in the function's name, and no code of ours.
RUNTIME = {("logs:CreateLogStream", "log"), ("logs:PutLogEvents", "log")}
IN_A_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass
class Record:
    """Each action with the kind of thing that it was done to, and the partition keys of what was deleted."""

    done: set[tuple[str, str]] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    """The functions of all stores, as they were before this watched them."""
    entered: set[str] = field(default_factory=set)

    def watch(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.*.*", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        getattr(self, f"_note_{service}")(model.name, params)

    def _note_dynamodb(self, operation: str, params: dict[str, Any]) -> None:
        for write in params.get("TransactItems", []):
            ((kind, what),) = write.items()
            self._note_dynamodb(IN_A_TRANSACTION[kind], what)
        if operation == "DeleteItem":
            self.deleted.add(params["Key"]["PK"]["S"].partition("#")[0])
        if operation != "TransactWriteItems":
            self.done.add((f"dynamodb:{operation}", params.get("IndexName", "table")))

    def _note_sesv2(self, operation: str, params: dict[str, Any]) -> None:
        self.done.add((f"ses:{operation}", "identity"))
        if "Raw" in params["Content"]:
            # SES asks for this one, too, when SendEmail brings a whole message.
            self.done.add(("ses:SendRawEmail", "identity"))

    def _note_ssm(self, operation: str, params: dict[str, Any]) -> None:
        assert all(name.startswith("/ship-captain-crew/test/") for name in params["Names"])
        self.done.add((f"ssm:{operation}", "parameter"))


@pytest.fixture
def record(dynamodb_local: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    """The product with its real clients: DynamoDB Local, SES on loopback, and a Parameter Store of one value."""
    seen = Record()
    use_aws_keys(monkeypatch)
    ssm = boto3.client("ssm")
    with (
        fresh_store(dynamodb_local) as dynamodb,
        open_ses(dynamodb),
        Stubber(ssm) as parameters,
        # Undone before those around it, which patch the same function.
        pytest.MonkeyPatch.context() as patch,
    ):
        clients = {"dynamodb": dynamodb, "sesv2": aws.client("sesv2"), "ssm": ssm}
        for client in clients.values():
            seen.watch(client)
        patch.setattr(aws, "client", lambda service, **_: clients[service])
        answer = {"Parameters": [{"Name": "/ship-captain-crew/test/SCC_ORIGIN_SECRETS", "Value": ORIGIN_SECRET}]}
        # Once at the start, and once more when an hour has passed.
        for _ in range(3):
            parameters.add_response("get_parameters", answer)
        patch.setenv("SCC_ORIGIN_SECRETS", "ssm:/ship-captain-crew/test/SCC_ORIGIN_SECRETS")
        settings.forget()
        for module, name, function in store_functions():
            seen.known.add(f"{module.__name__}.{name}")
            patch.setattr(module, name, noting(seen, f"{module.__name__}.{name}", function))
        yield seen


STORES = (
    charter_store, directory, receivables, payment_store, mail_store, addresses, waiver_store, version_store, log_store,
    manifest_store, sign_in_store, schedule_store, register_store, operator_store,
)  # fmt: skip


def store_functions() -> list[tuple[ModuleType, str, FunctionType]]:
    """Every function by which the product reads or writes the table, with its module."""
    return [
        (module, name, function)
        for module in STORES
        for name, function in vars(module).items()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__ and not name.startswith("_")
    ]


def noting(seen: Record, name: str, function: FunctionType) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        seen.entered.add(name)
        return function(*arguments, **named)

    return call


def use_every_store_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the product's own routes."""
    now, guest = system.utc_now(), Api()
    api = guest.with_token(guest.post("/api/login", {"password": PASSWORD}).json["token"])
    api.post("/api/login", {"password": "wrong"})
    with monkeypatch.context() as later:
        later.setattr(system, "utc_now", lambda: now + timedelta(hours=1))
        assert api.get("/api/session").status == 200

    patron = {"name": "Ana", "email": "ana@example.com", "phone": ""}
    guests = [{"name": "Bo Sailor", "email": "bo@example.com"}]
    wanted = new_event(patron=patron, guests=guests, balance_reminders=True)
    key = {"idempotency-key": operator.uuid()}
    event = api.post("/api/events", wanted, headers=key).json
    assert api.post("/api/events", wanted, headers=key).status == 200
    url = f"/api/events/{event['event_id']}"
    assert api.patch(url, {"version": 1, "notes": "x"}).status == 200
    for path in (
        "/api/events",
        url,
        f"{url}/history",
        f"{url}/payments",
        f"{url}/manifest",
        "/api/payments",
        "/api/payments/to-clear",
        "/api/receivables",
        "/api/tips",
    ):
        assert api.get(path).status == 200, path
    assert guest.get(f"/api/guest/{event['event_id']}").status == 200

    def pay(method: str) -> str:
        path = f"{url}/payments/{operator.uuid()}"
        assert (answer := api.put(path, new_payment(method=method))).status == 201, answer.text
        assert api.put(path, new_payment(method=method)).status == 200
        return path

    check = pay("check")
    assert api.post(f"{check}/clear", {}).status == 200
    assert api.post(f"{check}/receipt").status == 202
    assert api.post(f"{pay('check')}/bounce", {"reason": "no funds"}).status == 200
    assert api.post(f"{pay('cash')}/void", {"reason": "twice"}).status == 200
    corrects = {"payment_id": pay("venmo").rpartition("/")[2], "reason": "typo"}
    assert api.put(f"{url}/payments/{operator.uuid()}", {"corrects": corrects, "amount_cents": 7}).status == 201
    assert api.post(f"{url}/statement", {}).status == 202
    tip = api.put(f"{url}/payments/{operator.uuid()}", new_payment(kind="tip", amount_cents=900))
    assert tip.status == 201
    shares = [{"name": "Smee", "amount_cents": 900}]
    assert api.put(f"{url}/tip-shares", {"shares": shares}).status == api.get("/api/tips").status == 200
    batch, rows = f"{url}/payment-batches/{operator.uuid()}", [new_payment(payment_id=operator.uuid())]
    assert [api.put(batch, {"payments": rows}).status for _ in (1, 2)] == [201, 200]

    assert api.post(f"{url}/waiver-reminders", {}).status == 200
    form = signature(guest, event, signer_email="bo@example.com", guest_id=event_guest(api, url))
    signed = guest.submit(f"/g/{event['event_id']}/waiver", form)
    assert signed.status == 303, signed.text
    assert guest.get(signed.headers["location"]).status == 200
    assert guest.get(f"/api/guest/{event['event_id']}").status == 200
    # The same form, twice at one moment.
    sealed = new_form(operator.event(event_id=event["event_id"]), "Ana", signer_email="ana@example.com")
    put_form(sealed, "[[[1,2,3]]]")
    with pytest.raises(AlreadyExists) as earlier:
        put_form(sealed)
    assert waiver_store.to_stored(earlier.value.item).leaf_index is None
    assert waiver_log.append_waiting()
    first, second = records(api)
    waiver = f"{url}/waivers/{first['waiver_id']}"
    assert api.get(waiver).status == api.get(f"{waiver}/bundle").status == 200
    assert api.get("/api/waivers").status == api.get("/api/waivers/checkpoint").status == 200
    assert guest.get(f"/g/{event['event_id']}/waiver?copy={'0' * 32}.{'A' * 22}").status == 404
    for body in ({"title": "Ours", "text": "Ours."}, {"title": "Ours", "text": "Ours, again."}):
        assert api.put("/api/waiver-versions/current", body).status == 201
    for path in ("/api/waiver-versions", "/api/waiver-versions/superseded"):
        assert api.get(path).status == 200
    assert api.post(f"{url}/ask-again", {}).status == 200
    assert api.post(f"{url}/check-in", {"waiver_id": first["waiver_id"], "state": "aboard"}).status == 200
    assert api.post(f"{url}/safety-briefing", {"done": True}).status == 200
    assert depart(api, event["event_id"]).status == 200
    sweep.mail_checkpoint(now.replace(hour=sweep.CHECKPOINT_HOUR))
    sweep.mail_ledger_checkpoint(now.replace(hour=sweep.CHECKPOINT_HOUR, minute=sweep.LEDGER_MINUTE))
    put_form(new_form(operator.event(event_id=event["event_id"]), "Ben"))
    sweep.run(now.replace(hour=sweep.CHECKPOINT_HOUR, minute=1) + timedelta(days=1))
    assert api.post(f"{url}/guest-link").status == 200
    for one in (first, second):
        for act in ("set-aside", "erase"):
            assert api.post(f"{url}/waivers/{one['waiver_id']}/{act}", {"reason": "asked"}).status == 200

    with monkeypatch.context() as trouble:
        trouble.setattr(transport, "send", lambda _: Outcome("failed", "SES: MessageRejected"))
        pay("cash")
        trouble.setattr(transport, "send", lambda _: Outcome("retry", "SES: ServiceUnavailable"))
        pay("cash")
    failed = api.get("/api/mail?status=failed").json["mails"][0]["mail_id"]
    assert api.post(f"/api/mail/{failed}/retry").status == 202
    bounces.record_report(ses_event("permanent bounce", failed)["detail"], kinds=MAIL_KINDS, now=now)
    soon = now + timedelta(minutes=5)
    other = api.post(
        "/api/events",
        new_event(
            starts_at=times.format_instant(now + timedelta(days=2, minutes=-1)),
            ends_at=times.format_instant(now + timedelta(days=2, hours=2)),
            patron=patron,
            balance_reminders=True,
        ),
    ).json
    sweep.queue_reminders(soon)
    outbox.sweep(MAIL_KINDS, now + timedelta(minutes=10))
    assert api.post(f"/api/events/{other['event_id']}/cancel", {"reason": "storm", "notify": True}).status == 200
    for path in ("/api/events?limit=1&from=2020-01-01", "/api/mail?status=sent&limit=1"):
        assert api.get(path).json["next_cursor"]
    plan_and_register(api, now)
    # What comes only in a race, with a second factor or by a private link.
    assert sign_in_store.use_code("admin", 1, int(now.timestamp()) + 90)
    assert payment_store.read_payment_item(event["event_id"], check.rpartition("/")[2])
    assert api.post("/api/logout").status == 204


def plan_and_register(api: Api, now: datetime) -> None:
    """Boats, people, settings, and what is planned with them."""
    boat, person = make_boat(api), make_person(api)
    assert api.patch(f"/api/boats/{boat['boat_id']}", {"version": 1, "notes": "x"}).status == 200
    assert api.post(f"/api/people/{person['person_id']}/new-link").status == 200
    for path in ("/api/boats", "/api/people", "/api/settings", "/api/calendars", "/api/patrons", "/api/schedule"):
        assert api.get(path).status == 200, path
    assert api.post("/api/calendars/desk/new-link").status == api.get("/api/calendars").status == 200
    assert api.put("/api/settings", new_settings()).status == 200
    for calendar in api.get("/api/calendars").json["calendars"]:
        assert api.get(urlsplit(calendar["url"]).path).status == 200
    use_the_dock(api, api.with_token(None), person)
    trip = make_charter(api, boat_id=boat["boat_id"], captain={"person_id": person["person_id"]})
    fill_positions(api, now)
    assert api.get("/api/events?q=sunset").json["events"]
    repetition = {"request_id": operator.uuid(), "until": "2030-06-30"}
    assert api.post(f"/api/events/{trip['event_id']}/repeat", repetition).status == 201
    soon = times.format_instant(now + timedelta(minutes=1))
    make_hold(api, boat, kind="option", hours=(30, 32), expires_at=soon)
    weekly = make_hold(api, boat, hours=(40, 42), weekly_until="2030-06-30")
    assert api.patch(f"/api/holds/{weekly['hold_id']}", {"version": 1, "title": "Yard"}).status == 200
    sweep.run(now + timedelta(minutes=2))
    assert [one["status"] for one in api.get("/api/holds?from=2030-06-01").json["holds"]] == ["expired", "held"]
    sweep.queue_paper_mails(now.replace(hour=23, minute=sweep.PAPERS_MINUTE))


def use_the_dock(api: Api, guest: Api, captain: dict[str, Any]) -> None:
    """By their own pages: one accepts, and the captain ticks twice, of which the earlier one comes later."""
    now = system.utc_now()
    # With the link that they have now.
    captain = next(one for one in api.get("/api/people").json["people"] if one["person_id"] == captain["person_id"])
    starts_at, ends_at = (times.format_instant(now + timedelta(hours=hours)) for hours in (8, 9))
    sails = {"captain": {"person_id": captain["person_id"]}, "guests": [{"name": "Finn"}]}
    trip = make_charter(api, starts_at=starts_at, ends_at=ends_at, **sails)
    mate = make_person(api, "Bo Lee")
    body = {"role": "deckhand", "person_ids": [mate["person_id"]]}
    assert api.post(f"/api/events/{trip['event_id']}/positions", body).status == 201
    accept = forms_of(guest.get(page_of(mate)).text)[1]["fields"]
    assert guest.submit(page_of(mate), accept).status == 303
    for state, minutes in (("aboard", -10), ("no_show", -20)):
        ticked = {"device_time": times.format_instant(now + timedelta(minutes=minutes)), "state": state}
        guest_id = trip["guests"][0]["guest_id"]
        form = {"submission_id": operator.uuid(), "guest_id": guest_id, **ticked}
        for _ in range(2):
            assert tick(guest, manifest_of(captain, trip), "check_in", **form).status == 303


def fill_positions(api: Api, now: datetime) -> None:
    """One declines, one is late, and a mail does not arrive."""
    ids = [make_person(api, name, email="x@example.com")["person_id"] for name in ("Dot", "Eve", "Fay")]
    event = make_charter(api, hours=(60, 62))
    body = {"role": "captain", "person_ids": ids}
    (position,) = api.post(f"/api/events/{event['event_id']}/positions", body).json["positions"]
    charter = charter_store.read_charter(event["event_id"])
    assert charter
    seen = crew.seen_of(charter, charter.positions[0])
    crew.answer(ids[0], position["position_id"], "decline", "", seen, now, address="192.0.2.9")
    at = times.format_instant(now)
    for number in (1, 7):
        write_all([crew_store.bounce_write(event["event_id"], position["position_id"], number, at)])
    crew.sweep(now)
    crew.sweep(now + timedelta(days=2))


def event_guest(api: Api, url: str) -> str:
    return str(api.get(url).json["guests"][0]["guest_id"])


def statements(stage: str) -> list[dict[str, Any]]:
    return list(json.loads((ROOT / f".chalice/policy-{stage}.json").read_text())["Statement"])


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def granted(stage: str) -> set[tuple[str, str]]:
    """Each action that a policy allows, with the kind of thing that it allows it on."""
    kinds = {
        f"arn:aws:dynamodb:*:*:table/ship-captain-crew-{stage}": "table",
        f"arn:aws:dynamodb:*:*:table/ship-captain-crew-{stage}-restored-*": "table",
        f"arn:aws:dynamodb:*:*:table/ship-captain-crew-{stage}/index/by_date": "by_date",
        f"arn:aws:dynamodb:*:*:table/ship-captain-crew-{stage}-restored-*/index/by_date": "by_date",
        # The deployment puts the sender in its place.
        "arn:aws:ses:*:*:identity/SCC_MAIL_FROM": "identity",
        f"arn:aws:ses:*:*:configuration-set/ship-captain-crew-{stage}": "identity",
        f"arn:aws:ssm:*:*:parameter/ship-captain-crew/{stage}/*": "parameter",
        f"arn:aws:logs:*:*:log-group:/aws/lambda/ship-captain-crew-{stage}:*": "log",
        f"arn:aws:logs:*:*:log-group:/aws/lambda/ship-captain-crew-{stage}-*:*": "log",
    }
    return {
        (action, kinds[resource])
        for statement in statements(stage)
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def test_the_policies_allow_what_the_product_does_and_nothing_more(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_every_store_function(monkeypatch)
    assert record.known - record.entered == set(), "some functions of the stores were not used"
    for stage in STAGES:
        assert granted(stage) == record.done | RUNTIME
        (deleting,) = (one for one in statements(stage) if "dynamodb:DeleteItem" in listed(one["Action"]))
        keys = deleting["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        assert {key.partition("#")[0] for key in keys} == record.deleted


@pytest.mark.parametrize("stage", STAGES)
def test_no_policy_has_a_wildcard_for_its_action_or_for_everything(stage: str) -> None:
    for statement in statements(stage):
        assert statement["Effect"] == "Allow"
        assert not {"NotAction", "NotResource"} & set(statement)
        assert not [action for action in listed(statement["Action"]) if "*" in action or "?" in action]
        assert not [one for one in listed(statement["Resource"]) if fnmatch.fnmatch("arn:aws:s3:::anything", one)]
