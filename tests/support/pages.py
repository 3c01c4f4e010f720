"""Pages as a browser reads them: a form's fields, every element with its attributes."""

from html.parser import HTMLParser
from typing import Any


class Form(HTMLParser):
    """The fields of a page's form with their values; ticked boxes only."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.invalid: set[str] = set()
        self.options: dict[str, list[str]] = {}
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("input", "select") and (name := found.get("name")):
            self._select = name if tag == "select" else self._select
            if found.get("aria-invalid") == "true":
                self.invalid.add(name)
            if found.get("type") != "checkbox" or "checked" in found:
                self.fields.append((name, found.get("value") or ""))
        elif tag == "option" and self._select:
            self.options.setdefault(self._select, []).append(found.get("value") or "")
            if "selected" in found:
                self.fields = [field for field in self.fields if field[0] != self._select]
                self.fields.append((self._select, found.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in self.fields:
            values.setdefault(name, []).append(value)
        return values


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def page(event: dict[str, Any]) -> str:
    return f"/g/{event['event_id']}/waiver"


def signature(guest: Any, event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What a browser would post after the page was opened and filled in."""
    form = Form(guest.get(page(event)).text).values()
    form |= {"signer_name": "Bo Sailor", "esign_consent": "yes", "intent": "yes", "signature_typed": "Bo Sailor"}
    return {**form, **changes}


MINORS = {
    "minor_name": ["Kim Sailor", "Lee Sailor"],
    "minor_birth_date": ["2020-05-01", "2022-06-01"],
    "guardian_relationship": "parent",
    "authority_attestation": "yes",
}


def drawing(chars: int) -> str:
    """A drawn signature of so many characters, as a browser sends it."""
    points = ["[1,2,3]"] * ((chars - 4) // 8)
    rest = chars - 4 - (8 * len(points) - 1)
    # The last point's time takes what is left.
    points[-1] = f"[1,2,{'3' * (1 + rest)}]"
    return f"[[{','.join(points)}]]"
