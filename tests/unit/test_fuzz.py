"""Every parser of the function against whatever may come in: it reads it or refuses it, in bounded time.

`FUZZ_EXAMPLES=5000` tries more of each; Hypothesis prints what it found, as small as it can.
"""

import base64
import contextlib
import csv
import io
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from chalice.app import Request
from hypothesis import assume, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.charters import board, history
from chalicelib.charters import service as charters
from chalicelib.charters.fields import CharterDetails
from chalicelib.core import csv_export, http, paging, settings, times
from chalicelib.core.errors import BadInput, NotFound, NotSignedIn, SettingsError, TooLarge
from chalicelib.core.fields import Form
from chalicelib.core.text import is_event_id
from chalicelib.core.throttle import client_network
from chalicelib.mail import admin as mail_admin
from chalicelib.mail import bounces
from chalicelib.money import amounts
from chalicelib.payments import reports
from chalicelib.payments import service as payments
from chalicelib.payments.asking import CLOCK_TOLERANCE
from chalicelib.payments.fields import MAX_AMOUNT_CENTS
from chalicelib.sign_in import passwords, sessions
from chalicelib.sign_in import service as sign_in
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import markdown, sealing, signing
from chalicelib.waivers import page as waiver_page
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.evidence import canonical, checkpoint, disclosures, merkle, verify
from chalicelib.waivers.fields import LANGUAGES, MAX_TEXT_CHARS
from tests.support import operator

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
NOW = operator.NOW

# Seeded, so that a run of all tests does not fail by luck; a longer one looks further.
fuzz = examples(max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES <= 40)

