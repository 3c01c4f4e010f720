"""Calendars as three programs read them that share nothing with each other or with what wrote the text."""

import base64
import json
import os
import subprocess
from collections.abc import Sequence
from datetime import UTC
from typing import Any, NamedTuple

import ics
import vobject

from chalicelib.core import times
from tests.support.running import ROOT


class Seen(NamedTuple):
    uid: str
    starts_at: str
    ends_at: str
    title: str
    state: str
    place: str
    description: str
    version: int


class SeenCalendar(NamedTuple):
    name: str
    events: list[Seen]


def read_calendar(text: str) -> SeenCalendar:
    """What all three read; they must agree."""
    return read_calendars([text])[0]


def read_calendars(texts: Sequence[str]) -> list[SeenCalendar]:
    read = list(map(_by_vobject, texts))
    for text, seen, events in zip(texts, read, _by_ical_js(texts), strict=True):
        lines = text.split("\r\n")
        assert lines[-1] == ""
        assert max(len(line.encode()) for line in lines) <= 75
        assert events == seen.events
        # It keeps events as a set.
        assert _by_ics(text) == sorted(seen.events)
    return read


def _by_ical_js(texts: Sequence[str]) -> list[list[Seen]]:
    done = subprocess.run(
        ["node", ROOT / "tests/support/read_calendars.mjs"],
        input="\n".join(base64.b64encode(text.encode()).decode() for text in texts),
        env=os.environ | {"PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
        text=True,
    )
    return [[Seen(*event) for event in json.loads(line)] for line in done.stdout.splitlines()]


def _by_vobject(text: str) -> SeenCalendar:
    calendar: Any = vobject.readOne(text)

    def seen(event: Any) -> Seen:
        def value(name: str) -> Any:
            return event.contents[name][0].value if name in event.contents else ""

        first, last = (times.format_instant(value(name)) for name in ("dtstart", "dtend"))
        texts = (value(name) for name in ("summary", "status", "location", "description"))
        return Seen(value("uid"), first, last, *texts, int(value("sequence")))

    return SeenCalendar(calendar.contents["name"][0].value, [seen(one) for one in calendar.contents.get("vevent", [])])


def _by_ics(text: str) -> list[Seen]:
    def seen(event: Any) -> Seen:
        first, last = (times.format_instant(one.datetime.astimezone(UTC)) for one in (event.begin, event.end))
        version = next(int(line.value) for line in event.extra if line.name == "SEQUENCE")
        texts = (event.name, event.status, event.location, event.description)
        return Seen(event.uid, first, last, *(one or "" for one in texts), version)

    return sorted(map(seen, ics.Calendar(text).events))
