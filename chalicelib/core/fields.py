"""What a request may hold. One table a request: each field's rule parses it and describes it in the OpenAPI document.

A table is a TypedDict or NamedTuple whose fields are `Annotated[type, rule]`, or a mapping of names to rules.
Every field is read by name, every problem is collected under that name, nothing is guessed.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Hashable, Mapping
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from chalicelib.core import names, times
from chalicelib.core.errors import BadInput
from chalicelib.core.schemas import CurrencyCode, Schema, nullable, record, schema_of
from chalicelib.core.settings import NO_CURRENCY, NO_EMAIL, NO_PHONE, NO_TIMEZONE, settings
from chalicelib.core.text import (
    PHONE,
    UNPRINTABLE_LINE,
    UNPRINTABLE_LINES,
    has_any,
    is_currency,
    is_email,
    is_phone,
    is_uuid,
)

Table = TypeVar("Table")
Rules = Mapping[str, "Rule"]

REQUIRED: Any = object()
_MISSING: Any = object()


class Refused(Exception):
    """What a value must be instead, as the end of a sentence."""


# --- the form -------------------------------------------------------------------------------------


class Form:
    """A request body, or the fields of a query or an HTML form; `finish` refuses what is wrong or left over."""

    def __init__(self, body: Mapping[str, Any], prefix: str = "") -> None:
        self._left = dict(body)
        self._prefix = prefix
        self.problems: dict[str, str] = {}

    def read(self, table: type[Table], **overrides: "Rule") -> Table:
        """The fields of a table. A wrong value becomes its rule's `blank`; `overrides` replace single rules."""
        return table(**self.read_all({**rules_of(cast(Hashable, table)), **overrides}))

    def read_all(self, rules: Rules) -> dict[str, Any]:
        return {name: self.read_one(name, rule) for name, rule in rules.items()}

    def read_one(self, name: str, rule: "Rule") -> Any:
        value = self._left.pop(name, _MISSING)
        if value is _MISSING or (value is None and not rule.is_required):
            if not rule.is_required:
                return rule.default() if callable(rule.default) else rule.default
            self.refuse(name, "is required")
            return rule.blank
        try:
            return rule.parse_within(value, self, name)
        except Refused as problem:
            self.refuse(name, str(problem))
            return rule.blank

    def refuse(self, name: str, sentence: str) -> None:
        self.problems.setdefault(self._prefix + name, sentence)

    def finish(self) -> None:
        """Raises BadInput with every problem, unknown fields among them."""
        for name in self._left:
            shown = name if len(name) <= 60 and not has_any(UNPRINTABLE_LINE, name) else "(unprintable name)"
            self.refuse(shown, "is not a known field")
        if self.problems:
            raise BadInput(self.problems)

    def read_inner(self, name: str, table: type[Table], body: Mapping[str, Any]) -> Table:
        """An object within this one; its problems are named by path."""
        inner = Form(body, prefix=f"{self._prefix}{name}.")
        values = inner.read(table)
        try:
            inner.finish()
        except BadInput as problem:
            for path, sentence in problem.fields.items():
                self.problems.setdefault(path, sentence)
        return values


@cache
def rules_of(table: Hashable) -> Rules:
    """The rule of each field of a table, in order; fields without one are not the client's to send."""
    hints = get_type_hints(cast(type, table), include_extras=True)
    found = {
        name: [part for part in getattr(hint, "__metadata__", ()) if isinstance(part, Rule)]
        for name, hint in hints.items()
    }
    return {name: rules[0] for name, rules in found.items() if rules}


def fingerprint(table: Hashable, values: Mapping[str, Any]) -> str:
    """Equal for equal requests.

    Fields that hold their default are ignored, so a field that a later release adds does not change the fingerprint
    of an old request.
    """
    rules = rules_of(table)
    content = {name: value for name, value in values.items() if name not in rules or value != rules[name].default}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# --- what a request may hold, for the OpenAPI document ----------------------------------------------


def body_schema(table: type[Any] | Rules) -> Schema:
    """The schema of a request body: null stands for leaving a field out."""
    rules = table if isinstance(table, Mapping) else rules_of(cast(Hashable, table))
    required = {name: rule.schema() for name, rule in rules.items() if rule.is_required}
    optional = {name: nullable(rule.schema()) for name, rule in rules.items() if not rule.is_required}
    body = record(required, optional)
    return body if required else {name: value for name, value in body.items() if name != "required"}


# --- rules ----------------------------------------------------------------------------------------


