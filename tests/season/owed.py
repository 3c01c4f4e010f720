"""Who owes how much for how long: what the page of what is owed should show."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from tests.season.books import add_up, charged, due, entries, total
from tests.season.charters import day_of, today
from tests.season.conftest import Season
from tests.season.devices import OPERATOR, Device, short, words
from tools.local.samples import SampleCharter

# The last day of each age but the last one.
AGES = ((30, "0–30 days"), (60, "31–60 days"), (90, "61–90 days"))  # noqa: RUF001


def owing(charters: Iterable[SampleCharter]) -> list[SampleCharter]:
    """The one that ended longest ago first."""
    return sorted((one for one in charters if due(one) > 0), key=lambda one: one.ends_at.timestamp())


def earlier(charters: Iterable[SampleCharter], day: date, device: Device) -> tuple[str, list[list[str]]]:
    """What the board of this day says of those that ended before it: how many, what they owe, and each of them."""
    those = [one for one in owing(charters) if one.ends_at.date() < day]
    lines = [[one.title, f"{one.patron.name}, {device.day(one.starts_at)}", f"{short(due(one))} owed"] for one in those]
    return f"{len(those)} charters, {short(total(map(due, those)))} owed", lines


def owed_sums(charters: Iterable[SampleCharter], now: datetime) -> list[list[str]]:
    """All that is owed, then by age from the coming charters on; what is empty is left out."""
    found = owing(charters)
    by_age = dict.fromkeys(("Not sailed yet", *(name for _, name in AGES), "Over 90 days"), Decimal(0))
    for charter in found:
        by_age[age_name(charter, now)] += due(charter)
    named = [[name, short(amount)] for name, amount in by_age.items() if amount]
    return [["Owed", short(total(map(due, found)))], *named]


def owed_groups(told: Season, now: datetime, device: Device) -> list[tuple[str, list[list[str]]]]:
    sailed = [one for one in owing(told.charters) if is_over(one, now)]
    ahead = [one for one in owing(told.charters) if not is_over(one, now)]
    ahead.sort(key=lambda one: one.starts_at.timestamp())
    reminded = "reminded today" if day_of(now) == today(told) else "reminded yesterday"
    return [
        ("Sailed, not paid oldest first", [line(one, now, device, reminded) for one in sailed]),
        ("Before the sail next first", [line(one, now, device, reminded) for one in ahead]),
    ]


def line(charter: SampleCharter, now: datetime, device: Device, reminded: str) -> list[str]:
    """`reminded`: what stands at those whose statements were mailed as the season was told."""
    uncleared, paid = add_up(entries([charter])).uncleared, charged(charter) - due(charter)
    return [
        charter.patron.name,
        words(charter.title, "(cancelled)" if charter.cancelled else ""),
        when_text(charter, now, device),
        short(charged(charter)),
        short(paid) if paid else "",
        short(uncleared) if uncleared else "",
        short(due(charter)),
        reminded if charter.statements else "" if charter.patron.email else "no email",
        "",
    ]


def when_text(charter: SampleCharter, now: datetime, device: Device) -> str:
    day = device.day(charter.starts_at)
    if is_over(charter, now):
        return f"{day}, {age_text(age_days(charter, now))}"
    ahead = charter.starts_at.date().toordinal() - day_of(now).toordinal()
    near = {0: "Today", 1: "Tomorrow"}.get(ahead)
    return f"{near}, {device.clock(charter.starts_at)}" if near else day


def is_over(charter: SampleCharter, now: datetime) -> bool:
    return charter.ends_at.timestamp() <= now.timestamp()


def age_days(charter: SampleCharter, now: datetime) -> int:
    """By the calendar on the operator's wall."""
    return day_of(now).toordinal() - charter.ends_at.astimezone(OPERATOR).date().toordinal()


def age_name(charter: SampleCharter, now: datetime) -> str:
    if not is_over(charter, now):
        return "Not sailed yet"
    days = age_days(charter, now)
    return next((name for last, name in AGES if days <= last), "Over 90 days")


def age_text(days: int) -> str:
    return {0: "today", 1: "1 day"}.get(days, f"{days} days")
