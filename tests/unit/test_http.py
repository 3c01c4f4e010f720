import base64
from typing import Any

import pytest
from chalice.app import Request

from chalicelib.core import http
from chalicelib.core.errors import BadInput, NotJson, TooLarge
from tests.support import operator

EDGE, VIEWER = "203.0.113.9", "192.0.2.7"


def request(body: bytes = b"", *, peer: str = EDGE, **headers: str) -> Request:
    """As API Gateway hands it over."""
    event: dict[str, Any] = {
        "multiValueQueryStringParameters": None,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "pathParameters": {},
        "requestContext": {"httpMethod": "POST", "resourcePath": "/", "identity": {"sourceIp": peer}},
        "body": base64.b64encode(body).decode(),
        "stageVariables": None,
        "isBase64Encoded": True,
    }
    return Request(event)


@pytest.mark.parametrize(
    "forwarded",
    [
        f"{VIEWER}, {EDGE}",
        f"{VIEWER}",
        f"{VIEWER}:443, {EDGE}:50000",
        f"::ffff:{VIEWER}, ::ffff:{EDGE}",
        f"[::FFFF:{VIEWER}]:443, [::ffff:{EDGE}]:1",
        f"{EDGE}, {VIEWER}, {EDGE}",
        f"{'9' * 5000}, {VIEWER},\t{EDGE}",
        f"198.51.100.1, {VIEWER}, {EDGE}",
        f"{EDGE}, {EDGE}, {VIEWER}, {EDGE}",
        f"127.0.0.1,{VIEWER},{EDGE}",
        f" , 10.0.0.1 ,, {VIEWER} ,{EDGE}, ",
        f"<script>, {VIEWER}, {EDGE}",
    ],
)
def test_behind_the_edge_the_viewers_address_is_the_one_that_the_edge_saw(forwarded: str) -> None:
    with operator.operating(SCC_ORIGIN_SECRETS="secret"):
        assert http.viewer_address(request(x_forwarded_for=forwarded)) == VIEWER


@pytest.mark.parametrize(
    ("forwarded", "viewer"),
    [
        (f"9.9.9.9, {EDGE}, {EDGE}", EDGE),
        (f"9.9.9.9, {EDGE}, {EDGE}, {EDGE}", EDGE),
        (f"9.9.9.9, [{EDGE}], {EDGE}:80", EDGE),
        ("9.9.9.9, ::ffff:203.0.113.9, 203.0.113.9", EDGE),
        ("9.9.9.9, 2001:db8::7, 203.0.113.9", "2001:db8::7"),
        ("2001:DB8:0:0::7, 203.0.113.9", "2001:db8::7"),
        ("[2001:db8::7]:443, 203.0.113.9", "2001:db8::7"),
        ("2001:db8::7%eth0, 203.0.113.9", "2001:db8::7"),
    ],
)
def test_one_hop_is_taken_off_and_never_more(forwarded: str, viewer: str) -> None:
    with operator.operating(SCC_ORIGIN_SECRETS="secret"):
        assert http.viewer_address(request(x_forwarded_for=forwarded)) == viewer


def test_a_peer_is_known_however_its_address_is_written() -> None:
    with operator.operating(SCC_ORIGIN_SECRETS="secret"):
        for peer in ("2001:db8::e", "2001:DB8:0::E", "[2001:db8::e]"):
            for written in ("2001:db8::e", "2001:0DB8::000e", "[2001:db8::e]:443"):
                assert http.viewer_address(request(peer=peer, x_forwarded_for=f"{VIEWER}, {written}")) == VIEWER
                claimed = f"9.9.9.9, {written}, {written}"
                assert http.viewer_address(request(peer=peer, x_forwarded_for=claimed)) == "2001:db8::e"


JUNK = [
    "<script>",
    "unknown",
    "_hidden",
    "9.9.9",
    "9.9.9.9.9",
    "09.9.9.9",
    "٩.9.9.9",
    "9.9.9.9/8",
    "9.9.9.9:x",
    "[",
    "[]",
]


@pytest.mark.parametrize(
    "forwarded", [None, "", " , ", EDGE, f"{EDGE}:443", *(f"9.9.9.9, {junk}, {EDGE}" for junk in JUNK), *JUNK]
)
def test_behind_the_edge_without_a_forwarded_address_the_viewer_is_the_peer(forwarded: str | None) -> None:
    headers = {} if forwarded is None else {"x_forwarded_for": forwarded}
    with operator.operating(SCC_ORIGIN_SECRETS="secret"):
        assert http.viewer_address(request(**headers)) == EDGE


