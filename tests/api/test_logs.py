"""No secret and nobody's contact is ever logged: not at debug level, and not when something breaks."""

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pyotp
import pytest

from chalicelib import sweep
from chalicelib.charters import store as charter_store
from chalicelib.core import settings, system
from chalicelib.core.errors import trace
from chalicelib.mail import bounces, outbox, transport
from chalicelib.mail import store as mail_store
from chalicelib.mail.transport import Outcome
from chalicelib.payments import store as payment_store
from chalicelib.sign_in import passwords
from chalicelib.sign_in import store as sign_in_store
from chalicelib.sweep import MAIL_KINDS
from tests.support.api import ORIGIN_SECRET, Answer, Api, new_event
from tests.support.departing import depart
from tests.support.doubles.faults import lost_requests, retry_at_once
from tests.support.pages import signature

PASSWORD = "canary-password-of-the-captain"
SECRET = "CANARYSECRETCANARYSECRETCANARYSE"
PERSON = {"name": "Canary Person", "email": "canary.mail@example.com", "phone": "+1 415 555 7781"}
CANARIES = [
    "canary",
    "Canary Person",
    "555 7781",
    "5557781",
    SECRET,
    ORIGIN_SECRET,
]


@pytest.fixture(autouse=True)
def at_debug_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # As after `logging.getLogger().setLevel` in a hurry, or Lambda's own switch for the level.
    for name in ("scc.sign_in", "scc.mail", "ship-captain-crew"):
        caplog.set_level(logging.DEBUG, logger=name)


@pytest.fixture
def visitor(environment: dict[str, str], mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch) -> Api:
    with monkeypatch.context() as cheap:
        cheap.setattr(passwords, "LOG2_N", 8)
        monkeypatch.setenv("ADMIN_PASS_HASH", passwords.hash_password(PASSWORD))
    monkeypatch.setenv("ADMIN_TOTP", SECRET)
    settings.forget()
    return Api()


@pytest.fixture
def admin(visitor: Api) -> Api:
    answer = visitor.post("/api/login", {"password": PASSWORD, "code": pyotp.TOTP(SECRET).at(system.utc_now())})
    assert answer.status == 200, answer.text
    return visitor.with_token(answer.json["token"])


def a_day(admin: Api) -> list[Answer]:
    """Every kind of thing that people type, in the fields where they type it."""
    guest = admin.with_token(None)
    wanted = new_event(
        title="Canary sail", notes="canary note", guest_notes="canary guest note", captain=PERSON, crew=[PERSON]
    )
    event = admin.post(
        "/api/events", wanted | {"patron": PERSON, "guests": [{k: PERSON[k] for k in ("name", "email")}]}
    )
    url = f"/api/events/{event.json['event_id']}"
    answers = [event, admin.patch(url, {"version": 1, "notes": "canary again"})]

    def pay(method: str) -> str:
        payment = f"{url}/payments/{uuid.uuid4()}"
        money = {"payer": "Canary Person", "reference": "canary-ref", "note": "canary note"}
        answers.append(admin.put(payment, {"method": method, "amount_cents": 100, **money}))
        return payment

    answers += [
        admin.post(f"{pay('cash')}/void", {"reason": "canary reason"}),
        admin.post(f"{pay('check')}/bounce", {"reason": "canary reason"}),
        guest.get(f"/api/guest/{event.json['event_id']}"),
        guest.submit(
            f"/g/{event.json['event_id']}/waiver",
            signature(
                guest,
                event.json,
                signer_name="Canary Person",
                signer_email=PERSON["email"],
                signer_phone=PERSON["phone"],
                signature_typed="Canary Person",
            ),
        ),
        admin.post(f"{url}/waiver-reminders", {}),
        admin.get(f"{url}/manifest.csv"),
        admin.get("/api/payments.csv"),
        depart(admin, event.json["event_id"], "canary reason"),
        admin.post(f"{url}/guest-link"),
    ]
    (signed,) = admin.get(url).json["waiver_records"]
    waiver = f"{url}/waivers/{signed['waiver_id']}"
    answers += [admin.post(f"{waiver}/{act}", {"reason": "canary reason"}) for act in ("set-aside", "erase")]
    answers.append(admin.get(f"{waiver}/bundle"))
    other = admin.post("/api/events", wanted).json
    answers.append(admin.post(f"/api/events/{other['event_id']}/cancel", {"reason": "canary reason"}))
    outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(hours=1))
    sweep.mail_checkpoint(system.utc_now().replace(hour=sweep.CHECKPOINT_HOUR))
    return answers


def require_clean(caplog: pytest.LogCaptureFixture, admin: Api) -> None:
    assert admin.token
    for canary in [*CANARIES, admin.token]:
        assert canary.lower() not in caplog.text.lower(), canary


