"""Instants as RFC 3339 text in UTC, whole seconds, ending in `Z`: fixed width, so text sorts as time."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, reset_tzpath

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = r"\d{4}-\d\d-\d\d"
_DAYS_ES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS_ES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
# What a device's clock may be off before its time is not believed.
CLOCK_OFF = timedelta(minutes=5)
EARLIEST_YEAR, LATEST_YEAR = 1970, 2199


def format_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add_minutes(instant: str, minutes: int) -> str:
    return format_instant(parse_instant(instant) + timedelta(minutes=minutes))


def format_zoned(instant: datetime, timezone: str) -> str:
    """`2026-11-28T13:06:07-08:00[America/Los_Angeles]`, as RFC 9557 writes it."""
    return f"{instant.astimezone(zone(timezone)).isoformat(timespec='seconds')}[{timezone}]"


def parse_instant(text: str) -> datetime:
    """An RFC 3339 date-time with any offset, as UTC in whole seconds. ValueError if it is none."""
    match = _INSTANT.fullmatch(text)
    if not match:
        raise ValueError(text)
    day, clock, offset = match.groups()
    instant = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset in 'Zz' else offset}")
    # It is stored in UTC, where its year may be another one.
    if not (_has_plausible_year(instant) and _has_plausible_year(instant.astimezone(UTC))):
        raise ValueError(text)
    return instant.astimezone(UTC)


def _has_plausible_year(day: date) -> bool:
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR


def parse_day(text: str) -> date:
    """A calendar day as `YYYY-MM-DD`. ValueError if it is none."""
    if not re.fullmatch(_DAY, text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_plausible_day(text: str) -> date:
    """A calendar day of the years that instants may have. ValueError if it is none."""
    day = parse_day(text)
    if not _has_plausible_year(day):
        raise ValueError(text)
    return day


def parse_birth_date(text: str) -> date:
    """A day that a living person can be born on. ValueError if it is none."""
    born = parse_day(text)
    if not 1900 <= born.year <= LATEST_YEAR:
        raise ValueError(text)
    return born


def parse_bound(text: str, timezone: str, *, end: bool = False) -> datetime:
    """A range's bound: an instant, or a day in `timezone` (its start, or with `end` the next day's)."""
    if not re.fullmatch(_DAY, text, re.ASCII):
        return parse_instant(text)
    day = parse_plausible_day(text)
    return start_of_day(day + timedelta(days=1) if end else day, timezone)


def day_of(instant: datetime, timezone: str) -> date:
    return instant.astimezone(zone(timezone)).date()


def start_of_day(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time.min, zone(timezone)).astimezone(UTC)


def local(instant: str, timezone: str) -> datetime:
    return parse_instant(instant).astimezone(zone(timezone))


def spell_day(instant: str, timezone: str, language: str = "en") -> str:
    """`Saturday, November 28, 2026` in local time; in Spanish `sábado, 28 de noviembre de 2026`."""
    return spell_date(local(instant, timezone).date(), language)


def spell_date(then: date, language: str = "en") -> str:
    """The same of a calendar day."""
    if language == "es":
        return f"{_DAYS_ES[then.weekday()]}, {then.day} de {_MONTHS_ES[then.month - 1]} de {then.year}"
    return f"{then:%A}, {then:%B} {then.day}, {then.year}"


def spell_clock(instant: str, timezone: str, language: str = "en") -> str:
    """`1:30 PM PST` in local time; in Spanish `1:30 p. m. PST`."""
    then = local(instant, timezone)
    return f"{_spell_time(then, language)} {_spell_zone(then, timezone, language)}"


def spell_moment(instant: str, timezone: str) -> str:
    """`Sat, Nov 28, 1:30 PM PST` in local time."""
    return f"{spell_short_day(local(instant, timezone).date())}, {spell_clock(instant, timezone)}"


def spell_period(starts_at: str, ends_at: str, timezone: str) -> str:
    """`Sat, Nov 28, 10:00 AM to 1:30 PM PST` in local time; where the day or the clock changes, both are told."""
    begins, ends = local(starts_at, timezone), local(ends_at, timezone)
    if (begins.date(), begins.utcoffset()) != (ends.date(), ends.utcoffset()):
        return f"{spell_moment(starts_at, timezone)} to {spell_moment(ends_at, timezone)}"
    return f"{spell_short_day(begins.date())}, {_spell_time(begins, 'en')} to {spell_clock(ends_at, timezone)}"


def spell_short_day(day: date) -> str:
    """`Sat, Nov 28`."""
    return f"{day:%a}, {day:%b} {day.day}"


def _spell_time(then: datetime, language: str) -> str:
    halves = ("a. m.", "p. m.") if language == "es" else ("AM", "PM")
    return f"{then.hour % 12 or 12}:{then:%M} {halves[then.hour >= 12]}"


def _spell_zone(then: datetime, timezone: str, language: str) -> str:
    """`PST`, as people there write it. Many zones have no letters of their own: `Istanbul time (UTC+3)`."""
    letters = str(then.tzname())
    if letters.isalpha():
        return letters
    offset, place = _spell_offset(then), _spell_place(timezone, language)
    if not place:
        return offset
    return f"hora de {place} ({offset})" if language == "es" else f"{place} time ({offset})"


def _spell_offset(then: datetime) -> str:
    """`UTC+3`, `UTC-9:30`, `UTC`."""
    minutes = round((then.utcoffset() or timedelta()).total_seconds() / 60)
    hours, minutes_left = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" + (f":{minutes_left:02}" if minutes_left else "") if minutes else "")


def _spell_place(timezone: str, language: str) -> str:
    """The place that names a zone; empty for a zone that is nothing but an offset."""
    if timezone.startswith("Etc/") or timezone == "Factory":
        return ""
    return _places()[language].get(timezone) or timezone.rpartition("/")[2].replace("_", " ")


@cache
def _places() -> Mapping[str, Mapping[str, str]]:
    """Places that the zone's key does not spell as people do, by language and key: CLDR's exemplar cities.

    Zones that go by letters are left out.
    """
    places: Mapping[str, Mapping[str, str]] = json.loads(
        (files("chalicelib.core") / "data" / "zone-places.json").read_text("utf-8")
    )
    return places


def spell_ago(instant: str, now: datetime) -> str:
    """`just now`, `4 minutes ago`, `2 hours ago`, `3 days ago`."""
    span = spell_span(now - parse_instant(instant))
    return f"{span} ago" if span else "just now"


def spell_span(span: timedelta) -> str:
    """`4 minutes`, `2 hours`, `3 days`; empty for less than a minute."""
    minutes = int(span.total_seconds()) // 60
    for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        count = minutes // length
        if count > 0:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return ""


def spell_hours(span: timedelta) -> str:
    """`13 hours`, `13 hours 30 minutes`."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    spelled = f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{spelled} {minutes} minute{'' if minutes == 1 else 's'}" if minutes else spelled


@cache
def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name. ValueError if there is none."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", name, re.ASCII):
        raise ValueError(name)
    # The pinned zone data, here as on Lambda; the system's own would win over them.
    reset_tzpath(())
    try:
        return ZoneInfo(name)
    except (LookupError, OSError) as problem:
        raise ValueError(name) from problem
