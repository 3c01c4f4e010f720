"""Who owes how much for how long: what the page of what is owed should show."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from tests.season.books import add_up, charged, due, entries, total
from tests.season.devices import OPERATOR, Device, short, words
from tools.local.samples import SampleCharter

# The last day of each age but the last one.
AGES = ((30, "0–30 days"), (60, "31–60 days"), (90, "61–90 days"))  # noqa: RUF001


def owed_sums(charters: Iterable[SampleCharter], now: datetime) -> list[list[str]]:
    """All that is owed, then by age from the coming charters on; what is empty is left out."""
    owing = [charter for charter in charters if due(charter) > 0]
    by_age = dict.fromkeys(("Not sailed yet", *(name for _, name in AGES), "Over 90 days"), Decimal(0))
    for charter in owing:
        by_age[age_name(charter, now)] += due(charter)
    named = [[name, short(amount)] for name, amount in by_age.items() if amount]
    return [["Owed", short(total(map(due, owing)))], *named]


def owed_groups(charters: Iterable[SampleCharter], now: datetime, device: Device) -> list[tuple[str, list[list[str]]]]:
    owing = [charter for charter in charters if due(charter) > 0]
    sailed = sorted((one for one in owing if is_over(one, now)), key=lambda one: one.ends_at.timestamp())
    ahead = sorted((one for one in owing if not is_over(one, now)), key=lambda one: one.starts_at.timestamp())
    return [
        ("Sailed, not paid oldest first", [line(one, now, device) for one in sailed]),
        ("Before the sail next first", [line(one, now, device) for one in ahead]),
    ]


def line(charter: SampleCharter, now: datetime, device: Device) -> list[str]:
    uncleared = add_up(entries([charter])).uncleared
    day = device.day(charter.starts_at)
    return [
        charter.patron.name,
        words(charter.title, "(cancelled)" if charter.cancelled else ""),
        f"{day}, {age_text(age_days(charter, now))}" if is_over(charter, now) else day,
        short(charged(charter)),
        short(uncleared) if uncleared else "",
        short(due(charter)),
        "",
    ]


def is_over(charter: SampleCharter, now: datetime) -> bool:
    return charter.ends_at.timestamp() <= now.timestamp()


def age_days(charter: SampleCharter, now: datetime) -> int:
    """By the calendar on the operator's wall."""
    return now.astimezone(OPERATOR).date().toordinal() - charter.ends_at.astimezone(OPERATOR).date().toordinal()


def age_name(charter: SampleCharter, now: datetime) -> str:
    if not is_over(charter, now):
        return "Not sailed yet"
    days = age_days(charter, now)
    return next((name for last, name in AGES if days <= last), "Over 90 days")


def age_text(days: int) -> str:
    return {0: "today", 1: "1 day"}.get(days, f"{days} days")
