"""What an API would answer, made of its own document: a release is opened without the API, so nothing is written."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tools.common.console import Refused
from tools.sync.proof.running_api import JsonObject

METHODS = ("get", "put", "post", "patch", "delete")
JSON = "application/json"
TOKEN = re.compile("Bearer .")
NOON = "%Y-%m-%dT12:00:00Z"
# Texts by their pattern; what a pattern means stands in chalicelib/core/schemas.py.
LETTERS = {
    r"^[A-Za-z0-9_-]{22}$": "A" * 22,
    r"^[A-Za-z0-9_-]{43}$": "A" * 43,
    r"^[A-Za-z0-9_-]{22}[.][0-9a-f]{32}$": f"{'A' * 22}.{'0' * 32}",
    r"^[0-9a-f]{64}$": "0" * 64,
    r"^[0-9a-f]{32}$": "0" * 32,
    r"^[0-9a-f]{16}$": "0" * 16,
    r"^[A-Z]{3}$": "USD",
    r"^[0-9]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$": "0000-AAAA-AAAA",
    r"^([0-9+().\-/ x#*]{3,40})?$": "+1 415 555 0134",
}
FORMATS = {
    "uuid": "00000000-0000-7000-8000-000000000000",
    "uri": "https://example.com/",
    "email": "ana@example.com",
}


class Reply(NamedTuple):
    status: int
    content_type: str
    body: Any
    """Of a JSON answer the value, else the text."""


class NoSuchCall(Exception):
    """What was asked that the API does not know, as a sentence's end."""


class Api(NamedTuple):
    """The API by its document; its charters are of the day after `now`."""

    document: JsonObject
    now: datetime

    def require_known(self) -> None:
        """Refused when one of the answers cannot be made up here: then nothing can be said of a release."""
        for path, calls in self.document["paths"].items():
            for method in (method for method in METHODS if method in calls):
                self.answer(method.upper(), re.sub("[{}]", "", path))

    def example(self, path: str, *place: str | int) -> JsonObject:
        """What stands at a place of an answer, to walk by through a release. Refused where this API has none."""
        try:
            found = self.answer("GET", path).body
            for name in place:
                found = found[name]
        except (NoSuchCall, LookupError, TypeError) as error:
            raise Refused(
                f"this checkout does not know the running API's {path}: update it, then look again"
            ) from error
        return dict(found)

    def require_right(self, method: str, url: str, headers: Mapping[str, str], content: str | None) -> None:
        """NoSuchCall when a call that needs a token has none, or sends what its schema does not take.

        The names of the headers are in lower case; `content` is what is sent, None for nothing.
        """
        path = urlsplit(url).path
        operation = self._operation(method, path)
        if operation.get("security", self.document["security"]) and not TOKEN.match(headers.get("authorization", "")):
            raise NoSuchCall(f"{method} {path} without a token")
        schema = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
        if schema and (fault := self._fault(schema, content)):
            raise NoSuchCall(f"{method} {path} with a content that the API refuses: {fault}")

    def _fault(self, schema: JsonObject, content: str | None) -> str:
        # Of the packages that come with the browser's driver.
        from jsonschema_rs import Draft202012Validator

        try:
            sent = json.loads(content or "")
        except ValueError:
            return "it is not JSON"
        whole = {"components": self.document["components"], **schema}
        return next((problem.message for problem in Draft202012Validator(whole).iter_errors(sent)), "")

    def answer(self, method: str, url: str) -> Reply:
        """The best answer to a call. NoSuchCall when the document has no such path, method or parameter."""
        address = urlsplit(url)
        operation = self._operation(method, address.path)
        known = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        for name in parse_qs(address.query, keep_blank_values=True):
            if name not in known:
                raise NoSuchCall(f"{method} {address.path} with ?{name}=, which the API does not know")
        status = min(status for status in operation["responses"] if status.startswith(("2", "3")))
        for content_type, content in operation["responses"][status].get("content", {}).items():
            return Reply(int(status), content_type, self.sample(content["schema"]))
        return Reply(int(status), "text/plain", "")

    def sample(self, schema: JsonObject, name: str = "", within: tuple[str, ...] = ()) -> Any:
        """A value of the schema: what may be null is null, lists have one entry, texts tell their field's name.

        `within` are the components that are being made: one that holds itself ends there.
        """
        if reference := schema.get("$ref"):
            if reference in within:
                return None
            component = self.document["components"]["schemas"][reference.rpartition("/")[2]]
            return self.sample(component, name, (*within, reference))
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                is_nullable = {"type": "null"} in schema[choice]
                return None if is_nullable else self.sample(schema[choice][0], name, within)
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        if isinstance(kind, list):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        if kind == "object":
            required = schema.get("required", ())
            return {each: self.sample(schema["properties"][each], each, within) for each in required}
        if kind == "array":
            entry = self.sample(schema["items"], name, within)
            return [] if entry is None else [entry] * schema.get("minItems", 1)
        if kind == "string":
            return self._text(schema, name)
        if kind == "boolean":
            return False
        return schema.get("minimum", 1) if kind in ("integer", "number") else None

    def _operation(self, method: str, path: str) -> JsonObject:
        paths: Mapping[str, JsonObject] = self.document["paths"]
        fitting = [template for template in paths if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path)]
        # `/api/payments/summary` before `/api/payments/{payment_id}`.
        for template in sorted(fitting, key=lambda one: one.count("{")):
            if operation := paths[template].get(method.lower()):
                return dict(operation)
        raise NoSuchCall(f"{method} {path}, which the API does not have")

    def _text(self, schema: JsonObject, name: str) -> str:
        text, pattern = self._text_of(schema, name), schema.get("pattern", "")
        if not re.search(pattern, text):
            raise Refused(
                f"the running API answers texts like {pattern}, which this checkout does not know how to write: update "
                "it, then look again"
            )
        return text

    def _text_of(self, schema: JsonObject, name: str) -> str:
        pattern, kind = schema.get("pattern", ""), schema.get("format", "")
        tomorrow = self.now + timedelta(days=1)
        if name == "timezone":
            return "America/Los_Angeles"
        if r"T\d\d:\d\d:\d\dZ" in pattern or kind == "date-time":
            return (tomorrow + timedelta(days=name.startswith("ends"))).strftime(NOON)
        if r"\d{4}-\d\d-\d\d" in pattern or kind == "date":
            return f"{tomorrow:%Y-%m-%d}"
        if pattern.startswith("^(https?://"):
            return FORMATS["uri"]
        return LETTERS.get(pattern) or FORMATS.get(kind) or f"Sample {name.replace('_', ' ')}"