class Rule:
    """How one field is read. A field with a `default` may be left out or null; a callable default is called."""

    blank: Any = None
    """Stands in for a value that was refused."""

    def __init__(self, default: Any = REQUIRED, doc: Schema | None = None) -> None:
        self.default, self.doc, self.is_required = default, doc or {}, default is REQUIRED

    def parse(self, value: Any) -> Any:
        """The value as the program wants it. Raises Refused."""
        raise NotImplementedError

    def parse_within(self, value: Any, form: Form, name: str) -> Any:  # noqa: ARG002
        """The same for a value that itself has fields: their problems are noted on the form."""
        return self.parse(value)

    def schema(self) -> Schema:
        return {**self.shape(), **self.doc}

    def shape(self) -> Schema:
        raise NotImplementedError


class Text(Rule):
    """Text without what cannot be seen. `lines` allows line breaks. A required text shows something."""

    def __init__(self, max_chars: int, default: Any = REQUIRED, *, lines: bool = False, doc: Schema | None = None):
        super().__init__(default, doc)
        self.max_chars, self.lines = max_chars, lines

    blank = ""

    def parse(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Refused("must be text")
        text = value.replace("\r\n", "\n").strip()
        if has_any(UNPRINTABLE_LINES if self.lines else UNPRINTABLE_LINE, text):
            raise Refused("must not contain control characters")
        text = names.clean_lines(text) if self.lines else names.clean(text)
        if len(text) > self.max_chars:
            raise Refused(f"must be at most {self.max_chars} characters long")
        if self.is_required and not names.has_visible_glyph(text):
            raise Refused("is required")
        return text

    def shape(self) -> Schema:
        # A text is cleaned before it is measured.
        char = UNPRINTABLE_LINES if self.lines else UNPRINTABLE_LINE
        char = re.sub(r"\\x(..)", r"\\u00\1", char)
        pattern = rf"^[^{char}]*[^{names.NO_GLYPH}{char}][^{char}]*$" if self.is_required else rf"^[^{char}]*$"
        least = {"minLength": 1} if self.is_required else {}
        return {"type": "string", **least, "maxLength": self.max_chars, "pattern": pattern}


class PersonName(Text):
    """A name that goes into mails and onto lists: on one line, without a web address."""

    def parse(self, value: Any) -> str:
        if isinstance(value, str) and len(value.strip().splitlines()) > 1:
            raise Refused("must be a name, on one line")
        name = super().parse(value)
        if names.has_web_address(name):
            raise Refused("must be a name, without a web address")
        return name


class Email(Text):
    def __init__(self, default: Any = "") -> None:
        super().__init__(254, default)

    def parse(self, value: Any) -> str:
        text = names.clean_contact(super().parse(value))
        if text and not is_email(text):
            raise Refused(NO_EMAIL)
        return text

    def shape(self) -> Schema:
        email: Schema = {"type": "string", "format": "email", "maxLength": self.max_chars}
        return email if self.is_required else {"anyOf": [email, {"const": ""}]}


class Phone(Text):
    def __init__(self) -> None:
        super().__init__(40, "")

    def parse(self, value: Any) -> str:
        text = names.clean_contact(super().parse(value))
        if text and not is_phone(text):
            raise Refused(NO_PHONE)
        return text

    def shape(self) -> Schema:
        return {"type": "string", "pattern": f"^({PHONE})?$"}


class Whole(Rule):
    """A whole number within bounds."""

    def __init__(
        self, least: int, most: int, default: Any = REQUIRED, *, sentence: str = "", doc: Schema | None = None
    ):
        super().__init__(default, doc)
        self.least, self.most = least, most
        self.blank = least if self.is_required else default
        self.sentence = sentence or f"must be a whole number from {least} to {most}"

    def parse(self, value: Any) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise Refused(self.sentence)
        return value

    def shape(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Flag(Rule):
    blank = False

    def parse(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Refused("must be true or false")
        return value

    def shape(self) -> Schema:
        return {"type": "boolean"}


class Choice(Rule):
    def __init__(self, options: Collection[str], default: Any = REQUIRED, *, doc: Schema | None = None) -> None:
        super().__init__(default, doc)
        self.options = tuple(options)

    blank = ""

    def parse(self, value: Any) -> str:
        if not isinstance(value, str) or (value not in self.options and value != self.default):
            raise Refused(f"must be one of {', '.join(self.options)}")
        return value

    def shape(self) -> Schema:
        return {"type": "string", "enum": list(self.options)}


class Choices(Rule):
    """Some of the options, each once and in their order; by default none."""

    def __init__(self, options: Collection[str]) -> None:
        super().__init__(list)
        self.blank: list[str] = []
        self.options = tuple(options)

    def parse(self, value: Any) -> list[str]:
        if not isinstance(value, list) or any(one not in self.options for one in value):
            raise Refused(f"must be a list of {', '.join(self.options)}")
        return [option for option in self.options if option in value]

    def shape(self) -> Schema:
        return {"type": "array", "items": {"type": "string", "enum": list(self.options)}}


class Day(Rule):
    """A calendar day; by default null when it is left out."""

    def __init__(self, default: Any = None) -> None:
        super().__init__(default)

    def parse(self, value: Any) -> str:
        try:
            return str(times.parse_plausible_day(value))
        except (ValueError, TypeError):
            raise Refused("must be a day such as 2026-11-28") from None

    def shape(self) -> Schema:
        return {"type": "string", "format": "date", "description": "Of the years 1970 to 2199."}


class Instant(Rule):
    """An RFC 3339 time, as text in UTC and whole seconds: such texts sort as the times do."""

    blank = ""

    def parse(self, value: Any) -> str:
        try:
            return times.format_instant(times.parse_instant(value))
        except (ValueError, OverflowError, TypeError):
            raise Refused("must be an RFC 3339 time such as 2026-11-28T13:30:00-08:00") from None

    def shape(self) -> Schema:
        return {"type": "string", "format": "date-time", "description": "RFC 3339, of the years 1970 to 2199."}


class Timezone(Rule):
    """By default the operator's."""

    def __init__(self) -> None:
        super().__init__(lambda: settings().timezone)

    blank = ""

    def parse(self, value: Any) -> str:
        try:
            return times.zone(value).key
        except (ValueError, TypeError):
            raise Refused(NO_TIMEZONE) from None

    def shape(self) -> Schema:
        return {"type": "string", "description": "An IANA name.", "examples": ["America/Los_Angeles"]}


class Currency(Rule):
    blank = ""

    def parse(self, value: Any) -> str:
        if value != self.default and not (isinstance(value, str) and is_currency(value)):
            raise Refused(NO_CURRENCY)
        return str(value)

    def shape(self) -> Schema:
        code = schema_of(CurrencyCode)
        return {"anyOf": [code, {"const": ""}]} if self.default == "" else code


class Uuid(Rule):
    """In lower case."""

    def parse(self, value: Any) -> str:
        if not isinstance(value, str) or not is_uuid(value):
            raise Refused("must be a UUID")
        return value.lower()

    def shape(self) -> Schema:
        return {"type": "string", "format": "uuid"}


class Ids(Rule):
    """A list of ids, each once; by default None if the field is left out."""

    def __init__(self, most: int, default: Any = None) -> None:
        super().__init__(default)
        self.most = most

    def parse(self, value: Any) -> list[str]:
        is_list = isinstance(value, list) and len(value) <= self.most
        if not is_list or not all(isinstance(one, str) and one for one in value):
            raise Refused(f"must be a list of at most {self.most} ids")
        return list(dict.fromkeys(value))

    def shape(self) -> Schema:
        return {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": self.most}


class Nested(Rule):
    """An object with a table of its own; `content` lists its fields for the error when the value is no object."""

    def __init__(self, table: type[Any], content: str, default: Any = REQUIRED) -> None:
        super().__init__(default)
        self.table, self.content = table, content

    def parse_within(self, value: Any, form: Form, name: str) -> Any:
        if not isinstance(value, dict):
            raise Refused(f"must be an object with {self.content}")
        return form.read_inner(name, self.table, value)

    def shape(self) -> Schema:
        return body_schema(self.table)


class ListOf(Rule):
    """A list of objects, empty by default or with `least` of them; `noun` is what they are called."""

    def __init__(self, table: type[Any], most: int, noun: str, content: str, *, least: int = 0) -> None:
        super().__init__(REQUIRED if least else list)
        self.blank: list[Any] = []
        self.table, self.least, self.most, self.noun, self.content = table, least, most, noun, content

    def parse_within(self, value: Any, form: Form, name: str) -> list[Any]:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            count = f"{self.least} to {self.most}" if self.least else f"at most {self.most}"
            raise Refused(f"must be a list of {count} {self.noun}")
        if not all(isinstance(one, dict) for one in value):
            raise Refused(f"must hold objects with {self.content}")
        return [form.read_inner(f"{name}[{index}]", self.table, one) for index, one in enumerate(value)]

    def shape(self) -> Schema:
        least = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": body_schema(self.table), **least, "maxItems": self.most}


class Parsed(Text):
    """Optional text that a function reads on; its ValueError refuses the field with `sentence`."""

    def __init__(self, read: Callable[[str], Any], sentence: str, max_chars: int, doc: Schema | None = None) -> None:
        super().__init__(max_chars, "", doc=doc)
        self.read, self.sentence = read, sentence

    def parse(self, value: Any) -> Any:
        try:
            return self.read(super().parse(value))
        except ValueError:
            raise Refused(self.sentence) from None
