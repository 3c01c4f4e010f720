"""Every call of the OpenAPI document, with what it allows and with what it does not, against the app.

No answer is a failure of ours or one that the document does not know, what it forbids is refused, and what it allows
is accepted but for rules that no schema can say. `FUZZ_EXAMPLES=1000 FUZZ_SEED=7` choose how much and what is tried.
"""

import json
import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.pytest._test_builder import build_operation_test

from chalicelib.charters import positions
from chalicelib.core import system, times
from chalicelib.core.fields import Form
from chalicelib.mail import transport
from chalicelib.operator import links
from chalicelib.people.fields import PersonDetails
from chalicelib.register import store as register_store
from chalicelib.register.store import Record
from chalicelib.sign_in import service as sign_in
from chalicelib.waivers import signing
from chalicelib.waivers import store as waiver_store
from chalicelib.waivers import versions as waiver_versions
from tests.support import contract, operator
from tests.support.api import Api
from tests.support.stored import audit, store_charter
from tools.common import gateway

log = logging.getLogger("scc.test")
SEED = int(os.environ.get("FUZZ_SEED", "1"))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))

# --- a product whose ids are known ----------------------------------------------------------------

OPEN, OVER, CANCELLED, SOON, CAPTAIN = "A" * 22, "B" * 22, "C" * 22, "D" * 22, "E" * 22
GUESTS = [{"guest_id": f"{n:016x}", "name": f"Guest {n}", "email": f"g{n}@example.com"} for n in (1, 2, 3)]
CASH, CHECK, TIP, VOIDED, BOUNCED, MAILED = (f"0190c0de-0000-7000-8000-{n:012d}" for n in range(6))
SUBMISSION = "0190c0de-0000-7000-8000-00000000ffff"
WAIVER = waiver_store.waiver_id(OPEN, SUBMISSION, 0)
FAILED_MAIL = f"{MAILED}-{OPEN[:8]}"
POSITION, PERSON = "a" * 16, "P" * 22
UNKNOWN = "0190c0de-0000-7000-8000-0000000000ff"
TEXT = waiver_versions.sample("en")["waiver_version"]

KNOWN: dict[str, list[Any]] = {
    "event_id": [OPEN, OPEN, OVER, CANCELLED, SOON, "Z" * 22],
    "payment_id": [CASH, CHECK, TIP, VOIDED, BOUNCED, UNKNOWN],
    "waiver_id": [WAIVER, "0" * 32],
    "position_id": [POSITION, "0" * 16],
    "person_id": [PERSON, "Z" * 22],
    "mail_id": [FAILED_MAIL, "nonsense"],
    "refund_of": [CASH, TIP, CHECK, None],
    "duplicate_of": [CASH, None],
    "guest_id": [GUESTS[1]["guest_id"], ""],
    "version": [1, 2, 7],
    "timezone": ["America/Los_Angeles", "Pacific/Apia", None],
    "password": [operator.PASSWORD, "not the one that it is"],
    "submission_id": [SUBMISSION, UNKNOWN],
    "waiver_version": [TEXT, "0" * 64],
    "language": ["en", "es"],
    "opened": ["2026-01-01T00:00:00Z.0", ""],
    "website": [""],
    # To think up long texts takes seconds each.
    **{name: ["two\nlines", "x" * 1000, "💥", ""] for name in ("notes", "guest_notes", "note")},
    "reason": ["a reason", "x" * 500],
    "text": ["# Risks\n\n- **wind** and [law](https://example.com)", "x" * 60_000],
    "minor_birth_date": ["2020-02-29", ""],
    "signer_birth_date": ["1984-05-31", ""],
    "signature_strokes": ['[{"points": [{"x": 1.5, "y": 2, "time": 3}]}]', "[[[1, 2], [3, 4]]]", ""],
    "signed": [WAIVER, "nonsense"],
    "copy": ["A" * 22],
}
ITEMS = {"guest_ids": [guest["guest_id"] for guest in GUESTS], "waiver_ids": [WAIVER], "person_ids": [PERSON]}
CHARTER_RULES = {
    *("ends_at", "guests", "boat_id", "captain.person_id", "captain.name", "crew"),
    "cancellation_fee_cents",
}
# Rules between fields, or with what is stored.
BEYOND_SCHEMAS = {
    "log_in": {"code"},
    "create_event": CHARTER_RULES,
    **{name: {*CHARTER_RULES, "currency", "status"} for name in ("edit_event", "preview_edit")},
    "cancel_event": {"cancellation_fee_cents"},
    "preview_cancel": {"cancellation_fee_cents", "moved_cents"},
    "repeat_event": {"until", "except"},
    "get_schedule": {"to"},
    "create_hold": {"boat_id", "ends_at", "expires_at", "weekly_until", "except"},
    "edit_hold": {"boat_id", "ends_at", "expires_at", "weekly_until", "except"},
    "add_position": {"answer_by", "person_ids"},
    "ask_for_position": {"person_ids"},
    "assign_position": {"person_id"},
    "log_payment": {
        *("refund_of", "amount_cents", "currency", "duplicate_of", "received_at"),
        *("corrects.payment_id", "corrects.event_id"),
    },
    "log_batch": {"payments"},
    "share_tips": {"shares"},
    "clear_payment": {"cleared_at"},
    "check_in": {"waiver_id", "guest_id"},
    "summarize_payments": {"from"},
    "publish_waiver_version": {"language"},
    **{f"list_{name}": {"cursor"} for name in ("events", "payments", "payments_to_clear", "mails")},
    "search_waivers": {"cursor"},
    "get_history": {"cursor"},
    "get_payments_csv": {"cursor"},
}


