import importlib.resources
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.core import times
from tests.support.running import ROOT

LORD_HOWE = "Lord Howe Island time"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-28T13:30:00Z", "2026-11-28T13:30:00Z"),
        ("2026-11-28t13:30:00z", "2026-11-28T13:30:00Z"),
        ("2026-11-28 13:30:00Z", "2026-11-28T13:30:00Z"),
        ("2026-11-28T13:30:00-08:00", "2026-11-28T21:30:00Z"),
        ("2026-11-28T13:30:00+05:45", "2026-11-28T07:45:00Z"),
        ("2026-11-28T13:30:00+00:00", "2026-11-28T13:30:00Z"),
        ("2026-11-28T13:30:00-00:00", "2026-11-28T13:30:00Z"),
        ("2026-12-31T20:00:00-12:00", "2027-01-01T08:00:00Z"),
        ("2026-01-01T08:00:00+14:00", "2025-12-31T18:00:00Z"),
        ("2026-11-28T13:30:00.9Z", "2026-11-28T13:30:00Z"),
        ("2026-11-28T13:30:00.123456789+01:00", "2026-11-28T12:30:00Z"),
        ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
    ],
)
def test_an_instant_with_any_offset_comes_back_in_utc_and_whole_seconds(text: str, utc: str) -> None:
    instant = times.parse_instant(text)
    assert times.format_instant(instant) == utc
    assert instant.tzinfo is UTC
    assert instant.microsecond == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-28",
        "2026-11-28T13:30:00",
        "2026-11-28T13:30Z",
        "2026-11-28T13:30:00Zjunk",
        " 2026-11-28T13:30:00Z",
        "2026-11-28T13:30:00Z\n",
        "2026-11-28T13:30:00.Z",
        "2026-11-28T13:30:00.1234567890Z",
        "2026-11-28T13:30:00+0800",
        "2026-11-28T13:30:00+08",
        "2026-11-28T13:30:00+24:00",
        "2026-11-28T13:30:00+99:99",
        "2026-11-28T24:30:00Z",
        "2026-11-28T13:60:00Z",
        "2026-11-28T13:30:60Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        # Of another year in UTC: it could not be read back.
        "1970-01-01T00:00:00+14:00",
        "2199-12-31T23:59:59-14:00",
        "20261128T133000Z",
        "2026-W48-6T13:30:00Z",
        "٢٠٢٦-11-28T13:30:00Z",
        "1764336600",
    ],
)
def test_anything_else_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).*"):
        times.parse_instant(text)


def test_text_of_instants_sorts_as_time() -> None:
    instants = [
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 10, 2, tzinfo=UTC),
    ]
    texts = [times.format_instant(instant) for instant in instants]
    assert texts == sorted(texts)
    assert {len(text) for text in texts} == {20}


@pytest.mark.parametrize(
    ("day", "timezone", "start", "hours"),
    [
        # Spring forward and fall back in Los Angeles: days of 23 and 25 hours.
        ("2026-03-07", "America/Los_Angeles", "2026-03-07T08:00:00Z", 24),
        ("2026-03-08", "America/Los_Angeles", "2026-03-08T08:00:00Z", 23),
        ("2026-03-09", "America/Los_Angeles", "2026-03-09T07:00:00Z", 24),
        ("2026-11-01", "America/Los_Angeles", "2026-11-01T07:00:00Z", 25),
        ("2026-11-02", "America/Los_Angeles", "2026-11-02T08:00:00Z", 24),
        # Lord Howe moves its clocks by half an hour.
        ("2026-04-04", "Australia/Lord_Howe", "2026-04-03T13:00:00Z", 24),
        ("2026-04-05", "Australia/Lord_Howe", "2026-04-04T13:00:00Z", 24.5),
        ("2026-04-06", "Australia/Lord_Howe", "2026-04-05T13:30:00Z", 24),
        ("2026-10-04", "Australia/Lord_Howe", "2026-10-03T13:30:00Z", 23.5),
        # Santiago skips midnight itself: its day begins at 01:00.
        ("2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z", 23),
        # Havana had midnight twice: its day began with the first.
        ("2025-11-02", "America/Havana", "2025-11-02T04:00:00Z", 25),
    ],
)
def test_a_day_starts_at_local_midnight_and_lasts_as_long_as_local_clocks_show(
    day: str, timezone: str, start: str, hours: float
) -> None:
    first, end = times.parse_bound(day, timezone), times.parse_bound(day, timezone, end=True)
    assert times.format_instant(first) == start
    assert (end - first).total_seconds() == hours * 3600


