"""A person's own page and the captain's manifest, as a browser without scripts uses them."""

import re
import uuid
from html.parser import HTMLParser
from typing import Any

from tests.support.api import Answer, Api

SITE = "https://sail.example.com"


def page_of(person: dict[str, Any]) -> str:
    return str(person["page_url"]).removeprefix(SITE)


def manifest_of(person: dict[str, Any], charter: dict[str, Any]) -> str:
    return f"{page_of(person)}/{charter['event_id']}"


class _Reader(HTMLParser):
    """Texts and forms of a page. Of a form: its name, fields and buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._hidden += tag in ("style", "script")
        if tag == "form":
            self.forms.append({"name": found.get("name", ""), "fields": {}, "buttons": []})
        elif tag == "input" and self.forms and (found.get("type") != "radio" or "checked" in found):
            self.forms[-1]["fields"][found["name"]] = found.get("value", "")
        elif tag == "button" and self.forms:
            self.forms[-1]["buttons"].append((found.get("name", ""), found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", " ".join(_Reader(html).words)).strip()


def forms_of(html: str) -> list[dict[str, Any]]:
    return _Reader(html).forms


def read(guest: Api, path: str) -> str:
    """The text of a page that opens."""
    answer = guest.get(path)
    assert answer.status == 200, answer.text
    return text_of(answer.text)


def tick(guest: Api, path: str, form: str, **fields: str) -> Answer:
    """Posts one form of the manifest, as from a device that says no time unless it is given."""
    sent = {"form": form, "submission_id": str(uuid.uuid4()), "device_time": "", **fields}
    return guest.submit(path, sent)
