"""Whatever a request's body holds: it is read or refused."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from chalice.app import Request
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.charters.fields import CharterDetails
from chalicelib.core import http, times
from chalicelib.core.errors import BadInput, TooLarge
from chalicelib.core.fields import Form
from chalicelib.payments import service as payments
from chalicelib.payments.checks import CLOCK_TOLERANCE
from chalicelib.payments.fields import MAX_AMOUNT_CENTS
from chalicelib.sign_in import service as sign_in
from tests.support import operator
from tests.support.fuzzing import NOW, any_json, any_text, fuzz, near, storable

# --- JSON -----------------------------------------------------------------------------------------

pieces = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"a"',
        b":",
        b",",
        b"1",
        b"-",
        b"1e999",
        b"NaN",
        b"Infinity",
        b"null",
        b"true",
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf",
        b"\x00",
        b" ",
        b'{"a":' * 400,
        b"[" * 70000,
        b"9" * 5000,
        b'"a":1',
        b'"a":2',
    ]
)


@fuzz
@given(st.binary(max_size=200) | st.lists(pieces, max_size=12).map(b"".join))
def test_any_bytes_are_an_object_or_refused(raw: bytes) -> None:
    try:
        body = http.parse_json(raw)
    except BadInput as problem:
        storable(problem.body())
        return
    # Whatever is lenient about it, no other parser of JSON reads it otherwise.
    assert json.loads(raw) == body or "NaN" in str(body)


@fuzz
@given(st.dictionaries(any_text, any_json, max_size=5))
def test_any_strict_json_object_comes_back(body: dict[str, Any]) -> None:
    try:
        raw = json.dumps(body, allow_nan=False).encode()
    except ValueError:
        return
    assert http.parse_json(raw) == body


@fuzz
@given(st.text(st.characters(codec="ascii"), max_size=8), any_json, any_json)
def test_a_field_that_stands_twice_is_refused_however_deep(name: str, first: Any, second: Any) -> None:
    double = f"{{{json.dumps(name)}: {json.dumps(first)}, {json.dumps(name)}: {json.dumps(second)}}}"
    for raw in (double, f'{{"a": [1, {{"b": {double}}}]}}'):
        with pytest.raises(BadInput):
            http.parse_json(raw.encode("utf-8", "surrogatepass"))


# --- the fields of a body -------------------------------------------------------------------------

DETAILS = dict(operator.details(captain={"name": "Cap", "email": "", "phone": ""}).items())
PAYMENT = {
    "kind": "refund",
    "refund_of": operator.uuid(),
    "method": "check",
    "amount_cents": 100,
    "currency": "USD",
    "payer": "Ana",
    "reference": "17",
    "note": "two\nlines",
    "received_at": "2026-11-21T10:00:00+01:00",
    "notify": False,
    "duplicate_of": operator.uuid(),
    "ask_if_duplicate": True,
}


@fuzz
@given(near(DETAILS))
@example({**DETAILS, "starts_at": "2199-12-31T08:00:00Z", "ends_at": "2199-12-31T23:59:59-14:00"})
def test_a_charters_details_are_taken_or_refused_and_taken_again_as_they_are(body: dict[str, Any]) -> None:
    def read(body: Mapping[str, Any]) -> CharterDetails:
        form = Form(body)
        details = form.read(CharterDetails)
        form.finish()
        return details

    try:
        details = read(body)
    except BadInput as problem:
        storable(problem.body())
        return
    storable(details)
    assert read(details) == details
    for instant in (details["starts_at"], details["ends_at"]):
        times.local(instant, details["timezone"])


@fuzz
@given(any_text | st.just(operator.uuid()), near(PAYMENT))
def test_a_payment_is_taken_or_refused(payment_id: str, body: dict[str, Any]) -> None:
    try:
        new = payments.parse_payment(payment_id, body, now=NOW)
    except BadInput as problem:
        storable(problem.body())
        return
    storable(new._asdict())
    assert 1 <= new.amount_cents <= MAX_AMOUNT_CENTS
    assert new.received_at == "" or times.parse_instant(new.received_at) <= NOW + CLOCK_TOLERANCE


@fuzz
@given(near({"password": operator.PASSWORD, "name": "ana", "keep_signed_in": True}))
def test_credentials_are_taken_or_refused_and_a_password_is_never_echoed(body: dict[str, Any]) -> None:
    told = ""
    try:
        sign_in.parse_credentials(body).password.encode()
    except BadInput as problem:
        told = json.dumps(problem.body())
    storable(told)
    assert operator.PASSWORD not in told


# --- forms ----------------------------------------------------------------------------------------


def request(raw: bytes, **headers: str) -> Request:
    event = {
        "multiValueQueryStringParameters": None,
        "headers": headers,
        "pathParameters": {},
        "requestContext": {"httpMethod": "POST", "resourcePath": "/", "identity": {"sourceIp": "192.0.2.7"}},
        "body": base64.b64encode(raw).decode(),
        "stageVariables": None,
        "isBase64Encoded": True,
    }
    return Request(event, None)


@fuzz
@given(
    st.binary(max_size=300)
    | st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=9)), max_size=120).map(
        lambda pairs: "&".join(f"{quote_from_bytes(a)}={quote_from_bytes(b)}" for a, b in pairs).encode()
    )
)
def test_any_posted_bytes_are_a_form_or_refused(raw: bytes) -> None:
    try:
        form = http.read_form(request(raw))
    except BadInput:
        return
    assert sum(map(len, form.values())) <= http.MAX_FORM_FIELDS
    json.dumps(form, ensure_ascii=False).encode()


@fuzz
@given(st.dictionaries(st.text(max_size=20), st.lists(st.text(max_size=20), min_size=1, max_size=3), max_size=20))
def test_a_form_comes_back_as_it_was_filled_in(form: dict[str, list[str]]) -> None:
    assert http.read_form(request(urlencode(form, doseq=True).encode())) == form


def test_a_body_is_measured_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        http.read_form(request(b"a=" + b"x" * http.MAX_FORM_BYTES))
