import json
import re
from typing import Any

import pytest

from chalicelib.charters.fields import CONTACT_FIELDS, Contact
from chalicelib.core import http
from chalicelib.core.errors import BadInput
from chalicelib.core.fields import (
    Choice,
    Currency,
    Email,
    Flag,
    Form,
    Instant,
    ListOf,
    Nested,
    PersonName,
    Phone,
    Text,
    Timezone,
    Uuid,
    Whole,
)
from chalicelib.sign_in.service import Secret


def problems(form: Form) -> dict[str, str]:
    """What the form's owner is told, by field."""
    with pytest.raises(BadInput) as refused:
        form.finish()
    body = refused.value.body()
    assert body["Message"]
    return body["Fields"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1.0", "1e2", "0.5", "1" * 4000, "true", '"1"', "[1]", "{}", "null"]
)
def test_no_number_but_a_whole_one_within_bounds_is_an_amount(number: str) -> None:
    form = Form(http.parse_json(f'{{"amount_cents": {number}}}'.encode()))
    form.read_one("amount_cents", Whole(1, 100))
    assert problems(form) == {"amount_cents": "must be a whole number from 1 to 100"}


# --- text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("Sunset sail", "Sunset sail"),
        ("  Sunset sail \t\n", "Sunset sail"),
        ("Sunset\u00a0  sail", "Sunset sail"),
        ("\u202eSun\u200bset sail\u202c", "Sunset sail"),
        ("Zoe\u0308", "Zoë"),
        ("👨‍👩‍👧 Zoë Ångström", "👨‍👩‍👧 Zoë Ångström"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=1+1; DROP TABLE", "=1+1; DROP TABLE"),
    ],
)
def test_text_is_taken_as_it_is_but_for_what_cannot_be_seen(given: str, taken: str) -> None:
    form = Form({"title": given})
    assert form.read_one("title", Text(120)) == taken
    form.finish()


@pytest.mark.parametrize(
    "given",
    [
        "a\0b",
        "\0",
        "a\x1bb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "\ud800",
        "a\udfffb",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "a\tb",
        "\uffff",
    ],
)
def test_a_line_of_text_holds_no_control_character_line_break_or_lone_surrogate(given: str) -> None:
    form = Form({"title": given})
    assert form.read_one("title", Text(120)) == ""
    assert problems(form) == {"title": "must not contain control characters"}


def test_text_of_several_lines_keeps_its_lines_in_one_form() -> None:
    form = Form({"notes": "one\r\n\r\n\ttwo\n"})
    assert form.read_one("notes", Text(20, lines=True)) == "one\n\n\ttwo"
    form.finish()


def test_text_of_several_lines_holds_nothing_that_cannot_be_seen() -> None:
    form = Form({"notes": "\u202eJose\u0301\u200b\n  Sund\u00ad\u2066\n\ufeff"})
    assert form.read_one("notes", Text(13, lines=True)) == "José\n  Sund"
    form.finish()
    assert Form({"notes": "\u200b\n\u2060"}).read_one("notes", Text(20, "", lines=True)) == ""


@pytest.mark.parametrize("given", ["a\0b", "a\rb", "a\x0bb", "a\u2028b", "\ud83d"])
def test_text_of_several_lines_holds_no_other_control_character(given: str) -> None:
    form = Form({"notes": given})
    form.read_one("notes", Text(20, lines=True))
    assert problems(form) == {"notes": "must not contain control characters"}


def test_the_length_of_text_is_counted_in_characters_after_trimming() -> None:
    for fits in ("🚢" * 10, " " * 50 + "a" * 10):
        form = Form({"title": fits})
        form.read_one("title", Text(10))
        form.finish()
    form = Form({"title": "a" * 11})
    form.read_one("title", Text(10))
    assert problems(form) == {"title": "must be at most 10 characters long"}


