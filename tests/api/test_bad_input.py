"""Bodies that no client of ours would send: each is refused by a 4xx, and changes nothing."""

import json
from typing import Any

import pytest

from tests.support.api import Api, new_event, new_payment

PAYMENT_ID = "0190c0de-0000-7000-8000-000000000001"
WRITES = [
    ("POST", "/api/events"),
    ("PATCH", "/api/events/{event_id}"),
    ("POST", "/api/events/{event_id}/cancel"),
    ("PUT", f"/api/events/{{event_id}}/payments/{PAYMENT_ID}"),
    ("POST", f"/api/events/{{event_id}}/payments/{PAYMENT_ID}/void"),
    ("PUT", "/api/waiver-versions/current"),
    ("POST", "/api/login"),
]
NOT_AN_OBJECT = [b"[]", b"5", b'"text"', b"null", b"true"]
NOT_JSON = [
    b"{",
    b"{'a': 1}",
    b'{"a": 1,}',
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b'{"a": 1, "a": 2}',
    b'{"a": "\xff"}',
    b'\xef\xbb\xbf{"a": 1}',
    b"[" * 60_000,
    b'{"a":' * 10_000,
    b'{"a": ' + b"9" * 10_000 + b"}",
    b"\x00",
    "{“a”: 1}".encode(),
]


@pytest.fixture
def unchanged(api: Api, event: dict[str, Any]) -> Any:
    """Fails the test if anything changed under it."""

    def snapshot() -> list[str]:
        urls = (
            f"/api/events/{event['event_id']}",
            "/api/events?from=2001-01-01",
            "/api/payments",
            "/api/waiver-versions",
        )
        return [api.get(url).text for url in urls]

    before = snapshot()
    yield
    assert snapshot() == before


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_what_is_not_a_json_object_is_400(
    api: Api, event: dict[str, Any], unchanged: None, method: str, path: str
) -> None:
    for raw in NOT_JSON + NOT_AN_OBJECT:
        answer = api.call(method, path.format(**event), raw=raw)
        assert answer.status == 400, raw[:40]
        assert set(answer.json) == {"Code", "Message"}


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_of_300_kb_is_413(api: Api, event: dict[str, Any], unchanged: None, method: str, path: str) -> None:
    answer = api.call(method, path.format(**event), raw=json.dumps({"note": "x" * 300_000}))
    assert (answer.status, answer.json["Code"]) == (413, "TooLarge")


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_what_does_not_say_that_it_is_json_is_415(
    api: Api, event: dict[str, Any], unchanged: None, method: str, path: str, content_type: str | None
) -> None:
    answer = api.call(method, path.format(**event), {"reason": "x"}, content_type=content_type)
    assert answer.status == 415
    assert set(answer.json) == {"Code", "Message"}


def test_json_with_a_charset_is_json(api: Api) -> None:
    answer = api.post("/api/events", new_event(), content_type="application/json; charset=utf-8")
    assert answer.status == 201


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, 1e300, "", "\x00", "💥", "\ud83d", [], [[]], {}, {"a": 1}])
def test_no_value_of_any_type_in_any_field_is_a_failure_of_ours(api: Api, event: dict[str, Any], value: Any) -> None:
    for name in new_event():
        answer = api.post("/api/events", new_event(**{name: value}))
        assert answer.status in (201, 400), (name, value, answer.text)
    for name in (
        *new_payment(),
        "kind",
        "payer",
        "reference",
        "note",
        "received_at",
        "currency",
        "notify",
        "refund_of",
    ):
        url = f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}"
        answer = api.put(url, new_payment(**{name: value}))
        assert answer.status in (200, 201, 400, 409), (name, value, answer.text)


def test_a_call_that_takes_no_fields_refuses_any(api: Api, event: dict[str, Any], log: Any) -> None:
    payment_id = log()["payment"]["payment_id"]
    for url in (f"/api/events/{event['event_id']}/payments/{payment_id}/receipt", "/api/logout"):
        answer = api.post(url, {"x": 1})
        assert (answer.status, list(answer.json["Fields"])) == (400, ["x"])
    assert api.get("/api/session").status == 200


@pytest.mark.parametrize("name", ["💥", "\x00", "x" * 5000, "__proto__", "", "a.b", "\ud800"])
def test_an_unknown_field_is_refused_whatever_its_name(api: Api, event: dict[str, Any], name: str) -> None:
    answer = api.post("/api/events", new_event(**{name: 1}))
    assert answer.status == 400
    assert list(answer.json["Fields"].values()) == ["is not a known field"]


def test_a_query_parameter_that_is_given_twice_is_refused_but_opens_the_waiver(api: Api, event: dict[str, Any]) -> None:
    for path in ("/api/events", "/api/payments", "/api/payments.csv", "/api/mail", "/api/waivers"):
        answer = api.get(f"{path}?limit=1&limit=2")
        assert (answer.status, answer.json["Fields"]) == (400, {"limit": "is given twice"})
    assert api.get(f"/g/{event['event_id']}/waiver?language=en&language=es").status == 200


@pytest.mark.parametrize("event_id", ["Z" * 22, "unknown", "x" * 3000])
@pytest.mark.parametrize("raw", [b"name=%FF", b"signer_name=Ana"])
def test_a_form_for_no_charter_is_told_so_on_a_page_however_broken(guest: Api, event_id: str, raw: bytes) -> None:
    answer = guest.call("POST", f"/g/{event_id}/waiver", raw=raw, content_type="application/x-www-form-urlencoded")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