def with_known(node: Any) -> Any:
    """The document with ids and texts that lead somewhere in place of any that are well formed."""
    if isinstance(node, list):
        return [with_known(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {name: with_known(each) for name, each in node.items()}
    if "schema" in node and node.get("name") in KNOWN:
        node["schema"] = {"enum": KNOWN[node["name"]]}
    for name, schema in node.get("properties", {}).items():
        if name in ITEMS:
            node["properties"][name] = {**schema, "items": {"enum": ITEMS[name]}}
        elif schema.get("type") == "array":
            schema["items"] = {"enum": KNOWN[name]} if name in KNOWN else schema["items"]
        elif name in KNOWN:
            # A field of this name may be long in one body and short in another.
            known = [one for one in KNOWN[name] if len(str(one)) <= schema.get("maxLength", len(str(one)))]
            node["properties"][name] = {"enum": known}
    return node


def moments(first: int = 1970, last: int = 2199) -> st.SearchStrategy[str]:
    start, end = (times.parse_instant(f"{year}-06-01T00:00:00Z").replace(tzinfo=None) for year in (first, last))
    offsets = st.sampled_from(["Z", "+00:00", "-08:00", "+13:45"])
    return st.tuples(st.datetimes(start, end).map(lambda at: at.isoformat(timespec="seconds")), offsets).map("".join)


schemathesis.openapi.format("date-time", moments())
schemathesis.openapi.format("date", moments().map(lambda at: at[:10]))


class Gateway(requests.adapters.BaseAdapter):
    """Carries what `requests` would send to the app, as API Gateway does."""

    def __init__(self, api: Api) -> None:
        super().__init__()
        self.api = api

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        answer = requests.Response()
        answer.request, answer.url = request, request.url or ""
        if not self.api.has_route(parts.path):
            answer.headers["content-type"] = "application/json"
            answer.status_code, text = 404, gateway.ANSWER["responseTemplates"]["application/json"]
        else:
            sent = {name.lower(): str(value) for name, value in request.headers.items()}
            url = f"{parts.path}?{parts.query}"
            got = self.api.call(request.method or "", url, raw=request.body, headers=sent)
            answer.status_code, text = got.status, got.text
            answer.headers.update({"content-type": "application/json", **got.headers})
        answer._content = text.encode()
        return answer

    def close(self) -> None:
        pass


@pytest.fixture
def session(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    """Of an admin, with one charter of each kind."""
    monkeypatch.setattr(sign_in, "TRIES", 10**6)
    monkeypatch.setattr(sign_in, "TRIES_OVERALL", 10**6)
    monkeypatch.setattr(signing, "FEWEST_FORMS", 10**6)
    for event_id, year, status in (
        (OPEN, 2199, "scheduled"),
        (OVER, 2020, "completed"),
        (CANCELLED, 2199, "cancelled"),
    ):
        charter = operator.event(
            event_id=event_id,
            status=status,
            guests=GUESTS,
            starts_at=f"{year}-01-01T10:00:00Z",
            ends_at=f"{year}-01-01T12:00:00Z",
        )
        position = positions.new_position(POSITION, "mate", required=True, next_ids=[])
        store_charter(charter._replace(positions=[position] if event_id == OPEN else []))
    details = Form({"name": "Dot", "email": "dot@example.com", "roles": ["mate"]}).read(PersonDetails)
    register_store.put_record(register_store.PERSON, Record(PERSON, details), audit("created"), "", "")
    add_captain(api, monkeypatch)
    own = f"/api/events/{OPEN}"
    for payment_id, changes in {
        CASH: {"amount_cents": 10**8},
        CHECK: {"method": "check"},
        TIP: {"kind": "tip", "amount_cents": 10**6},
        VOIDED: {},
        BOUNCED: {"method": "zelle"},
    }.items():
        body = {"method": "cash", "amount_cents": 500, "notify": False, **changes}
        assert api.put(f"{own}/payments/{payment_id}", body).status == 201
    monkeypatch.setattr(transport, "send", lambda _: transport.Outcome("failed", "no such mailbox"))
    assert api.put(f"{own}/payments/{MAILED}", {"method": "cash", "amount_cents": 1}).status == 201
    monkeypatch.setattr(transport, "send", lambda _: transport.Outcome("sent", "test"))
    assert api.post(f"{own}/payments/{VOIDED}/void", {"reason": "typo"}).status == 200
    assert api.post(f"{own}/payments/{BOUNCED}/bounce", {"reason": "no cover"}).status == 200
    form = {
        "submission_id": SUBMISSION,
        "waiver_version": TEXT,
        "signer_name": "Guest 1",
        "esign_consent": "on",
        "intent": "on",
        "signature_typed": "Guest 1",
    }
    assert api.submit(f"/g/{OPEN}/waiver", form).status == 303
    assert api.get("/api/mail?status=failed").json["mails"][0]["mail_id"] == FAILED_MAIL
    session = requests.Session()
    session.mount("http://", Gateway(api))
    yield session
    session.close()


def add_captain(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a page of their own, and a charter whose manifest is open."""
    with monkeypatch.context() as known:
        known.setattr(system, "random_token", lambda _: CAPTAIN)
        assert api.post("/api/people", {"name": "Ana Reyes", "roles": ["captain"]}).status == 201
    token = links.make_token("person", CAPTAIN, 0)
    monkeypatch.setitem(KNOWN, "token", [token, f"{token}.ics", "nonsense"])
    starts_at, ends_at = (times.format_instant(system.utc_now() + timedelta(hours=hours)) for hours in (5, 8))
    sails = {"captain": {"person_id": CAPTAIN, "name": "Ana Reyes", "email": "", "phone": ""}}
    store_charter(event_id=SOON, guests=GUESTS, starts_at=starts_at, ends_at=ends_at, **sails)


CALLS = [
    (method, path) for path, calls in contract.document()["paths"].items() for method in calls if method != "parameters"
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_keeps_its_word(method: str, path: str, session: requests.Session) -> None:
    log.warning("FUZZ_SEED=%s FUZZ_EXAMPLES=%s", SEED, EXAMPLES)
    config = {
        "seed": SEED,
        "generation": {"max-examples": EXAMPLES, "database": "none", "with-security-parameters": False},
        "phases": {"coverage": {"unexpected-methods": []}},
    }
    schema = schemathesis.openapi.from_dict(
        with_known(contract.document()), config=SchemathesisConfig.from_dict(config)
    )

    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    def keeps_its_word(case: schemathesis.Case) -> None:
        answer = case.call(base_url="http://api.example.com", session=session)
        assert answer.status_code < 500, answer.text
        if case.meta.generation.mode.is_positive and answer.status_code == 400 and case.media_type != contract.FORM:
            check_refusal(case.operation.definition.raw["operationId"], answer)

    # What `schema.parametrize()` makes, but not when tests are collected: thinking up what to try takes a while.
    build_operation_test(
        config=schema.config,
        operation=schema[path][method],
        test_func=keeps_its_word,
        given_kwargs={},
        feedback=NO_FEEDBACK,
    )()


def sent_as(sent: Any, field: str) -> Any:
    """What was sent as the field of this path, such as `evidence.row`."""
    for name in field.split("."):
        sent = sent.get(name) if isinstance(sent, dict) else None
    return sent


def check_refusal(name: str, answer: Any) -> None:
    """What the document allows may be refused only for what no schema says."""
    sent = json.loads(answer.request.body or "{}")
    # To a schema 1.0 is a whole number, to the API it is not.
    refused = {field for field in json.loads(answer.content)["Fields"] if not isinstance(sent_as(sent, field), float)}
    assert {field.partition("[")[0] for field in refused} <= BEYOND_SCHEMAS.get(name, set()), answer.text