@pytest.mark.parametrize(
    "body", [{}, *({"title": text} for text in ("", " \n ", "\u200b", "\u202a \u2800", "\u3164", "\ufe0f", "\u0301"))]
)
@pytest.mark.parametrize("rule", [Text(10), Text(10, lines=True), PersonName(10)])
def test_a_required_text_shows_something(body: dict[str, Any], rule: Text) -> None:
    form = Form(body)
    form.read_one("title", rule)
    assert problems(form) == {"title": "is required"}
    if body:
        assert not re.search(rule.shape()["pattern"], body["title"])


@pytest.mark.parametrize("body", [{}, {"vessel": None}, {"vessel": ""}, {"vessel": "  "}, {"vessel": "\u200b\u3164"}])
def test_an_optional_text_may_lack_be_null_or_be_empty(body: dict[str, Any]) -> None:
    form = Form(body)
    assert form.read_one("vessel", Text(10, "")) == ""
    form.finish()


@pytest.mark.parametrize("given", [1, True, [], {}, 1.5])
def test_only_text_is_text(given: Any) -> None:
    form = Form({"title": given})
    form.read_one("title", Text(10))
    assert problems(form) == {"title": "must be text"}


def test_a_password_is_taken_to_the_letter() -> None:
    form = Form({"password": "  tab\tand\0 blanks  "})
    assert form.read_one("password", Secret(40)) == "  tab\tand\0 blanks  "
    form.finish()


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("", "must have 1 to 20 characters"),
        ("x" * 21, "must have 1 to 20 characters"),
        ("\ud800", "must be text"),
        (12345, "must be text"),
        (None, "must be text"),
    ],
)
def test_a_password_of_the_wrong_kind_is_refused_and_never_echoed(given: Any, rule: str) -> None:
    form = Form({"password": given})
    form.read_one("password", Secret(20))
    assert problems(form) == {"password": rule}


# --- the other takers -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 50, 100])
def test_a_whole_number_within_its_bounds_is_taken(number: int) -> None:
    form = Form({"party_size": number})
    assert form.read_one("party_size", Whole(1, 100)) == number
    form.finish()


@pytest.mark.parametrize("number", [0, -1, 101, 10**30])
def test_a_whole_number_out_of_bounds_is_refused_with_the_bounds(number: int) -> None:
    form = Form({"party_size": number})
    form.read_one("party_size", Whole(1, 100, 7))
    assert problems(form) == {"party_size": "must be a whole number from 1 to 100"}


@pytest.mark.parametrize("body", [{}, {"passenger_limit": None}])
def test_a_whole_number_with_a_default_of_null_may_be_null(body: dict[str, Any]) -> None:
    form = Form(body)
    assert form.read_one("passenger_limit", Whole(1, 100, None)) is None
    form.finish()


def test_a_flag_is_true_or_false_and_nothing_like_it() -> None:
    form = Form({"a": True, "b": False})
    assert form.read_one("a", Flag(False)) is True
    assert form.read_one("b", Flag(True)) is False
    assert form.read_one("c", Flag(True)) is True
    form.finish()
    for given in (1, 0, "true", "", []):
        form = Form({"a": given})
        form.read_one("a", Flag(False))
        assert problems(form) == {"a": "must be true or false"}


def test_a_choice_is_one_of_its_options_to_the_letter() -> None:
    form = Form({"method": "cash"})
    assert form.read_one("method", Choice(("cash", "check"))) == "cash"
    form.finish()
    for given in ("Cash", "cash ", "", "bitcoin", 1, None, ["cash"], "\ud800"):
        form = Form({"method": given})
        form.read_one("method", Choice(("cash", "check")))
        assert problems(form) == {"method": "must be one of cash, check"}
    form = Form({})
    form.read_one("method", Choice(("cash", "check")))
    assert problems(form) == {"method": "is required"}


def test_an_optional_choice_has_its_default() -> None:
    form = Form({"kind": None})
    assert form.read_one("kind", Choice(("tip", "balance"), "balance")) == "balance"
    assert form.read_one("status", Choice(("a",), "")) == ""
    form.finish()


