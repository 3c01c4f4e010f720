"""What of an SPA breaks on an API: its recorded calls compared with an OpenAPI document. Pure: no I/O.

The record is an OpenAPI document, too (`spa/vite-calls.ts` makes it): what the SPA may send, and of each answer what it
reads. So one question is asked in both directions: does all that one side may send fit what the other side takes?
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tools.sync.proof.running_api import JsonObject

# What the build records: spa/vite-calls.ts.
CALLS = re.compile(r"assets/calls-[\w-]+\.json")
# What JSON, and a browser, does not tell apart.
KINDS = {"integer": "number"}
KIND_OF_VALUE = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}


class Part(NamedTuple):
    """A schema, and the document that its references lead into."""

    schema: JsonObject
    document: JsonObject

    def inside(self, schema: JsonObject) -> "Part":
        return Part(schema, self.document)

    @property
    def kind(self) -> str:
        """One of JSON's kinds; empty for anything at all."""
        if "const" in self.schema:
            return KIND_OF_VALUE[type(self.schema["const"])]
        found = str(self.schema.get("type", ""))
        return KINDS.get(found, found)

    def show(self) -> str:
        return repr(self.schema["const"]) if "const" in self.schema else self.kind or "anything"

    def field(self, name: str) -> "Part | None":
        found = self.schema.get("properties", {}).get(name)
        return None if found is None else self.inside(found)

    def fields(self) -> list[str]:
        return list(self.schema.get("properties", ()))

    def requires(self, name: str) -> bool:
        return name in self.schema.get("required", ())

    def alternatives(self) -> Iterator["Part"]:
        """Each thing that it may be, by itself; a choice of values is one for each value."""
        schema = self.schema
        if "$ref" in schema:
            found: Any = self.document
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            yield from self.inside(found).alternatives()
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            for one in choices:
                yield from self.inside(one).alternatives()
        elif "enum" in schema:
            yield from (self.inside({"const": value}) for value in schema["enum"])
        elif isinstance(schema.get("type"), list):
            yield from (self.inside({**schema, "type": one}) for one in schema["type"])
        elif schema.get("type") == "boolean":
            yield from (self.inside({"const": value}) for value in (False, True))
        else:
            yield self


def calls_file(names: Iterable[str]) -> str | None:
    """Which of a release's files is the record; None of one that was built before there was any."""
    return next(filter(CALLS.fullmatch, names), None)


def broken_calls(used: JsonObject, document: JsonObject) -> list[str]:
    """`GET /api/events: …` with the reason, for each call that the API of this document would not serve."""
    today = {_nameless(path): calls for path, calls in document["paths"].items()}
    found = []
    for path, calls in used["paths"].items():
        for method, call in calls.items():
            other = today.get(_nameless(path), {}).get(method)
            fault = "there is no such call" if other is None else _fault_of_call(call, used, other, document)
            if fault:
                found.append(f"{method.upper()} {path}: {fault}")
    return found


def _nameless(path: str) -> str:
    """What a part of a path is called is seen by nobody."""
    return re.sub(r"{\w+}", "{}", path)


def _fault_of_call(call: JsonObject, used: JsonObject, today: JsonObject, document: JsonObject) -> str:
    for place in ("query", "header"):
        sent, taken = _parameters(call, place, used), _parameters(today, place, document)
        if place == "header":
            # A server leaves alone what it does not know there.
            sent = _without(sent, set(sent.fields()) - set(taken.fields()))
        if fault := Request().fault(sent, taken, place):
            return fault
    body, taken_body = _json(call.get("requestBody"), used), _json(today.get("requestBody"), document)
    if body and taken_body is None:
        return "it takes no content any more"
    if taken_body and body is None:
        return "it needs a content"
    if body and taken_body and (fault := Request().fault(body, taken_body, "content")):
        return fault
    read = [one for one in (_json(answer, used) for answer in call["responses"].values()) if one]
    if not read:
        return ""
    wide = Part({"anyOf": [one.schema for one in read]}, used)
    for status, answer in today["responses"].items():
        if status.startswith("2"):
            given = _json(answer, document)
            fault = Answer().fault(given, wide, "answer") if given else f"it answers {status} without content"
            if fault:
                return fault
    return ""


