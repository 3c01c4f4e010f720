"""What every list takes: a page size, bounds in time, an opaque cursor."""

import base64
from datetime import datetime

from chalicelib.core import times
from chalicelib.core.fields import Refused, Rule, Text
from chalicelib.core.schemas import Schema
from chalicelib.core.settings import settings

PAGE, MAX_PAGE = 50, 100


class Limit(Text):
    def __init__(self) -> None:
        super().__init__(5, PAGE)
        self.blank = PAGE  # type: ignore[assignment]

    def parse(self, value: object) -> int:  # type: ignore[override]
        text = super().parse(value)
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PAGE):
            raise Refused(f"must be a whole number from 1 to {MAX_PAGE}")
        return int(text)

    def shape(self) -> Schema:
        return {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE}


class Bound(Rule):
    """A bound of a range: an instant, or a day of the operator's; as the `end`, a day counts whole. Empty is none."""

    def __init__(self, *, end: bool = False) -> None:
        super().__init__(None)
        self.end = end

    def parse(self, value: object) -> datetime | None:
        text = Text(40, "").parse(value)
        try:
            return times.parse_bound(text, settings().timezone, end=self.end) if text else None
        except (ValueError, OverflowError):
            raise Refused("must be a date such as 2026-11-28 or an RFC 3339 time") from None

    def shape(self) -> Schema:
        return {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
            "description": "A day in the operator's time zone or an RFC 3339 time, of the years 1970 to 2199.",
        }


class Cursor(Text):
    """The sort key to go on from, or the empty text. Another list's cursor is refused."""

    def __init__(self, list_name: str) -> None:
        super().__init__(200, "", doc={"description": "The `next_cursor` of the page before."})
        self.list_name = list_name

    def parse(self, value: object) -> str:
        text = super().parse(value)
        if not text:
            return ""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
            list_name, _, key = raw.partition(":")
            times.parse_instant(key.partition("#")[0])
            if list_name == self.list_name and key.endswith("~") and key.isprintable():
                return key
        except ValueError:
            pass
        raise Refused("is not one that this list gave out")


def page_rules(list_name: str) -> dict[str, Rule]:
    return {"limit": Limit(), "cursor": Cursor(list_name)}


def make_cursor(list_name: str, key: str) -> str:
    """An opaque position in a list: just behind the given sort key."""
    return base64.urlsafe_b64encode(f"{list_name}:{key}~".encode()).decode().rstrip("=")