@pytest.mark.parametrize(
    "given", ["2026-11-28", "2026-11-28T13:30:00", "yesterday", "", 1764336600, [], "2026-11-28T13:30:00Z\0"]
)
def test_a_time_that_is_none_is_refused_with_an_example(given: Any) -> None:
    form = Form({"starts_at": given})
    assert form.read_one("starts_at", Instant()) == ""
    assert problems(form) == {"starts_at": "must be an RFC 3339 time such as 2026-11-28T13:30:00-08:00"}


@pytest.mark.parametrize("given", ["PST8", "America", "Mars/Olympus", "", 8, "../x"])
def test_a_time_zone_that_is_none_is_refused_with_an_example(given: Any) -> None:
    form = Form({"timezone": given})
    form.read_one("timezone", Timezone())
    assert problems(form) == {"timezone": "must be an IANA time zone such as America/Los_Angeles"}


@pytest.mark.parametrize("given", ["usd", "US", "USDT", "", "$", 840, "\uff35\uff33\uff24"])
def test_a_currency_that_is_none_is_refused_with_an_example(given: Any) -> None:
    form = Form({"currency": given})
    form.read_one("currency", Currency("USD"))
    assert problems(form) == {"currency": "must be an ISO 4217 code such as USD"}


def test_a_uuid_is_taken_in_lower_case() -> None:
    form = Form({"refund_of": "0190A6F0-0000-7000-8000-00000000ABCD"})
    assert form.read_one("refund_of", Uuid()) == "0190a6f0-0000-7000-8000-00000000abcd"
    form.finish()
    for given in ("", "1", "0190a6f0000070008000000000000000", "g" * 36, "0190a6f0-0000-7000-8000-00000000abcd\n", 5):
        form = Form({"refund_of": given})
        form.read_one("refund_of", Uuid(None))
        assert problems(form) == {"refund_of": "must be a UUID"}


@pytest.mark.parametrize(
    "given", ["ana@example.com", "ana+boat@mail.example.co.uk", "o'hara_1@x-y.example", "a.b.c@example.com"]
)
def test_an_email_address_is_taken(given: str) -> None:
    form = Form({"email": given})
    assert form.read_one("email", Email()) == given
    form.finish()


@pytest.mark.parametrize(
    "given",
    [
        "ana",
        "ana@",
        "@example.com",
        "ana@localhost",
        "ana@exa mple.com",
        "ana@example..com",
        "ana@-example.com",
        "ana@example.com, ben@example.com",
        "Ana <ana@example.com>",
        "ana@example.com>\nBcc: x@y.com",
        "ana@@example.com",
        "änä@example.com",
        # No mail program takes these, and no message can be addressed to them.
        "ana..rivera@example.com",
        ".ana@example.com",
        "ana.@example.com",
        "a" * 250 + "@example.com",
    ],
)
def test_what_no_mail_can_be_sent_to_is_no_email_address(given: str) -> None:
    form = Form({"email": given})
    form.read_one("email", Email())
    assert set(problems(form)) == {"email"}


def test_an_email_address_is_taken_without_what_cannot_be_seen() -> None:
    form = Form({"email": "\u202a\ufeffana@exa\u2011mple.com\u200b\u00a0"})
    assert form.read_one("email", Email()) == "ana@exa-mple.com"
    form.finish()


def test_a_phone_number_is_taken_as_people_write_it_and_words_are_not() -> None:
    for given in ("+1 (415) 555-0100", "415.555.0100 x12", ""):
        form = Form({"phone": given})
        assert form.read_one("phone", Phone()) == given
        form.finish()
    for given in ("call me", "12", "\u200b12\u200b", "<b>5</b>"):
        form = Form({"phone": given})
        form.read_one("phone", Phone())
        assert problems(form) == {"phone": "must be a phone number"}


