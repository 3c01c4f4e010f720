"""Texts that show nothing, in every field that the API requires a text in; marks that nobody sees, in the others."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import contract
from tests.support.api import Api, new_event
from tests.support.signed import sign

SHOWS_NOTHING = ["\u200b", "\u202a\u2066\u2069\u202c", "\u3164\u2800\u00a0", "\u0301", "\ufe0f\u2060\u00ad", " \u3000 "]
# A password is taken to the letter.
TO_THE_LETTER = {"password"}


def required_texts() -> Iterator[tuple[str, str, str]]:
    """Of each JSON body in the API's document: method, path and where the text stands, as errors name it."""
    for path, calls in contract.document()["paths"].items():
        for method, call in calls.items():
            if method == "parameters":
                continue
            schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            for name in _texts(schema):
                yield method.upper(), path, name


def _texts(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        schema = contract.document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, field in schema.get("properties", {}).items():
        is_text = field.get("type") == "string" and not field.keys() & {"format", "enum", "const"}
        if is_text and name in schema.get("required", ()) and name not in TO_THE_LETTER and not name.endswith("_id"):
            yield name
        for inner in _texts(field):
            yield f"{name}.{inner}"
        for inner in _texts(field.get("items", {})):
            yield f"{name}[0].{inner}"


REQUIRED = list(required_texts())


def test_every_required_text_of_the_desk_is_among_them() -> None:
    asked = {(path.rpartition("/")[2], name) for _, path, name in REQUIRED}
    acts = ("cancel", "void", "bounce", "set-aside", "erase")
    assert asked >= {(act, "reason") for act in acts}
    assert asked >= {("current", "title"), ("current", "text"), ("preview", "text")}
    assert asked >= {("events", name) for name in ("title", "guests[0].name")}


@pytest.mark.parametrize(("method", "path", "name"), REQUIRED)
def test_a_required_text_shows_something(
    api: Api, guest: Api, event: dict[str, Any], log: Any, method: str, path: str, name: str
) -> None:
    sign(guest, event)
    (record,) = api.get(f"/api/events/{event['event_id']}").json["waiver_records"]
    ids = {
        "event_id": event["event_id"],
        "payment_id": log(method="check")["payment"]["payment_id"],
        "waiver_id": record["waiver_id"],
    }
    for text in SHOWS_NOTHING:
        answer = api.call(method, path.format(**ids), _body(name, text))
        assert (answer.status, answer.json["Fields"].get(name)) == (400, "is required"), (text, answer.text)


@pytest.mark.parametrize("text", SHOWS_NOTHING)
def test_a_sailor_who_is_nobody_of_the_list_has_a_name(api: Api, text: str) -> None:
    answer = api.post("/api/events", new_event(captain={"name": text}, crew=[{"name": text}]))
    assert answer.status == 400
    assert answer.json["Fields"] == dict.fromkeys(("captain.name", "crew[0].name"), "is required")


def _body(name: str, text: str) -> dict[str, Any]:
    outer, _, inner = name.partition(".")
    if not inner:
        return {name: text}
    return {outer.removesuffix("[0]"): [{inner: text}] if outer.endswith("[0]") else {inner: text}}


def test_what_nobody_sees_is_kept_in_no_text_of_a_charter(api: Api) -> None:
    hidden = "\u202e\u2066{}\u200b\u00ad\u2069\ufeff"
    person = {"name": hidden.format("José"), "email": hidden.format("j@example.com"), "phone": hidden.format("+1 555")}
    lines = hidden.format("1. Jose\u0301\n\n  2. Bring")
    texts = {name: hidden.format("Jose\u0301") for name in ("title", "vessel", "departure_port", "return_port")}
    sent = new_event(
        **texts,
        captain=person,
        crew=[person],
        patron=person,
        guests=[{"name": person["name"], "email": person["email"]}],
        notes=lines,
        guest_notes=lines,
    )
    kept = api.post("/api/events", sent).json
    assert {name: kept[name] for name in texts} == dict.fromkeys(texts, "José")
    assert kept["captain"] == kept["crew"][0] == {"person_id": None, **kept["patron"]}
    assert kept["patron"] == {"name": "José", "email": "j@example.com", "phone": "+1 555"}
    assert [(one["name"], one["email"]) for one in kept["guests"]] == [("José", "j@example.com")]
    assert kept["notes"] == kept["guest_notes"] == "1. José\n\n  2. Bring"


def test_a_port_in_another_spelling_is_no_other_port(api: Api) -> None:
    ports = {"departure_port": "Šibenik", "return_port": "S\u030cIBENIK"}
    assert api.post("/api/events", new_event(**ports)).json["warnings"] == []
    other = api.post("/api/events", new_event(departure_port="Šibenik", return_port="Split")).json
    assert [warning["code"] for warning in other["warnings"]] == ["return_port_differs"]
