"""What of an open tab would break on another API: its recorded calls against a document, changed in every way."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import openapi
from tools.common.build import SPA_BUILD, build_spa
from tools.sync.proof.skew import broken_calls

JsonObject = dict[str, Any]
# Read or sent by nothing in the SPA, each of another kind; and two that are.
UNREAD = [("Health", "version"), ("Leaf", "payload"), ("RecordDetail", "signer_birth_date")]
READ = [("Event", "title"), ("Balance", "balance_due_cents"), ("GuestEvent", "title"), ("Payment", "amount_cents")]


@pytest.fixture(scope="module")
def used() -> JsonObject:
    """As the build records it."""
    build_spa()
    (recorded,) = SPA_BUILD.glob("assets/calls-*.json")
    found: JsonObject = json.loads(recorded.read_text())
    return found


@pytest.fixture
def today() -> JsonObject:
    document: JsonObject = json.loads(json.dumps(openapi.document()))
    return document


def schema(document: JsonObject, name: str) -> JsonObject:
    found: JsonObject = document["components"]["schemas"][name]
    return found


def test_the_spa_of_these_sources_works_with_the_api_of_these_sources(used: JsonObject, today: JsonObject) -> None:
    assert sum(len(calls) for calls in used["paths"].values()) > 60
    assert broken_calls(used, today) == []


@pytest.mark.parametrize(("name", "field"), READ)
def test_a_field_that_the_spa_reads_and_the_api_no_longer_answers_is_named_with_its_calls(
    used: JsonObject, today: JsonObject, name: str, field: str
) -> None:
    del schema(today, name)["properties"][field]
    schema(today, name)["required"].remove(field)
    found = broken_calls(used, today)
    assert found
    assert all(f".{field} is gone" in line for line in found)
    assert all(line.split(" ")[0] in ("GET", "POST", "PUT", "PATCH") for line in found)


@pytest.mark.parametrize(("name", "field"), UNREAD)
def test_a_field_that_nothing_reads_may_go(used: JsonObject, today: JsonObject, name: str, field: str) -> None:
    del schema(today, name)["properties"][field]
    schema(today, name)["required"].remove(field)
    assert broken_calls(used, today) == []


def test_every_call_that_goes_is_named(used: JsonObject, today: JsonObject) -> None:
    for path, calls in used["paths"].items():
        for method in calls:
            without = {**today, "paths": copy.deepcopy(today["paths"])}
            del without["paths"][path][method]
            assert broken_calls(used, without) == [f"{method.upper()} {path}: there is no such call"]


def new_required_field(document: JsonObject) -> None:
    schema(document, "NewPayment")["properties"]["drawer"] = {"type": "string"}
    schema(document, "NewPayment")["required"].append("drawer")


def optional_field_required(document: JsonObject) -> None:
    schema(document, "NewPayment")["required"].append("note")


def field_not_taken(document: JsonObject) -> None:
    del schema(document, "NewPayment")["properties"]["note"]


def choice_not_taken(document: JsonObject) -> None:
    schema(document, "NewPayment")["properties"]["method"]["enum"].remove("zelle")


def other_type(document: JsonObject) -> None:
    schema(document, "NewPayment")["properties"]["amount_cents"] = {"type": "string"}


def new_choice_answered(document: JsonObject) -> None:
    choices = schema(document, "Payment")["properties"]["kind"]
    assert "enum" in choices
    choices["enum"].append("loan")


def null_answered(document: JsonObject) -> None:
    fields = schema(document, "Event")["properties"]
    fields["title"] = {"anyOf": [fields["title"], {"type": "null"}]}


def left_out(document: JsonObject) -> None:
    schema(document, "Event")["required"].remove("title")


def new_query(document: JsonObject) -> None:
    call = document["paths"]["/api/events"]["get"]
    call["parameters"].append({"name": "boat", "in": "query", "required": True, "schema": {"type": "string"}})


def query_not_taken(document: JsonObject) -> None:
    call = document["paths"]["/api/events"]["get"]
    call["parameters"] = [one for one in call["parameters"] if one["name"] != "cursor"]


def no_content(document: JsonObject) -> None:
    answers = document["paths"]["/api/events/{event_id}"]["get"]["responses"]
    answers["204"] = {"description": "Nothing."}


CHANGES: dict[str, tuple[Callable[[JsonObject], None], str]] = {
    "a field is needed": (new_required_field, "content.drawer is needed now"),
    "a field that was optional is needed": (optional_field_required, "content.note is needed now"),
    "a field is not taken": (field_not_taken, "content.note is not taken any more"),
    "a choice is not taken": (choice_not_taken, "content.method may be 'zelle'"),
    "a field has another type": (other_type, "content.amount_cents may be number"),
    "a choice that the SPA does not know is answered": (new_choice_answered, ".kind may be 'loan'"),
    "null is answered": (null_answered, ".title may be null"),
    "a field may be left out of an answer": (left_out, ".title may be left out"),
    "a query is needed": (new_query, "GET /api/events: query.boat is needed now"),
    "a query is not taken": (query_not_taken, "GET /api/events: query.cursor is not taken any more"),
    "nothing is answered": (no_content, "GET /api/events/{event_id}: it answers 204 without content"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_breaks_an_open_tab_is_told_with_its_reason(
    used: JsonObject, today: JsonObject, change: str
) -> None:
    make, reason = CHANGES[change]
    make(today)
    assert any(reason in line for line in broken_calls(used, today)), broken_calls(used, today)


def more_is_taken(document: JsonObject) -> None:
    schema(document, "NewPayment")["properties"]["drawer"] = {"type": "string"}
    schema(document, "NewPayment")["properties"]["method"]["enum"].append("barter")


def more_is_answered(document: JsonObject) -> None:
    schema(document, "Event")["properties"]["weather"] = {"type": "string"}
    schema(document, "Event")["required"].append("weather")


def fewer_choices_answered(document: JsonObject) -> None:
    schema(document, "Payment")["properties"]["kind"]["enum"].remove("tip")


def another_name_in_a_path(document: JsonObject) -> None:
    paths = document["paths"]
    document["paths"] = {path.replace("{event_id}", "{charter_id}"): calls for path, calls in paths.items()}


@pytest.mark.parametrize("change", [more_is_taken, more_is_answered, fewer_choices_answered, another_name_in_a_path])
def test_a_change_that_no_tab_notices_is_let_through(
    used: JsonObject, today: JsonObject, change: Callable[[JsonObject], None]
) -> None:
    change(today)
    assert broken_calls(used, today) == []
