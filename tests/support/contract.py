"""The OpenAPI document as a referee: what it says of each request that was accepted and of each answer."""

import json
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import jsonschema_rs

from chalicelib import openapi
from chalicelib.core import names

FORM = "application/x-www-form-urlencoded"


@cache
def document() -> dict[str, Any]:
    return json.loads(json.dumps(openapi.document()))  # type: ignore[no-any-return]


@cache
def operation(method: str, path: str) -> dict[str, Any]:
    return document()["paths"][path][method.lower()]  # type: ignore[no-any-return]


@cache
def validator(method: str, path: str, *place: str) -> Any:
    """Of the schema that stands at this place of an operation."""
    schema: Any = operation(method, path)
    for name in place:
        schema = schema[name]
    whole = {"components": document()["components"], **schema}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def check_answer(method: str, path: str, status: int, headers: dict[str, str], text: str) -> None:
    """The status is one of the operation's, and headers and body are as it says."""
    answers = operation(method, path)["responses"]
    assert str(status) in answers, f"{method} {path} never answers {status}: {text[:200]}"
    answer = answers[str(status)]
    for name in answer.get("headers", {}):
        assert name.lower() in headers, f"{method} {path} answers {status} without {name}"
    if "content" not in answer:
        assert text == "", f"{method} {path} answers {status} with a body"
        return
    # The gateway adds what Chalice leaves out.
    media_type = headers.get("content-type", "application/json").partition(";")[0]
    assert media_type in answer["content"], f"{method} {path} answers {status} as {media_type}"
    body = json.loads(text) if media_type == "application/json" else text
    fault = find_fault(validator(method, path, "responses", str(status), "content", media_type, "schema"), body)
    assert not fault, f"{method} {path} answers {status}, but {fault}"


def find_fault_in_request(method: str, path: str, raw: bytes, query: list[tuple[str, str]]) -> str:
    """What the document says against a request; empty if nothing."""
    call = operation(method, path)
    parameters = [one["name"] for one in call.get("parameters", ())]
    for name, value in query:
        places = [place for place, one in enumerate(parameters) if one == name]
        # Like an empty field of a form.
        if places and value.strip():
            schema = validator(method, path, "parameters", places[0], "schema")
            typed = int(value) if name == "limit" and value.strip().isdecimal() else value.strip()
            if fault := find_fault(schema, typed):
                return f"{name}: {fault}"
    if "requestBody" not in call or not raw.strip():
        return ""
    (media_type,) = call["requestBody"]["content"]
    schema = validator(method, path, "requestBody", "content", media_type, "schema")
    return find_fault(schema, read_form(raw) if media_type == FORM else tidy(json.loads(raw)))


def read_form(raw: bytes) -> dict[str, Any]:
    fields = parse_qs(raw.decode(), keep_blank_values=True)
    repeated = ("minor_name", "minor_birth_date")
    return {name: values if name in repeated else tidy(values[0]) for name, values in fields.items()}


def tidy(value: Any) -> Any:
    """As the parsers take it: without what cannot be seen and blanks around it, a line ends in one way."""
    if isinstance(value, dict):
        return {name: tidy(each) for name, each in value.items()}
    if isinstance(value, list):
        return [tidy(each) for each in value]
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").strip()
    return text if "\n" in text else names.clean_contact(names.clean(text))


def find_fault(schema: Any, instance: Any) -> str:
    problem = next(schema.iter_errors(instance), None)
    return f"{list(problem.instance_path)}: {problem.message[:300]}" if problem else ""