def test_a_bound_may_be_an_instant_and_then_its_end_is_that_instant() -> None:
    for end in (False, True):
        bound = times.parse_bound("2026-11-28T13:30:00-08:00", "Asia/Tokyo", end=end)
        assert times.format_instant(bound) == "2026-11-28T21:30:00Z"


@pytest.mark.parametrize("text", ["2026-02-30", "9999-12-31", "0001-01-01", "1969-12-31", "2026-1-1", "tomorrow", ""])
def test_a_bound_that_is_no_day_or_of_an_implausible_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).*"):
        times.parse_bound(text, "America/Los_Angeles")


@pytest.mark.parametrize(
    ("instant", "timezone", "day", "clock"),
    [
        ("2026-11-28T21:30:00Z", "America/Los_Angeles", "Saturday, November 28, 2026", "1:30 PM PST"),
        ("2026-11-29T07:59:59Z", "America/Los_Angeles", "Saturday, November 28, 2026", "11:59 PM PST"),
        ("2026-11-29T08:00:00Z", "America/Los_Angeles", "Sunday, November 29, 2026", "12:00 AM PST"),
        ("2026-07-04T19:05:00Z", "America/Los_Angeles", "Saturday, July 4, 2026", "12:05 PM PDT"),
        # The hour before and after each change, and the hour that comes twice.
        ("2026-03-08T09:59:00Z", "America/Los_Angeles", "Sunday, March 8, 2026", "1:59 AM PST"),
        ("2026-03-08T10:00:00Z", "America/Los_Angeles", "Sunday, March 8, 2026", "3:00 AM PDT"),
        ("2026-11-01T08:30:00Z", "America/Los_Angeles", "Sunday, November 1, 2026", "1:30 AM PDT"),
        ("2026-11-01T09:30:00Z", "America/Los_Angeles", "Sunday, November 1, 2026", "1:30 AM PST"),
        (
            "2026-04-04T14:45:00Z",
            "Australia/Lord_Howe",
            "Sunday, April 5, 2026",
            "1:45 AM Lord Howe Island time (UTC+11)",
        ),
        (
            "2026-04-04T15:15:00Z",
            "Australia/Lord_Howe",
            "Sunday, April 5, 2026",
            "1:45 AM Lord Howe Island time (UTC+10:30)",
        ),
    ],
)
def test_a_time_is_written_in_local_time(instant: str, timezone: str, day: str, clock: str) -> None:
    assert times.spell_day(instant, timezone) == day
    assert times.spell_clock(instant, timezone) == clock


@pytest.mark.parametrize(
    ("timezone", "english", "spanish"),
    [
        ("Europe/Istanbul", "11:05 PM Istanbul time (UTC+3)", "11:05 p. m. hora de Estambul (UTC+3)"),
        ("America/Sao_Paulo", "5:05 PM São Paulo time (UTC-3)", "5:05 p. m. hora de São Paulo (UTC-3)"),
        ("Asia/Kathmandu", "1:50 AM Kathmandu time (UTC+5:45)", "1:50 a. m. hora de Katmandú (UTC+5:45)"),
        ("Pacific/Marquesas", "10:35 AM Marquesas Islands time (UTC-9:30)", "10:35 a. m. hora de Marquesas (UTC-9:30)"),
        ("Atlantic/Azores", "8:05 PM Azores time (UTC)", "8:05 p. m. hora de Azores (UTC)"),
        ("Turkey", "11:05 PM Turkey time (UTC+3)", "11:05 p. m. hora de Turquía (UTC+3)"),
        ("Brazil/East", "5:05 PM São Paulo time (UTC-3)", "5:05 p. m. hora de São Paulo (UTC-3)"),
        ("Etc/GMT+8", "12:05 PM UTC-8", "12:05 p. m. UTC-8"),
        ("UTC", "8:05 PM UTC", "8:05 p. m. UTC"),
        ("America/St_Johns", "5:35 PM NDT", "5:35 p. m. NDT"),
    ],
)
def test_a_zone_without_letters_is_written_in_words_that_a_guest_knows(
    timezone: str, english: str, spanish: str
) -> None:
    assert times.spell_clock("2026-07-04T20:05:00Z", timezone) == english
    assert times.spell_clock("2026-07-04T20:05:00Z", timezone, "es") == spanish


