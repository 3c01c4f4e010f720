"""The schemas that the API's document is made of say just what the types and the rules say."""

from typing import Annotated, Literal, NotRequired, TypedDict

import jsonschema_rs
import pytest

from chalicelib.charters.fields import CharterDetails
from chalicelib.core import fields
from chalicelib.core.errors import BadInput
from chalicelib.core.fields import Choice, Flag, Form, ListOf, Nested, Text, Whole, body_schema, rules_of
from chalicelib.core.schemas import Count, InstantText, schema_of
from chalicelib.payments.fields import NewPayment


class Berth(TypedDict):
    name: Annotated[str, Text(10)]
    length_m: Annotated[Count, Whole(1, 40, 10)]


class Boat(TypedDict):
    name: Annotated[str, Text(10)]
    kind: Annotated[Literal["sail", "motor"], Choice(("sail", "motor"), "sail")]
    is_active: Annotated[bool, Flag(True)]
    berth: Annotated[Berth | None, Nested(Berth, "name and length_m", None)]
    moorings: Annotated[list[Berth], ListOf(Berth, 2, "moorings", "name and length_m")]
    seen_at: NotRequired[InstantText]


BOAT = {"name": "Petrel", "kind": "sail", "is_active": True, "berth": None, "moorings": []}


@pytest.mark.parametrize(
    ("change", "is_right"),
    [
        ({}, True),
        ({"seen_at": "2026-11-28T10:00:00Z"}, True),
        ({"berth": {"name": "A1", "length_m": 12}}, True),
        ({"moorings": [{"name": "A1", "length_m": 12}]}, True),
        ({"seen_at": "yesterday"}, False),
        ({"kind": "steam"}, False),
        ({"berth": {"name": "A1", "length_m": -1}}, False),
        ({"berth": {"name": "A1"}}, False),
        ({"name": None}, False),
        ({"color": "blue"}, False),
    ],
)
def test_an_answer_is_what_its_type_says(change: dict[str, object], is_right: bool) -> None:
    assert jsonschema_rs.is_valid(schema_of(Boat), {**BOAT, **change}) is is_right


def accepts(table: type, body: dict[str, object]) -> bool:
    form = Form(body)
    form.read(table)
    try:
        form.finish()
    except BadInput:
        return False
    return True


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Petrel"},
        {"name": "Petrel", "kind": None, "berth": None, "moorings": None},
        {"name": "Petrel", "kind": "motor", "berth": {"name": "A1"}},
        {"name": "Petrel", "moorings": [{"name": "A1", "length_m": 40}, {"name": "A2"}]},
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "a\nb"},
        {"name": "x" * 11},
        {"name": None},
        {"name": "Petrel", "kind": "steam"},
        {"name": "Petrel", "is_active": 1},
        {"name": "Petrel", "berth": {}},
        {"name": "Petrel", "berth": {"name": "A1", "length_m": 41}},
        {"name": "Petrel", "moorings": [{"name": "A"}] * 3},
        {"name": "Petrel", "color": "blue"},
    ],
)
def test_the_document_takes_the_bodies_that_the_parser_takes(body: dict[str, object]) -> None:
    assert jsonschema_rs.is_valid(body_schema(Boat), body) is accepts(Boat, body)


@pytest.mark.parametrize("table", [CharterDetails, NewPayment])
def test_a_field_that_may_be_left_out_is_no_part_of_a_requests_fingerprint_while_it_says_its_default(
    table: type,
) -> None:
    rules = rules_of(table)
    required = {name: "given" for name, rule in rules.items() if rule.is_required}
    constant = {
        name: rule.default for name, rule in rules.items() if not rule.is_required and not callable(rule.default)
    }
    assert constant
    assert fields.fingerprint(table, {**required, **constant}) == fields.fingerprint(table, required)
    for name in constant:
        assert fields.fingerprint(table, {**required, name: "other"}) != fields.fingerprint(table, required)