any_char = st.characters(exclude_categories=[]) | st.sampled_from(
    "\x00\t\n\r\x1f\x7f\x85\u2028\ud800\udfff\ufffd\uffff💥ﬃ\u0663"
)
any_text = st.text(any_char, max_size=80) | st.text(max_size=300)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**300), 10**300)
    | st.floats()
    | any_text
    | st.sampled_from(["2026-11-28T13:30:00-08:00", "1970-01-01T00:00:00+14:00", "2199-12-31T23:59:59-14:00", "USD"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


def near(right: dict[str, Any], wrong: st.SearchStrategy[Any] = any_json) -> st.SearchStrategy[dict[str, Any]]:
    """What is right, but for a few fields that are left out, made anything or added."""
    changed = st.dictionaries(st.sampled_from(sorted(right)) | any_text, wrong, max_size=3)
    lost = st.sets(st.sampled_from(sorted(right)), max_size=2)
    return st.builds(
        lambda changes, gone: {name: value for name, value in {**right, **changes}.items() if name not in gone},
        changed,
        lost,
    )


def storable(value: Any) -> None:
    """It is JSON in UTF-8, and holds nothing that a page or a mail could not show."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text.encode()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff]", text)


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


# --- time, money, cursors -------------------------------------------------------------------------

instants = st.builds(
    "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}{}{}".format,
    st.sampled_from([0, 1, 1969, 1970, 2026, 2199, 2200, 9999]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("Tt _"),
    st.integers(0, 24),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from(["", ".5", ".123456789", ".", ".0123456789"]),
    st.sampled_from(["Z", "z", "", "+00:00", "-00:00", "+14:00", "-14:00", "+24:00", "-99:99", "+1:00"]),
)


@fuzz
@given(instants | any_text)
@example("1970-01-01T00:00:00+14:00")
@example("2199-12-31T23:59:59-14:00")
def test_an_instant_is_none_or_one_that_is_read_back(text: str) -> None:
    try:
        instant = times.parse_instant(text)
    except ValueError:
        return
    written = times.format_instant(instant)
    assert len(written) == 20
    assert times.parse_instant(written) == instant


zones = st.sampled_from(["UTC", "America/Los_Angeles", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Monrovia"])


@fuzz
@given(instants.map(lambda text: text[:10]) | instants | any_text, zones, st.booleans())
def test_a_bound_is_none_or_can_be_written(text: str, timezone: str, end: bool) -> None:
    form = Form({"from": text})
    with operator.operating(SCC_TIMEZONE=timezone):
        bound = form.read_one("from", paging.Bound(end=end))
    if bound:
        assert bound.tzinfo
        assert len(times.format_instant(bound)) == 20


@fuzz
@given(
    any_text | st.sampled_from(["../../etc/passwd", "/etc/passwd", "America/", "posixrules", "tzdata.zi", "zone.tab"])
)
def test_a_time_zone_is_one_or_none(name: str) -> None:
    with contextlib.suppress(ValueError):
        datetime(2026, 1, 1, tzinfo=times.zone(name)).utcoffset()


@fuzz
@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "EUR", "JPY", "KWD", "CHF", "XXX"]))
def test_an_amount_is_written_to_the_last_unit(amount_cents: int, currency: str) -> None:
    plain = amounts.plain(amount_cents, currency)
    decimals = len(plain.partition(".")[2])
    assert Decimal(plain).scaleb(decimals) == amount_cents
    spelled = amounts.spell(amount_cents, currency).replace(",", "")
    assert Decimal("".join(re.findall(r"[-\d.]", spelled))) == Decimal(plain)


LISTS = {
    "history": history.parse_page,
    "events": lambda query: board.parse_board_page(query, now=NOW),
    "payments": lambda query: reports.parse_page(query, now=NOW),
    "payments.csv": lambda query: reports.parse_report(query, now=NOW),
    "to_clear": reports.parse_to_clear,
    "waivers": waiver_records.parse_search,
    "mail-owed": mail_admin.parse_page,
    "summary": lambda query: reports.parse_summary(query, now=NOW),
}
cursors = st.builds(
    paging.make_cursor,
    st.sampled_from(sorted(LISTS)),
    st.builds("{}#{}".format, instants, st.sampled_from(["000000000001", "A" * 22, "-1", "²", "x#y", "~", "é"])),
)
queries = st.dictionaries(
    st.sampled_from(["from", "to", "limit", "status", "method", "by", "query", "other"]) | any_text,
    st.sampled_from(
        ["1", "100", "101", "0", "-1", "²", "\u0661", "day", "week", "month", "queued", "sent", "cash", "9" * 5]
    )
    | instants
    | instants.map(lambda text: text[:10])
    | any_text,
    max_size=4,
)


@fuzz
@given(queries, cursors | any_text | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
@pytest.mark.parametrize("name", LISTS)
def test_a_query_is_taken_or_refused(name: str, query: dict[str, str], cursor: str) -> None:
    for asked in (query, {"cursor": cursor}, {**query, "cursor": cursor}):
        try:
            LISTS[name](asked)
        except BadInput as problem:
            storable(problem.body())


@fuzz
@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)), st.text("AZaz09-_#", max_size=60))  # noqa: DTZ001
def test_a_cursor_leads_back_to_its_place_in_its_own_list_only(at: datetime, rest: str) -> None:
    key = f"{times.format_instant(at.replace(tzinfo=UTC))}#{rest}"
    form = Form({"cursor": paging.make_cursor("payments", key)})
    assert form.read_one("cursor", paging.Cursor("payments")) == f"{key}~"
    other = Form({"cursor": paging.make_cursor("payments", key)})
    assert other.read_one("cursor", paging.Cursor("events")) == ""
    assert list(other.problems) == ["cursor"]


# --- Markdown -------------------------------------------------------------------------------------

ALLOWED = {"h2": (), "h3": (), "p": (), "ol": (), "ul": (), "li": (), "blockquote": (), "hr": (), "code": ()} | {
    "br": (),
    "strong": (),
    "em": (),
    "a": ("href",),
}
MARKS = r"""
    # ## ** * _ ` ``` > - 1. [ ] ( ) ![ <b> </b> <script> <img/onerror=x> <a href= javascript: JAVASCRIPT&colon; ~~ |
    data:text/html, https://e.example mailto:a@b.example tel:1 " ' & &#106; &lt; \ --- === [a]: :// // %0a <!-- -->
    <![CDATA[ word
""".split()
marks = st.lists(
    st.sampled_from([*MARKS, "\n", "\n\n", "    ", "\t", " ", "\u202e", "\xa0"]) | any_text, max_size=40
).map("".join)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def words(tree: Any) -> str:
    if isinstance(tree, list):
        return "".join(map(words, tree))
    return tree.get("text", "") + words(tree.get("children", [])) + words(tree.get("items", []))


@fuzz
@given(marks)
def test_of_any_markdown_only_harmless_elements_come_out_with_every_word(text: str) -> None:
    page = Page(markdown.to_html(text))
    for tag, attributes in page.tags:
        assert tuple(attributes) == ALLOWED[tag]
        if tag == "a":
            assert re.match(r"(https?://|mailto:|tel:)", attributes["href"] or "", re.IGNORECASE)
    assert "".join(page.text.split()) == "".join(words(markdown.parse(text)).split())


@fuzz
@given(marks)
def test_the_html_of_a_waiver_taken_for_markdown_is_text(text: str) -> None:
    assert {tag for tag, _ in Page(markdown.to_html(markdown.to_html(text))).tags} <= set(ALLOWED)


@pytest.mark.parametrize(
    "piece",
    [
        ">",
        "> ",
        "- ",
        "1. ",
        "*",
        "**a *b ",
        "_a ",
        "`a",
        "[",
        "[a](",
        "![",
        "[a][",
        "<a ",
        "<",
        "<!--",
        "&#",
        "\\",
        "\t",
        "a\n=\n",
        "[a]: b\n",
        "```\n",
        "#",
        "|",
        "~~a ",
        "\n",
        "> - ",
    ],
)
def test_no_text_of_full_length_takes_long(piece: str) -> None:
    text = (piece * MAX_TEXT_CHARS)[:MAX_TEXT_CHARS]
    begun = time.process_time()
    Page(markdown.to_html(text))
    # The function is stopped at 15 s.
    assert time.process_time() - begun < 15


# --- the waiver's form ----------------------------------------------------------------------------

EVENT = operator.event(guests=[{"guest_id": "0" * 16, "name": "Ana Rivera", "email": ""}])
FORM = {
    "submission_id": operator.uuid(),
    "waiver_version": "0" * 64,
    "language": "en",
    "opened": "2026-11-22T20:00:00Z.00",
    "device_time": "2026-11-22T12:00:00-08:00",
    "guest_id": "0" * 16,
    "signer_name": "Ana Rivera",
    "signer_email": "ana@example.com",
    "signer_phone": "+1 415 555 0199",
    "signer_birth_date": "1984-05-31",
    "esign_consent": "on",
    "intent": "on",
    "signature_typed": "Ana Rivera",
    "signature_strokes": '[[{"x": 1.5, "y": 2, "time": 3}]]',
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}
numbers = st.integers() | st.floats() | st.booleans()
points = st.lists(numbers, max_size=4) | st.fixed_dictionaries({"x": numbers, "y": numbers}, optional={"time": numbers})
drawn = st.lists(st.lists(points, max_size=3) | st.lists(points, max_size=3).map(lambda held: {"points": held}))
strokes = (any_json | drawn).map(json.dumps) | st.sampled_from(
    [
        "[[[1e999, 0]]]",
        "[[[NaN, 1]]]",
        "[" * 5000,
        '["12"]',
        '{"1": 0}',
        "[[[true, 1]]]",
        "[[[1]]]",
        "[[{}]]",
        "12",
        "[12]",
        '[{"points": 1}]',
        '[{"points": [[1, "2"]]}]',
        f"[[[{'9' * 5000}, 1]]]",
    ]
)
births = (
    st.sampled_from(
        ["", "2020-02-29", "2021-02-29", "1899-12-31", "2199-12-31", "0000-00-00", "\u0662\u0660\u0662\u0660-01-01"]
    )
    | any_text
)
minors = st.lists(st.tuples(st.sampled_from(["", "Bo", "x" * 101]) | any_text, births), max_size=12)


@fuzz
@given(near(FORM, any_text | strokes), minors, st.booleans())
def test_a_form_is_taken_or_refused_and_what_it_becomes_has_a_hash(
    flat: dict[str, str], minors: list[tuple[str, str]], lame: bool
) -> None:
    form = {name: [value] for name, value in flat.items()}
    if minors:
        form |= {"minor_name": [name for name, _ in minors], "minor_birth_date": [born for _, born in minors][lame:]}
    try:
        taken = signing_form.parse_signing(form, EVENT, now=NOW)
    except BadInput as problem:
        storable(problem.body())
        return
    sealed = sealing.seal_form(EVENT, waiver_versions.sample("en"), taken, sealing.Visitor("192.0.2.7", "x"), NOW)
    storable([one._asdict() for one in sealed])
    assert all(sealing.leaf_hash(one.payload) for one in sealed)
    assert all(disclosures.find_fault(one.payload, one.disclosures) is None for one in sealed)
    assert taken.form.signature_typed or taken.strokes


@fuzz
@given(strokes)
@example('["12"]')
@example('{"1": 0}')
@example("[[[true, false]]]")
def test_strokes_are_lists_of_points_and_come_back_as_they_are(text: str) -> None:
    form = Form({})
    found = signing_form.read_strokes(form, text)
    if form.problems:
        return
    given = json.loads(text)
    assert isinstance(given, list)
    points_of = [stroke["points"] if isinstance(stroke, dict) else stroke for stroke in given]
    assert all(isinstance(point, list | dict) for points in points_of for point in points)
    assert signing_form.read_strokes(Form({}), json.dumps(found)) == found


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


# --- headers and ids ------------------------------------------------------------------------------


@fuzz
@given(any_text | st.text("ens*-;q=.,0159 naif+", max_size=60))
def test_any_accept_language_is_a_language(header: str) -> None:
    assert waiver_page.choose_language("", header) in LANGUAGES


@fuzz
@given(any_text | st.ip_addresses().map(str) | st.ip_addresses(v=6).map(lambda ip: f"{ip}%eth0"))
def test_any_address_has_a_neighbourhood(address: str) -> None:
    network = client_network(address)
    assert address in network or "::/64" in network or address.startswith("::ffff:")


@fuzz
@given(any_text | st.text("ABCabc-_09", min_size=43, max_size=43).map(lambda token: f"Bearer {token}\n"))
def test_no_garbage_is_a_session(header: str) -> None:
    assume(not re.fullmatch(r"bearer .{43}", header, re.IGNORECASE | re.ASCII))
    with pytest.raises(NotSignedIn):
        sessions.authenticate({"authorization": header}, now=NOW)


@fuzz
@given(any_text | st.text("A-_\n", min_size=22, max_size=23))
def test_an_id_is_well_formed_or_unknown_without_a_look(text: str) -> None:
    assume(not is_event_id(text))
    for find in (charters.find_charter, charters.find_whole_charter, signing.find_context):
        with pytest.raises(NotFound):
            find(text)
    for waiver_id in ("0" * 32, text):
        with pytest.raises(NotFound):
            waiver_records.find_form(text, waiver_id)
    assert waiver_records.find_copy("A" * 22, text, now=NOW) == ("", [])
    assume(not re.fullmatch(r"[A-Za-z0-9_-]{1,120}", text))
    with pytest.raises(NotFound):
        mail_admin._find(text)


# --- sheets, settings, reports of mail, the log -------------------------------------------------


@fuzz
@given(
    st.lists(
        st.lists(
            st.none()
            | st.integers()
            | any_text
            | st.builds(str.__add__, st.sampled_from("=+-@\t\r\uff1d\uff0b\uff0d\uff20"), any_text),
            min_size=2,
            max_size=4,
        ),
        max_size=4,
    )
)
def test_no_cell_of_a_sheet_starts_a_formula_or_leaves_its_place(rows: list[list[Any]]) -> None:
    sheet = csv_export.to_csv(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(sheet, newline="")))[1:]
    for row, cells in zip(rows, read, strict=True):
        for value, cell in zip(row, cells, strict=True):
            told = "" if value is None else str(value)
            assert cell in (told, f"'{told}")
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


secrets = {
    "ADMIN_PASS_HASH": operator.password_hash(),
    "SCC_GMAIL_TOKEN": "canary-token",
    "SCC_ORIGIN_SECRETS": "canary-a,b",
}
variables = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=60) | st.sampled_from(
    [
        "gmail",
        "ses",
        "ssm:/a",
        "ssm:",
        "http://localhost",
        "https://a b",
        "https://[",
        "a=scrypt$;b=scrypt$",
        ";;",
        "18",
    ]
)


@fuzz
@given(near(operator.environment(**secrets, SCC_GMAIL_USER="a@gmail.com"), variables))
def test_any_environment_is_complete_or_named_without_its_secrets(values: dict[str, str]) -> None:
    def read_parameters(names: Sequence[str]) -> dict[str, str]:
        if len(names) > 1:
            raise LookupError(names)
        return {}

    try:
        told = str(settings.load(values, read_parameters) and "SCC_")
    except SettingsError as problem:
        told = str(problem)
    assert re.match(r"(ADMIN_PASS_HASH|SCC_[A-Z_]*)\b", told)
    assert "canary" not in told
    assert "scrypt$ln" not in told


@fuzz
@given(any_text | st.text("=;.@ \nab", max_size=30).map(lambda names: names.replace("b", operator.password_hash())))
def test_any_list_of_admins_is_one_or_refused(text: str) -> None:
    try:
        admins = settings.parse_admins(text)
    except SettingsError:
        return
    assert all(passwords.verify_password(operator.PASSWORD, password_hash) for password_hash in admins.values())


DETAIL = {
    "eventType": "Bounce",
    "mail": {"tags": {"mail_id": ["m"]}, "messageId": "0100"},
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [{"emailAddress": "a@example.com", "diagnosticCode": "550 a@example.com"}],
        "timestamp": "2026-11-22T20:00:00.000Z",
    },
}


@fuzz
@given(any_text)
def test_a_diagnosis_is_one_line_without_an_address(words: str) -> None:
    detail = {**DETAIL, "bounce": {**DETAIL["bounce"], "bouncedRecipients": [{"diagnosticCode": words}]}}
    report = bounces.parse(detail, NOW)
    assert "\n" not in report.detail
    assert not re.search(r"\w@\w", report.detail)
    assert len(report.detail) <= bounces.DETAIL_CHARS


@cache
def _export() -> bytes:
    sample = waiver_versions.sample("en")
    flat = {name: [value] for name, value in FORM.items()}
    signed = signing_form.parse_signing(
        flat | {"minor_name": ["Bo"], "minor_birth_date": ["2020-02-29"]}, EVENT, now=NOW
    )
    sealed = sealing.seal_form(EVENT, sample, signed, sealing.Visitor("192.0.2.7", "x"), NOW)
    root = merkle.root_of([merkle.hash_leaf(canonical.encode(one.payload)) for one in sealed])
    export = {
        "leaves": [{"payload": one.payload, "disclosures": one.disclosures} for one in sealed],
        "checkpoint": checkpoint.format(checkpoint.Checkpoint(sealed[0].payload["log"], len(sealed), root)),
        "next": None,
    }
    return json.dumps(export, separators=(",", ":")).encode()


@fuzz
@given(st.data())
def test_an_export_with_one_byte_changed_lost_or_added_is_told(data: st.DataObject) -> None:
    whole = _export()
    assert verify.find_fault_in(whole).fault is None
    place = data.draw(st.integers(0, len(whole) - 1))
    put_in = data.draw(st.binary(max_size=2))
    altered = whole[:place] + put_in + whole[place + data.draw(st.integers(0, 2)) :]
    assume(altered not in (whole, whole + b"\n"))
    assert verify.find_fault_in(altered).fault


@fuzz
@given(st.data())
def test_any_file_is_told_not_to_be_an_export(data: st.DataObject) -> None:
    whole = json.loads(_export())
    changed = near(whole) | st.just(whole["leaves"][0]).flatmap(near).map(lambda one: {**whole, "leaves": [one]})
    file = data.draw(st.binary(max_size=100) | (any_json | changed).map(json.dumps).map(str.encode))
    assume(file not in (_export(), json.dumps(whole).encode()))
    assert verify.find_fault_in(file).fault
