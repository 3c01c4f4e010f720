"""Texts of any kind survive the way into a calendar; three parsers read what was written."""

from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.core import text as typed
from chalicelib.core import times
from chalicelib.feeds.service import MOST_EVENTS
from chalicelib.schedule.ical import CalendarEvent, State, make_uid, to_ical
from tests.support.calendars import Seen, read_calendar, read_calendars

TRICKY = [
    "Ana, Bo; Cy\\Dee",
    'a:b="c"',
    "BEGIN:VEVENT",
    "é" * 120,
    "👩\u200d✈️" * 20,
    "אבג 123 (x)",
    "semi; comma, back\\slash",
    "two  blanks",
    "x" * 73 + "é",
]


def event(**changes: object) -> CalendarEvent:
    whole = CalendarEvent(
        uid=make_uid("desk", "one"),
        version=3,
        edited_at="2030-01-02T03:04:05Z",
        starts_at="2030-06-02T00:00:00Z",
        ends_at="2030-06-02T03:00:00Z",
        title="Sunset sail",
        state="CONFIRMED",
    )
    return whole._replace(**changes)  # type: ignore[arg-type]


def seen(one: CalendarEvent) -> Seen:
    return Seen(one.uid, one.starts_at, one.ends_at, one.title, one.state, one.place, one.description, one.version)


def test_a_calendar_is_what_the_standard_says_line_by_line() -> None:
    one = event(place="Pier 39", description="Boat: Petrel\nCaptain: Ana", url="https://sail.example.com/events/x")
    assert to_ical("Bay Sail", [one]).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ship Captain Crew//EN",
        "NAME:Bay Sail",
        "X-WR-CALNAME:Bay Sail",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VEVENT",
        "SUMMARY:Sunset sail",
        "DTSTART:20300602T000000Z",
        "DTEND:20300602T030000Z",
        "DTSTAMP:20300102T030405Z",
        f"UID:{one.uid}",
        "SEQUENCE:3",
        r"DESCRIPTION:Boat: Petrel\nCaptain: Ana",
        "LOCATION:Pier 39",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "URL:https://sail.example.com/events/x",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_three_parsers_read_every_tricky_text_as_it_was_typed() -> None:
    texts, expected = [], []
    for text in TRICKY:
        one = event(title=text, place=text, description=f"{text}\n{text}")
        texts.append(to_ical(text, [one]))
        expected.append((text, [seen(one)]))
    assert read_calendars(texts) == expected


def test_a_calendar_without_events_is_read_too() -> None:
    assert read_calendar(to_ical("Petrel", [])) == ("Petrel", [])


def test_as_many_events_as_are_shown_fit_into_one_answer_of_lambda() -> None:
    described = event(title="x" * 120, place="Sausalito", description="y" * 120, url=f"https://{'z' * 60}")
    assert len(to_ical("Bay Sail", [described] * MOST_EVENTS).encode()) < 5_000_000


# Without a backslash before an n: `ics` takes that for the end of a line.
ONE_LINE = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\u2028\u2029\ufffd"), min_size=1
).map(lambda one: " ".join(one.replace("\\", "/").split()) or "x")
INSTANTS = st.integers(0, 7_000_000_000).map(lambda s: times.add_minutes("1971-01-01T00:00:00Z", s // 60))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.builds(
            lambda title, place, lines, start, minutes, state, version: event(
                uid=make_uid(title, start, str(version)),
                title=title,
                place=place,
                description="\n".join(lines),
                starts_at=start,
                ends_at=times.add_minutes(start, minutes),
                state=state,
                version=version,
            ),
            ONE_LINE,
            ONE_LINE,
            st.lists(ONE_LINE, max_size=3),
            INSTANTS,
            st.integers(1, 100_000),
            st.sampled_from(get_args(State)),
            st.integers(1, 10_000),
        ),
        max_size=20,
        unique_by=lambda one: one.uid,
    )
)
def test_whatever_is_typed_is_read_by_all(events: list[CalendarEvent]) -> None:
    assert not any(typed.has_any(typed.UNPRINTABLE_LINE, one.title) for one in events)
    assert read_calendar(to_ical("Bay Sail", events)) == ("Bay Sail", [seen(one) for one in events])
