"""Whatever a single value is, in a body, a query, a header or a path: it is read or refused."""

import base64
import contextlib
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.charters import board, history
from chalicelib.charters import service as charters
from chalicelib.core import paging, times
from chalicelib.core.errors import BadInput, NotFound, NotSignedIn
from chalicelib.core.fields import Form
from chalicelib.core.text import is_event_id
from chalicelib.core.throttle import client_network
from chalicelib.mail import admin as mail_admin
from chalicelib.money import amounts
from chalicelib.payments import reports
from chalicelib.sign_in import sessions
from chalicelib.waivers import page as waiver_page
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import signing
from chalicelib.waivers.fields import LANGUAGES
from tests.support import operator
from tests.support.fuzzing import NOW, any_text, fuzz, instants, storable

# --- time, money, cursors -------------------------------------------------------------------------


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
