"""What every list takes: a page size, bounds in time, an opaque cursor."""

import base64
from datetime import datetime

from chalicelib.core import times
from chalicelib.core.fields import Fields

PAGE, MAX_PAGE = 50, 100


def take_limit(form: Fields) -> int:
    text = form.text("limit", max_chars=5, default=str(PAGE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PAGE):
        form.refuse("limit", f"must be a whole number from 1 to {MAX_PAGE}")
        return PAGE
    return int(text)


def take_bound(form: Fields, name: str, timezone: str, *, end: bool = False) -> datetime | None:
    """A bound of a range: an instant or a day in `timezone`; as the `end`, a day counts whole."""
    text = form.text(name, max_chars=40, default="")
    if not text:
        return None
    try:
        return times.parse_bound(text, timezone, end=end)
    except (ValueError, OverflowError):
        form.refuse(name, "must be a date such as 2026-11-28 or an RFC 3339 time")
        return None


def make_cursor(list_name: str, key: str) -> str:
    """An opaque place in a list: just behind the given sort key."""
    return base64.urlsafe_b64encode(f"{list_name}:{key}~".encode()).decode().rstrip("=")


def take_cursor(form: Fields, list_name: str) -> str:
    """The sort key to go on from, or the empty text. Another list's cursor is refused."""
    text = form.text("cursor", max_chars=200, default="")
    if not text:
        return ""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
        name, _, key = raw.partition(":")
        times.parse_instant(key.partition("#")[0])
        if name == list_name and key.endswith("~") and key.isprintable():
            return key
    except ValueError:
        pass
    form.refuse("cursor", "is not one that this list gave out")
    return ""