def _parameters(call: JsonObject, place: str, document: JsonObject) -> Part:
    """Those of one place as the fields of an object."""
    found = [one for one in call.get("parameters", []) if one["in"] == place]
    schema = {
        "type": "object",
        "properties": {one["name"]: one["schema"] for one in found},
        "required": [one["name"] for one in found if one.get("required")],
    }
    return Part(schema, document)


def _without(part: Part, names: set[str]) -> Part:
    kept = {name: one for name, one in part.schema["properties"].items() if name not in names}
    return part.inside({**part.schema, "properties": kept})


def _json(message: JsonObject | None, document: JsonObject) -> Part | None:
    """The JSON of a request or an answer."""
    content = (message or {}).get("content", {}).get("application/json")
    return Part(content["schema"], document) if content else None


class Comparison(ABC):
    """Whether all that one part may be is something that the other takes."""

    def __init__(self) -> None:
        # Schemas lead back to themselves.
        self.under_way: set[tuple[str, str]] = set()

    def fault(self, given: Part, taken: Part, where: str) -> str:
        """The first thing that does not fit; empty when all fits."""
        asked = given.schema.get("$ref", ""), taken.schema.get("$ref", "")
        if all(asked) and asked in self.under_way:
            return ""
        self.under_way.add(asked)
        try:
            for one in given.alternatives():
                faults = [self._fault_of_one(one, other, where) for other in taken.alternatives()]
                if "" not in faults:
                    # What reached furthest was meant.
                    return max(faults, key=_depth)
        finally:
            self.under_way.discard(asked)
        return ""

    def _fault_of_one(self, given: Part, taken: Part, where: str) -> str:
        if not taken.kind:
            return ""
        if given.kind != taken.kind or taken.schema.get("const", given.schema.get("const")) != given.schema.get(
            "const"
        ):
            return f"{where} may be {given.show()}"
        if given.kind == "array":
            items = [part.inside(part.schema.get("items", {})) for part in (given, taken)]
            return self.fault(items[0], items[1], f"{where}[]")
        if given.kind != "object":
            return ""
        return self.fault_of_fields(given, taken, where) or self._fault_of_values(given, taken, f"{where}.*")

    def _fault_of_values(self, given: Part, taken: Part, where: str) -> str:
        """Of an object whose keys are not known beforehand."""
        one, other = given.schema.get("additionalProperties"), taken.schema.get("additionalProperties")
        if isinstance(one, dict) and isinstance(other, dict):
            return self.fault(given.inside(one), taken.inside(other), where)
        return ""

    @abstractmethod
    def fault_of_fields(self, given: Part, taken: Part, where: str) -> str:
        """Of two objects, field by field."""


def _depth(fault: str) -> int:
    return len(re.split(r"[.\[]", fault.partition(" ")[0]))


class Answer(Comparison):
    """What the API gives must have all that the SPA reads."""

    def fault_of_fields(self, given: Part, taken: Part, where: str) -> str:
        for name in taken.fields():
            field, wanted = given.field(name), taken.field(name)
            if field is None or wanted is None:
                return f"{where}.{name} is gone"
            if taken.requires(name) and not given.requires(name):
                return f"{where}.{name} may be left out"
            if fault := self.fault(field, wanted, f"{where}.{name}"):
                return fault
        return ""


class Request(Comparison):
    """What the SPA sends must be taken, and be all that the API needs."""

    def fault_of_fields(self, given: Part, taken: Part, where: str) -> str:
        for name in taken.fields():
            if taken.requires(name) and not given.requires(name):
                return f"{where}.{name} is needed now"
        for name in given.fields():
            field, wanted = given.field(name), taken.field(name)
            if field is None or wanted is None:
                return f"{where}.{name} is not taken any more"
            if fault := self.fault(field, wanted, f"{where}.{name}"):
                return fault
        return ""
