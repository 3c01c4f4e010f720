"""Parse a request once, at the edge: every field by name, every problem collected, nothing guessed."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core import times
from chalicelib.core.errors import BadInput

# Patterns are compiled when they are first asked for: a start that needs none of them pays for none.
# RFC 5321's dot-string (quoted ones are for nobody), with a dot in the domain.
_EMAIL = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_PHONE = r"[0-9+().\-/ x#*]{3,40}"
# U+FFFD too: it stands where bytes were no UTF-8 and a gateway before us replaced them.
_UNPRINTABLE = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff]"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_EVENT_ID = r"[A-Za-z0-9_-]{22}"
_MISSING: Any = object()


def parse_json(raw: bytes) -> dict[str, Any]:
    """One JSON object. Refuses NaN, Infinity, doubled keys, broken UTF-8 and endless nesting."""
    try:
        body = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        known = problem.args[0] if isinstance(problem, _NotStrictJson) else "it cannot be parsed"
        raise BadInput(message=f"The body is not valid JSON: {known}.") from None
    if not isinstance(body, dict):
        raise BadInput(message="The body must be a JSON object.")
    return body


class _NotStrictJson(ValueError):
    pass


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise _NotStrictJson("a field stands in it twice")
    return body


def _refuse_constant(name: str) -> Any:
    raise _NotStrictJson(f"{name} is not a JSON number")


def is_uuid(text: str) -> bool:
    return re.fullmatch(_UUID, text, re.IGNORECASE) is not None


def is_event_id(text: str) -> bool:
    return re.fullmatch(_EVENT_ID, text) is not None


def is_email(text: str) -> bool:
    return len(text) <= 254 and re.fullmatch(_EMAIL, text) is not None


class Fields:
    """Takes fields out of a request body by name; `finish` refuses what is wrong or left over."""

    def __init__(self, body: Mapping[str, Any], prefix: str = "") -> None:
        self._left = dict(body)
        self._prefix = prefix
        self.problems: dict[str, str] = {}

    def refuse(self, name: str, rule: str) -> None:
        self.problems.setdefault(self._prefix + name, rule)

    def finish(self) -> None:
        """Raises BadInput with every problem, unknown fields among them."""
        for name in self._left:
            shown = name if len(name) <= 60 and not re.search(_UNPRINTABLE, name) else "(unprintable name)"
            self.refuse(shown, "is not a known field")
        if self.problems:
            raise BadInput(self.problems)

    def _take(self, name: str, default: Any, kind: type, rule: str) -> Any:
        value = self._left.pop(name, _MISSING)
        if value is _MISSING or (value is None and default is not _MISSING):
            if default is _MISSING:
                self.refuse(name, "is required")
                return None
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(name, rule)
            return None
        return value

    def text(self, name: str, *, max_chars: int, default: str = _MISSING, lines: bool = False) -> str:
        """Trimmed text. `lines` allows line breaks. A required text may not be empty."""
        value = self._take(name, default, str, "must be text")
        if value is None:
            return ""
        value = value.replace("\r\n", "\n").strip()
        if re.search(_UNPRINTABLE, value) or (not lines and ("\n" in value or "\t" in value)):
            self.refuse(name, "must not contain control characters")
        elif len(value) > max_chars:
            self.refuse(name, f"must be at most {max_chars} characters long")
        elif not value and default is _MISSING:
            self.refuse(name, "is required")
        else:
            return str(value)
        return ""

    def secret(self, name: str, *, max_chars: int) -> str:
        """Text taken to the letter: neither trimmed nor echoed."""
        value = self._take(name, _MISSING, str, "must be text")
        if value is None:
            return ""
        if not 0 < len(value) <= max_chars:
            self.refuse(name, f"must have 1 to {max_chars} characters")
        elif any("\ud800" <= char <= "\udfff" for char in value):
            self.refuse(name, "must be text")
        return str(value)

    def whole(self, name: str, *, least: int, most: int, default: Any = _MISSING, rule: str = "") -> Any:
        """A whole number within bounds; with a default of None it may be null."""
        rule = rule or f"must be a whole number from {least} to {most}"
        value = self._take(name, default, int, rule)
        if isinstance(value, int) and not least <= value <= most:
            self.refuse(name, rule)
            return default if default is not _MISSING else least
        return value

    def ids(self, name: str, *, most: int) -> list[str] | None:
        """A list of ids, each once; None if the field is left out."""
        rule = f"must be a list of at most {most} ids"
        value = self._take(name, None, list, rule)
        if value is None:
            return None
        if len(value) > most or not all(isinstance(one, str) and one for one in value):
            self.refuse(name, rule)
            return None
        return list(dict.fromkeys(value))

    def refuse_unknown(self, name: str, given: Collection[str], known: Collection[str]) -> None:
        """Raises BadInput if one of the given ids is not known."""
        if not set(given) <= set(known):
            self.refuse(name, "must name only those of this charter")
        self.finish()

    def required_flag(self, name: str) -> bool:
        return bool(self._take(name, _MISSING, bool, "must be true or false"))

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._take(name, default, bool, "must be true or false")
        return bool(value)

    def choice(self, name: str, options: Collection[str], *, default: str = _MISSING) -> str:
        rule = f"must be one of {', '.join(options)}"
        value = self._take(name, default, str, rule)
        if value is not None and value not in options and value != default:
            self.refuse(name, rule)
        return value or ""

    def instant(self, name: str, *, default: datetime | None = _MISSING) -> Any:
        """A UTC datetime in whole seconds."""
        return self._parsed(
            name, default, times.parse_instant, "must be an RFC 3339 time such as 2026-11-28T13:30:00-08:00"
        )

    def timezone(self, name: str, *, default: str) -> str:
        rule = "must be an IANA time zone such as America/Los_Angeles"
        return self._parsed(name, default, lambda key: times.zone(key).key, rule) or ""

    def currency(self, name: str, *, default: str) -> str:
        value = self._take(name, default, str, "must be an ISO 4217 code such as USD")
        if value is not None and value != default and not re.fullmatch(r"[A-Z]{3}", value):
            self.refuse(name, "must be an ISO 4217 code such as USD")
        return value or default

    def _parsed(self, name: str, default: Any, parse: Callable[[str], Any], rule: str) -> Any:
        value = self._take(name, default, str, rule)
        if not isinstance(value, str):
            return value
        try:
            return parse(value)
        except (ValueError, OverflowError):
            self.refuse(name, rule)
            return None

    def uuid(self, name: str, *, default: str | None = _MISSING) -> Any:
        value = self._take(name, default, str, "must be a UUID")
        if isinstance(value, str) and not is_uuid(value):
            self.refuse(name, "must be a UUID")
        return value.lower() if isinstance(value, str) else value

    def person(self, name: str, *, default: Any = None) -> dict[str, str] | None:
        """A contact {name, email, phone}; its name is required unless a default says otherwise."""
        value = self._take(name, default, dict, "must be an object with name, email and phone")
        return self._contact(name, value, named=default is None) if isinstance(value, dict) else value

    def people(self, name: str, *, most: int) -> list[dict[str, str]]:
        rule = f"must be a list of at most {most} people"
        value = self._take(name, [], list, rule)
        if not isinstance(value, list) or len(value) > most:
            self.refuse(name, rule)
            return []
        if not all(isinstance(one, dict) for one in value):
            self.refuse(name, "must hold objects with name, email and phone")
            return []
        return [self._contact(f"{name}[{place}]", one, named=True) for place, one in enumerate(value)]

    def guests(self, name: str, *, most: int, known: Collection[str]) -> list[dict[str, str]]:
        """Expected guests {guest_id, name, email}; the `guest_id` is one of the known, or empty for a new guest."""
        rule = f"must be a list of at most {most} guests"
        value = self._take(name, [], list, rule)
        if not isinstance(value, list) or len(value) > most:
            self.refuse(name, rule)
            return []
        if not all(isinstance(one, dict) for one in value):
            self.refuse(name, "must hold objects with name and email")
            return []
        guests = [self._guest(f"{name}[{place}]", one, known) for place, one in enumerate(value)]
        ids = [guest["guest_id"] for guest in guests if guest["guest_id"]]
        if len(set(ids)) < len(ids):
            self.refuse(name, "must name each guest_id once")
        return guests

    def _guest(self, name: str, value: dict[str, Any], known: Collection[str]) -> dict[str, str]:
        inner = Fields(value, prefix=f"{self._prefix}{name}.")
        guest = {
            "guest_id": inner.text("guest_id", max_chars=40, default=""),
            "name": inner.text("name", max_chars=100),
            "email": inner.email("email"),
        }
        if guest["guest_id"] and guest["guest_id"] not in known:
            inner.refuse("guest_id", "is none of this charter's guests: leave it out for a new one")
        self._finish_inner(inner)
        return guest

    def _finish_inner(self, inner: "Fields") -> None:
        try:
            inner.finish()
        except BadInput as problem:
            self.problems.update(problem.fields)

    def _contact(self, name: str, value: dict[str, Any], *, named: bool) -> dict[str, str]:
        inner = Fields(value, prefix=f"{self._prefix}{name}.")
        contact = {
            "name": inner.text("name", max_chars=100, default=_MISSING if named else ""),
            "email": inner.email("email"),
            "phone": inner.phone("phone"),
        }
        self._finish_inner(inner)
        return contact

    def email(self, name: str, *, default: str = "") -> str:
        value = self.text(name, max_chars=254, default=default)
        if value and not is_email(value):
            self.refuse(name, "must be an email address")
        return value

    def phone(self, name: str, *, default: str = "") -> str:
        value = self.text(name, max_chars=40, default=default)
        if value and not re.fullmatch(_PHONE, value):
            self.refuse(name, "must be a phone number")
        return value
