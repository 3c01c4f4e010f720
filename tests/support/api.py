"""Calls the app as API Gateway does: an event in, a response out, through the real routes and middleware."""

import importlib.util
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from tests.support import contract
from tests.support.races import at_once

APP = Path(__file__).parents[2] / "app.py"
ORIGIN_SECRET = "edge-secret"


def load_app() -> ModuleType:
    """An app of its own: Chalice keeps the current request on it, so each thread needs one."""
    spec = importlib.util.spec_from_file_location(f"app_{uuid.uuid4().hex}", APP)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Api:
    """A client of one app; `token` signs its calls."""

    def __init__(self, token: str | None = None, address: str = "192.0.2.7") -> None:
        self.module = load_app()
        self.app = self.module.app
        self.token = token
        self.address = address
        self._routes = [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), path) for path in self.app.routes]

    def call(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        raw: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        content_type: str | None = "application/json",
    ) -> Answer:
        parts = urlsplit(url)
        path, found = next((path, match) for regex, path in self._routes if (match := regex.fullmatch(parts.path)))
        sent = {"x-origin-verify": ORIGIN_SECRET, "x-forwarded-for": self.address}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if raw is None and body is not None:
            raw = json.dumps(body)
        if raw is not None and content_type:
            sent["content-type"] = content_type
        sent |= headers or {}
        event = {
            "multiValueQueryStringParameters": parse_qs(parts.query, keep_blank_values=True) or None,
            "headers": sent,
            "pathParameters": {name: unquote(value) for name, value in found.groupdict().items()},
            "requestContext": {"httpMethod": method, "resourcePath": path, "identity": {"sourceIp": "198.51.100.1"}},
            "body": raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw,
            "stageVariables": None,
            "isBase64Encoded": False,
        }
        if isinstance(raw, bytes):
            import base64

            event |= {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
        response = self.app(event, None)
        headers_out = {name.lower(): value for name, value in response["headers"].items()}
        answer = Answer(response["statusCode"], headers_out, response["body"])
        # The document that the API publishes has to be true of every call of every test.
        contract.check_answer(method, path, answer.status, answer.headers, answer.text)
        if answer.status < 400:
            sent_bytes = raw.encode() if isinstance(raw, str) else raw or b""
            fault = contract.find_fault_in_request(method, path, sent_bytes, parse_qsl(parts.query))
            assert not fault, f"{method} {path} accepted what it should not: {fault}"
        return answer

    def has_route(self, path: str) -> bool:
        return any(regex.fullmatch(path) for regex, _ in self._routes)

    def get(self, url: str, **more: Any) -> Answer:
        return self.call("GET", url, **more)

    def post(self, url: str, body: Any = None, **more: Any) -> Answer:
        return self.call("POST", url, body, **more)

    def put(self, url: str, body: Any = None, **more: Any) -> Answer:
        return self.call("PUT", url, body, **more)

    def patch(self, url: str, body: Any = None, **more: Any) -> Answer:
        return self.call("PATCH", url, body, **more)

    def submit(self, url: str, form: dict[str, Any] | list[tuple[str, str]]) -> Answer:
        return self.call("POST", url, raw=urlencode(form, doseq=True), content_type="application/x-www-form-urlencoded")

    def with_token(self, token: str | None) -> "Api":
        return Api(token, self.address)


def new_event(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Sunset sail",
        "starts_at": "2030-06-01T17:00:00-07:00",
        "ends_at": "2030-06-01T20:00:00-07:00",
        "timezone": "America/Los_Angeles",
        "vessel": "Sea Otter",
        "passenger_limit": 6,
        "departure_port": "Sausalito",
        "return_port": "Sausalito",
        "captain": {"name": "Cap Hook", "email": "hook@example.com", "phone": "+1 415 555 0100"},
        "crew": [{"name": "Smee", "email": "", "phone": ""}],
        "patron": {"name": "Ana Rivera", "email": "ana@example.com", "phone": "+1 415 555 0199"},
        "party_size": 4,
        "charter_fee_cents": 120_000,
        "notes": "VIP",
        "guest_notes": "Bring a jacket",
        **changes,
    }


def new_boat(**changes: Any) -> dict[str, Any]:
    papers = [{"kind": "insurance", "number_last4": "1234", "valid_until": "2026-12-15", "note": "Harbor Mutual"}]
    return {
        "name": "Petrel",
        "kind": "inspected",
        "passenger_limit": 12,
        "min_crew": 1,
        "turnaround_minutes": 45,
        "home_port": "Sausalito",
        "notes": "Key in the locker",
        "papers": papers,
        **changes,
    }


def new_person(**changes: Any) -> dict[str, Any]:
    papers = [{"kind": "mmc", "number_last4": "0042", "valid_until": "2027-02-15", "note": ""}]
    return {
        "name": "Luis Ferreira",
        "email": "luis@example.com",
        "phone": "+1 415 555 0142",
        "roles": ["captain", "mate"],
        "rank": 1,
        "notes": "",
        "papers": papers,
        **changes,
    }


def new_settings(**changes: Any) -> dict[str, Any]:
    """All of them, as the desk sends them."""
    return {
        "version": 0,
        "operator_name": "Gate Sailing Co.",
        "operator_phone": "+1 415 555 0177",
        "operator_email": "desk@gate.example.com",
        "pay_to": [{"method": "zelle", "text": "pay@gate.example.com"}],
        "guest_place_url": "https://maps.example.com/?q=37.86,-122.48",
        "deposit_percent": 30,
        "money_before_departure": "deposit",
        "crew_before_departure": True,
        "captain_first": False,
        **changes,
    }


def new_payment(**changes: Any) -> dict[str, Any]:
    return {"method": "cash", "amount_cents": 50_000, **changes}


PAYMENT_ID = "0190c0de-0000-7000-8000-000000000001"


def payment_url(event: dict[str, Any], payment_id: str = PAYMENT_ID) -> str:
    return f"/api/events/{event['event_id']}/payments/{payment_id}"


def in_parallel(api: Api, count: int, call: Callable[[Api, int], Answer]) -> list[Answer]:
    """What this admin is told who makes so many calls at once, each from a browser of its own."""
    browsers = [api.with_token(api.token) for _ in range(count)]
    return at_once(count, lambda number: call(browsers[number], number))


def listed_mails(api: Api, status: str) -> list[dict[str, Any]]:
    answer = api.get(f"/api/mail?status={status}")
    assert answer.status == 200, answer.text
    return list(answer.json["mails"])


def receipt_of(api: Api, event_id: str) -> str:
    return str(api.get(f"/api/events/{event_id}").json["payments"][0]["receipt"])