def test_normal_use_leaves_nothing_that_was_typed_in_the_log(admin: Api, caplog: pytest.LogCaptureFixture) -> None:
    answers = a_day(admin)
    assert {answer.status for answer in answers} <= {200, 201, 202, 303}, [answer.text for answer in answers]
    require_clean(caplog, admin)


def test_refusals_leave_nothing_that_was_typed_in_the_log(admin: Api, caplog: pytest.LogCaptureFixture) -> None:
    guest = admin.with_token(None)
    for body in (
        {"password": "canary password"},
        {"password": PASSWORD, "code": "000000"},
        {"password": PASSWORD, "canary": PERSON["email"]},
        {"password": PASSWORD, "name": PERSON["email"]},
    ):
        assert guest.post("/api/login", body).status in (400, 401)
    assert admin.post("/api/events", {"title": 7, "canary": PERSON["email"], "patron": PERSON}).status == 400
    assert admin.post("/api/events", raw='{"canary.mail@example.com": ').status == 400
    assert admin.get("/api/payments?canary=canary.mail@example.com").status == 400
    assert guest.get("/api/session", headers={"authorization": "Bearer canary"}).status == 401
    assert guest.get("/api/health", headers={"x-origin-verify": "canary"}).status == 403
    require_clean(caplog, admin)


def fails_with_words(patch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        try:
            raise KeyError(PERSON["email"])
        except KeyError as problem:
            raise ValueError(f"cannot store {PERSON} of {PASSWORD} with {SECRET}") from problem

    for module, name in (
        (charter_store, "put_new_charter"),
        (payment_store, "append_payment"),
        (charter_store, "read_whole_charter"),
        (payment_store, "list_ledger"),
        (sign_in_store, "put_session"),
    ):
        patch.setattr(module, name, fail)


def test_a_fault_is_logged_with_its_line_and_class_but_not_with_what_was_typed(
    admin: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with_words(monkeypatch)
    assert admin.post("/api/events", new_event(patron=PERSON)).status == 500
    assert admin.get("/api/payments").status == 500
    code = pyotp.TOTP(SECRET).at(system.utc_now(), counter_offset=1)
    assert admin.with_token(None).post("/api/login", {"password": PASSWORD, "code": code}).status == 500
    assert "Caught exception for path /api/events" in caplog.text
    assert "in create_event" in caplog.text
    assert "ValueError\nKeyError" in caplog.text
    require_clean(caplog, admin)


@pytest.mark.parametrize("operation", ["TransactWriteItems", "Query", "GetItem", "UpdateItem"])
def test_a_fault_of_the_database_leaves_nothing_that_was_typed_in_the_log(
    admin: Api,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
) -> None:
    retry_at_once(monkeypatch)
    doing: dict[str, Callable[[], Answer]] = {
        "TransactWriteItems": lambda: admin.post("/api/events", new_event(patron=PERSON)),
        "Query": lambda: admin.get("/api/events"),
        "GetItem": lambda: admin.get("/api/session"),
        "UpdateItem": lambda: admin.post("/api/login", {"password": PASSWORD}),
    }
    with lost_requests(operation, 3):
        assert doing[operation]().status == 500
    assert "ConnectTimeoutError" in caplog.text
    require_clean(caplog, admin)


@pytest.mark.parametrize("status", ["retry", "failed", "uncertain"])
def test_a_mail_that_does_not_arrive_leaves_nothing_that_was_typed_in_the_log(
    admin: Api,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    status: Any,
) -> None:
    monkeypatch.setattr(transport, "send", lambda _: Outcome(status, "SES: ServiceUnavailable"))
    a_day(admin)
    mail = next(iter(mail_store.list_mail("queued" if status == "retry" else status, "", 1)[0]))
    bounce = {
        "bounceType": "Permanent",
        "bouncedRecipients": [{"emailAddress": PERSON["email"], "diagnosticCode": "550 canary"}],
    }
    bounces.record_report(
        {"eventType": "Bounce", "mail": {"tags": {"mail_id": [mail.mail_id]}}, "bounce": bounce},
        kinds=MAIL_KINDS,
        now=system.utc_now(),
    )
    assert "ServiceUnavailable" in caplog.text
    require_clean(caplog, admin)


def test_a_trace_names_the_line_the_classes_and_the_error_code_of_aws() -> None:
    from botocore.exceptions import ClientError

    try:
        raise ClientError({"Error": {"Code": "Throttling", "Message": PERSON["email"]}}, "PutItem")
    except ClientError as problem:
        said = trace(problem)
    assert said.endswith("ClientError Throttling")
    assert "test_logs.py" in said
    assert PERSON["email"] not in said