@pytest.mark.parametrize("given", ["\u202a+1 555 010-0100\u202c", "+1\u00a0555\u00a0010\u20110100"])
def test_a_phone_number_is_taken_as_phones_and_pages_give_it(given: str) -> None:
    form = Form({"phone": given})
    assert form.read_one("phone", Phone()) == "+1 555 010-0100"
    form.finish()


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("Ana\nReyes", "must be a name, on one line"),
        ("Ana\r\nBcc: x@example.com", "must be a name, on one line"),
        ("Ana\u2028Reyes", "must be a name, on one line"),
        ("Ana\0Reyes", "must not contain control characters"),
        ("Confirm at https://evil.example", "must be a name, without a web address"),
        ("w\u200bww.evil.example", "must be a name, without a web address"),
        ("evil.example/pay", "must be a name, without a web address"),
    ],
)
def test_a_name_of_several_lines_or_with_a_web_address_is_refused_with_the_reason(given: str, rule: str) -> None:
    form = Form({"name": given})
    assert form.read_one("name", PersonName(100)) == ""
    assert problems(form) == {"name": rule}


def test_a_name_is_taken_as_people_write_it() -> None:
    for given in ("Anne-Marie O'Neil Jr.", "St. John/Smith", "A. B. Mc.Donald", "\u674e\u5c0f\u9f99"):
        form = Form({"name": given})
        assert form.read_one("name", PersonName(100)) == given
        form.finish()


def test_a_person_has_a_name_and_may_have_email_and_phone() -> None:
    form = Form({"captain": {"name": "Hook"}})
    assert form.read_one("captain", Nested(Contact, CONTACT_FIELDS, None)) == {"name": "Hook", "email": "", "phone": ""}
    assert form.read_one("captain", Nested(Contact, CONTACT_FIELDS, None)) is None
    form.finish()


def test_what_is_wrong_with_a_person_is_named_by_path() -> None:
    form = Form(
        {
            "captain": {"email": "no", "rank": 1},
            "crew": [{"name": "Smee"}, {"name": "", "phone": "call me"}, {"name": 5}],
        }
    )
    form.read_one("captain", Nested(Contact, CONTACT_FIELDS, None))
    form.read_one("crew", ListOf(Contact, 3, "people", CONTACT_FIELDS))
    assert problems(form) == {
        "captain.name": "is required",
        "captain.email": "must be an email address",
        "captain.rank": "is not a known field",
        "crew[1].name": "is required",
        "crew[1].phone": "must be a phone number",
        "crew[2].name": "must be text",
    }


@pytest.mark.parametrize("given", ["Hook", 1, [], [{"name": "Hook"}], True])
def test_a_person_is_an_object(given: Any) -> None:
    form = Form({"captain": given})
    form.read_one("captain", Nested(Contact, CONTACT_FIELDS, None))
    assert problems(form) == {"captain": "must be an object with name, email and phone"}


@pytest.mark.parametrize("given", ["Smee", {"name": "Smee"}, [{}] * 4, ["Smee"], [None], 5])
def test_a_crew_is_a_list_of_so_many_people(given: Any) -> None:
    form = Form({"crew": given})
    form.read_one("crew", ListOf(Contact, 3, "people", CONTACT_FIELDS))
    assert set(problems(form)) == {"crew"}


# --- finish ---------------------------------------------------------------------------------------


def test_every_problem_is_told_at_once_each_under_its_field() -> None:
    form = Form({"amount_cents": "12", "method": "gold", "amout": 1, "__proto__": {}})
    form.read_one("amount_cents", Whole(1, 9))
    form.read_one("method", Choice(("cash",)))
    form.read_one("payer", Text(10))
    assert problems(form) == {
        "amount_cents": "must be a whole number from 1 to 9",
        "method": "must be one of cash",
        "payer": "is required",
        "amout": "is not a known field",
        "__proto__": "is not a known field",
    }


@pytest.mark.parametrize("name", ["x" * 61, "x" * 50_000, "a\0b", "\ud800", "a\u2028b"])
def test_an_unknown_field_with_a_hostile_name_is_refused_without_echoing_it(name: str) -> None:
    told = problems(Form({name: 1}))
    assert told == {"(unprintable name)": "is not a known field"}
    json.dumps(told).encode()


def test_a_form_in_which_all_is_right_and_nothing_left_passes() -> None:
    form = Form({"title": "Sail"})
    form.read_one("title", Text(10))
    form.finish()
    assert form.problems == {}