def test_without_the_edges_secret_no_forwarded_address_is_believed() -> None:
    with operator.operating(SCC_ORIGIN_SECRETS="", SCC_BASE_URL="http://localhost:8000"):
        for forwarded in (f"10.1.1.1, {VIEWER}", VIEWER, "198.51.100.7, 198.51.100.7"):
            assert http.viewer_address(request(x_forwarded_for=forwarded, peer="198.51.100.7")) == "198.51.100.7"


def test_an_address_is_of_bounded_length() -> None:
    with operator.operating(SCC_ORIGIN_SECRETS="secret"):
        for claimed in ("x" * 5000, f"fe80::1%{'x' * 5000}", "9" * 5000):
            assert len(http.viewer_address(request(x_forwarded_for=claimed))) <= 64


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_a_json_body_is_read(content_type: str) -> None:
    assert http.read_json(request(b'{"a": 1}', content_type=content_type)) == {"a": 1}


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_a_body_of_another_type_is_refused(content_type: str) -> None:
    with pytest.raises(NotJson):
        http.read_json(request(b'{"a": 1}', content_type=content_type))


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_body_of_any_type_is_an_empty_object(body: bytes) -> None:
    assert http.read_json(request(body)) == {}


def test_a_body_of_one_byte_above_the_limit_is_refused() -> None:
    padding = http.MAX_JSON_BYTES - len(b'{"a":""}')
    read = http.read_json(request(b'{"a":"%s"}' % (b"x" * padding), content_type="application/json"))
    assert len(read["a"]) == padding
    with pytest.raises(TooLarge, match="64 KB"):
        http.read_json(request(b'{"a":"%s"}' % (b"x" * (padding + 1)), content_type="application/json"))


def test_a_form_of_one_byte_above_the_limit_is_refused_but_for_the_field_that_is_judged_later() -> None:
    full = b"a=" + b"x" * (http.MAX_FORM_BYTES - 2)
    assert len(http.read_form(request(full))["a"][0]) == http.MAX_FORM_BYTES - 2
    with pytest.raises(TooLarge, match="128 KB"):
        http.read_form(request(full + b"x"))
    drawing = b"&drawing=" + b"%5B" * 40_000
    read = http.read_form(request(b"a=1" + drawing), judged_later="drawing")
    assert len(read["drawing"][0]) == 40_000
    for too_large in (full + b"x" + drawing, b"a=1&drawing=" + b"x" * http.MAX_READ_BYTES):
        with pytest.raises(TooLarge, match="KB"):
            http.read_form(request(too_large), judged_later="drawing")


def test_a_form_is_read_with_every_value_of_each_field() -> None:
    form = http.read_form(request(b"name=Zo%C3%AB+%F0%9F%9A%A2&minor=&minor=Tim"))
    assert form == {"name": ["Zoë 🚢"], "minor": ["", "Tim"]}


@pytest.mark.parametrize("body", [b"name=%FF", b"\xff=1", b"&".join(b"a=1" for _ in range(http.MAX_FORM_FIELDS + 1))])
def test_a_form_that_is_broken_or_has_too_many_fields_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match="The form cannot be read"):
        http.read_form(request(body))


# --- JSON -----------------------------------------------------------------------------------------


def test_one_json_object_is_a_body() -> None:
    raw = '{"name": "Zoë 🚢", "crew": [{"name": "Smee"}], "fee": 12, "on": true, "captain": null}'.encode()
    assert http.parse_json(raw) == {
        "name": "Zoë 🚢",
        "crew": [{"name": "Smee"}],
        "fee": 12,
        "on": True,
        "captain": None,
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"{}{}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 01}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": [-Infinity]}',
        b'{"a": 1, "a": 1}',
        b'{"patron": {"name": "a", "name": "b"}}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\x00"}',
        b'{"a": "line\nbreak"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"a":' * 10_000,
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"NaN",
        b"",
    ],
    ids=range(25),
)
def test_anything_else_is_refused_in_one_sentence(raw: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        http.parse_json(raw)
    message = refused.value.body()["Message"]
    assert message.startswith("The body ")
    assert message.endswith(".")
    assert len(message) < 200


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b'{"a": NaN}', "NaN is not a JSON number"), (b'{"a": 1, "a": 2}', "a field stands in it twice")],
)
def test_what_lenient_parsers_accept_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        http.parse_json(raw)