ZONES = importlib.resources.files("tzdata").joinpath("zones").read_text().split()
# Every season and year, and each hour around the changes of clocks in America, Europe, Chile, Lord Howe and Troll.
INSTANTS = [
    *(datetime(year, month, 15, 12, tzinfo=UTC) for year in range(1970, 2038, 6) for month in (1, 4, 7, 10)),
    *(
        datetime(2026, month, day, hour, 30, tzinfo=UTC)
        for month, day in ((3, 8), (3, 29), (4, 4), (4, 5), (9, 6), (10, 3), (10, 4), (10, 25), (11, 1))
        for hour in range(24)
    ),
]
OFFSETS_ONLY = ("Factory", "UCT", "UTC", "Universal", "Zulu")
OFFSET = r"UTC(?P<offset>[+-]\d{1,2}(?::\d\d)?)?"
CLOCK = re.compile(
    r"(?P<hour>1?\d):(?P<minute>\d\d) (?P<half>[AaPp])(?:M|\. m\.) "
    rf"(?:(?P<letters>(?!UTC$)[A-Z][A-Za-z]{{2,4}})|(?P<words>[^()]+ )?\(?{OFFSET}\)?)"
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_clock_in_any_zone_has_letters_or_a_place_and_an_offset_that_lead_back_to_the_instant(language: str) -> None:
    assert len(ZONES) > 590
    for zone in ZONES:
        for instant in INSTANTS:
            text = times.spell_clock(times.format_instant(instant), zone, language)
            match = CLOCK.fullmatch(text)
            assert match, f"{zone}: {text}"
            if match["letters"]:
                continue
            words = {"en": r"(.+) time ", "es": r"hora de (.+) "}[language]
            place = match["words"] and re.fullmatch(words, match["words"])[1]
            assert place or zone.startswith("Etc/") or zone in OFFSETS_ONLY, f"{zone}: {text}"
            # No key of a database: no underscore, no two words in one, no part of the world.
            assert not place or not re.search(r"[_/]|[a-z][A-Z]|[A-Z]{2}|UTC|GMT", place), f"{zone}: {text}"
            hours, _, minutes = (match["offset"] or "+0").partition(":")
            ahead = timedelta(hours=abs(int(hours)), minutes=int(minutes or 0))
            local = instant - ahead if hours.startswith("-") else instant + ahead
            half = 12 if match["half"] in "Pp" else 0
            assert (local.hour, local.minute) == (int(match["hour"]) % 12 + half, int(match["minute"])), (
                f"{zone}: {text}"
            )


def test_the_words_for_places_are_of_zones_that_there_are() -> None:
    places = json.loads((importlib.resources.files("chalicelib.core") / "data" / "zone-places.json").read_text("utf-8"))
    assert set(places) == {"en", "es"}
    for spoken in places.values():
        assert spoken.keys() <= set(ZONES)
        assert list(spoken) == sorted(spoken)


@pytest.mark.parametrize(
    "name", ["America/Los_Angeles", "Australia/Lord_Howe", "Etc/GMT+8", "UTC", "America/Port-au-Prince"]
)
def test_an_iana_name_is_a_time_zone(name: str) -> None:
    assert times.zone(name).key == name


@pytest.mark.parametrize(
    "name",
    ["", "PDT7", "America", "america/nowhere", "../etc/passwd", "/etc/localtime", "America/../UTC", "UTC\n", "Ü", "\0"],
)
def test_anything_else_is_no_time_zone(name: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).*"):
        times.zone(name)


def test_the_pinned_zone_data_win_over_the_systems(tmp_path: Path) -> None:
    """On a system where Havana keeps Tokyo's time."""
    tokyo = importlib.resources.files("tzdata.zoneinfo.Asia").joinpath("Tokyo").read_bytes()
    (tmp_path / "America").mkdir()
    (tmp_path / "America/Havana").write_bytes(tokyo)
    script = (
        "from chalicelib.core import times; "
        "print(times.format_instant(times.parse_bound('2026-11-01', 'America/Havana')))"
    )
    environment = os.environ | {"PYTHONTZPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout == "2026-11-01T04:00:00Z\n"


@pytest.mark.parametrize(("text", "born"), [("1900-01-01", date(1900, 1, 1)), ("2012-02-29", date(2012, 2, 29))])
def test_a_birth_date_is_a_calendar_day(text: str, born: date) -> None:
    assert times.parse_birth_date(text) == born


@pytest.mark.parametrize("text", ["1899-12-31", "2013-02-29", "31.05.1984", "1984-05-31T00:00:00Z", "1984-5-31", ""])
def test_a_day_on_which_no_living_person_was_born_is_no_birth_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).*"):
        times.parse_birth_date(text)


def test_an_instant_with_its_zone_is_written_as_rfc_9557_has_it() -> None:
    instant = times.parse_instant("2026-11-28T21:06:07Z")
    assert times.format_zoned(instant, "America/Los_Angeles") == "2026-11-28T13:06:07-08:00[America/Los_Angeles]"
    assert times.format_zoned(instant, "UTC") == "2026-11-28T21:06:07+00:00[UTC]"
