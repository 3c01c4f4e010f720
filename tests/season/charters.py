"""What the board and a charter's own page should say of a charter, in the words of the product."""

from datetime import date, datetime, timedelta
from itertools import groupby

from tests.season.books import add_up, charged, due, entries
from tests.season.conftest import Season
from tests.season.crew import captain_name, contact, crew_names
from tests.season.devices import OPERATOR, Device, short, words
from tools.local.fleet import Person
from tools.local.samples import SampleCharter


def today(told: Season) -> date:
    """The day on which the season was told."""
    return day_of(told.now)


def day_of(at: datetime) -> date:
    """By the operator's calendar."""
    return at.astimezone(OPERATOR).date()


def signed(charter: SampleCharter) -> int:
    """People, not forms: a minor is one more, who signed twice is one."""
    minors = sum(len(form.get("minor_name", [])) for form in charter.signers.values())
    return len(charter.signers) + minors - bool(charter.set_aside)


def missing(charter: SampleCharter) -> list[Person]:
    """The listed guests who have not signed; of two with one name the first one has."""
    names = list(charter.signers)
    found = []
    for guest in charter.guests:
        if guest.name in names:
            names.remove(guest.name)
        else:
            found.append(guest)
    return found


def waivers_text(charter: SampleCharter) -> str:
    return f"{signed(charter)} of {charter.party_size} signed"


def guests_text(charter: SampleCharter) -> str:
    return "1 guest" if charter.party_size == 1 else f"{charter.party_size} guests"


def money_text(charter: SampleCharter, now: datetime) -> str:
    """What is due above all, then what is to clear, then what was paid of it."""
    verdict, left, uncleared = money_verdict(charter, now), due(charter), add_up(entries([charter])).uncleared
    first = f"{due_word(charter, now)} {short(left)}" if left > 0 and not charter.cancelled else verdict
    remark = f"{short(uncleared)} to clear" if uncleared else ""
    return words(first, remark, verdict if verdict != first else "")


def money_verdict(charter: SampleCharter, now: datetime) -> str:
    books, fee, left = add_up(entries([charter])), charged(charter), due(charter)
    word = due_word(charter, now)
    if charter.cancelled:
        return f"To refund {short(-left)}" if left < 0 else f"{word} {short(left)}" if left else "Nothing due"
    if not fee:
        return f"Paid {short(books.net)}" if books.net else "No fee set"
    if left <= 0:
        return f"Overpaid {short(-left)}" if left else "Paid"
    if left == fee:
        return f"{word} {short(fee)}"
    only_deposits = books.received == books.by_kind.get("deposit")
    return f"{'Deposit' if only_deposits else 'Part paid'} {short(books.net)} of {short(fee)}"


def due_word(charter: SampleCharter, now: datetime) -> str:
    return "Owed" if charter.ends_at < now else "Due"


def state(charter: SampleCharter, now: datetime) -> str:
    """Empty while it has only to wait."""
    if charter.cancelled:
        return "Cancelled"
    if charter.aboard:
        return "Departed"
    if charter.completed:
        return "Completed"
    if charter.ends_at <= now:
        return "Ended"
    return "Under way" if charter.starts_at <= now else ""


def away(charter: SampleCharter, now: datetime) -> str:
    minutes = int((charter.starts_at - now) / timedelta(minutes=1) + 0.5)
    if minutes < 60:
        return f"in {minutes} min" if minutes else "now"
    if minutes < 24 * 60:
        return f"in {minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    days = int(minutes / (24 * 60) + 0.5)
    return f"in {days} day{'s' if days > 1 else ''}"


def booked_beside(charter: SampleCharter, told: Season) -> list[SampleCharter]:
    """Other charters of the same captain at the same time; nothing else of the season is booked twice."""
    return [
        other
        for other in told.charters
        if other is not charter
        and charter.captain
        and other.captain == charter.captain
        and not (charter.cancelled or other.cancelled)
        and charter.starts_at < other.ends_at
        and other.starts_at < charter.ends_at
    ]


def conflicts(charter: SampleCharter, told: Season, device: Device) -> list[str]:
    return [
        f"Captain {other.captain.name}: “{other.title}”, {device.day(other.starts_at)}, "
        f"{device.span(other.starts_at, other.ends_at)}"
        for other in booked_beside(charter, told)
        if other.captain
    ]


def passengers(charter: SampleCharter) -> int:
    return max(charter.party_size, signed(charter))


# --- board ------------------------------------------------------------------------------------------


def sections(told: Season, at: datetime) -> dict[str, list[SampleCharter]]:
    """The charters of each section of the board that shows at this moment, in their order there."""
    day = day_of(at)
    by_start = sorted(told.charters, key=lambda charter: charter.starts_at.timestamp())
    next_one = next(one for one in by_start if one.starts_at > at and not one.cancelled)
    others = [charter for charter in by_start if charter is not next_one]
    coming = [one for one in others if one.starts_at.date() > day]
    over = [one for one in others if one.ends_at.date() < day]
    return {
        "Next departure": [next_one],
        "Today": [one for one in others if one not in coming and one not in over],
        "Coming": coming,
        "Past": list(reversed(over)),
    }


def days_of(charters: list[SampleCharter], device: Device, today: date) -> list[tuple[str, list[SampleCharter]]]:
    """Those that begin on one day together, under what stands above them."""
    found = []
    for day, group in groupby(charters, key=lambda charter: charter.starts_at.date()):
        those = list(group)
        near = {today: "Today", today + timedelta(days=1): "Tomorrow"}.get(day, "")
        count = f"{len(those)} charters" if len(those) > 1 else ""
        found.append((words(near, device.day(day), count), those))
    return found


def columns(charter: SampleCharter, device: Device, state: str, ready: str) -> list[str]:
    """What stands in each column of a charter in this state, which is a countdown for the next departure. `ready`:
    whether it can sail, and why not.
    """
    start = device.clock(charter.starts_at)
    if state == "Cancelled":
        return [start, f"{charter.title} Cancelled", money_text(charter, device.now)]
    waits = state not in ("Departed", "Completed", "Ended")
    return [
        words(start, device.end(charter.starts_at, charter.ends_at), state),
        words(charter.title, f"{charter.boat.name} · {charter.patron.name}"),
        words(captain_name(charter) or "No captain yet", crew_names(charter)),
        words(guests_text(charter), waivers_text(charter), missing_text(charter) if waits else ""),
        money_text(charter, device.now),
        ready,
        "Log payment",
    ]


def missing_text(charter: SampleCharter) -> str:
    guests = missing(charter)
    if not guests:
        return ""
    named = ", ".join(f"{first} {last[0]}." for first, last in (guest.name.split() for guest in guests[:2]))
    more = f"+{len(guests) - 2}" if len(guests) > 2 else ""
    remind = "Remind" if any(guest.email for guest in guests) else "Remind: no email"
    return words("Missing:", named, more, remind)


# --- one charter ------------------------------------------------------------------------------------


def facts(charter: SampleCharter, device: Device) -> dict[str, str]:
    start, boat = charter.starts_at, charter.boat
    return {
        "When": f"{device.span(start, charter.ends_at)} {device.long_day(start)}",
        "Boat": f"{boat.name} {guests_text(charter)}, limit {boat.passenger_limit} From {boat.port}",
        "Captain": captain_text(charter),
        "Patron": contact(charter.patron),
        "Money": money_text(charter, device.now),
    }


def captain_text(charter: SampleCharter) -> str:
    """Who is asked is reached from the crew's panel."""
    reach = contact(charter.captain._replace(name="")) if charter.captain else ""
    return words(captain_name(charter) or "Nobody yet", reach)


def details(charter: SampleCharter, told: Season, device: Device) -> dict[str, str]:
    zone = device.zone(charter.starts_at).strip()
    found = {
        # Nobody has switched them on.
        "Balance reminders": "Off.",
        "Time zone": f"America/Los_Angeles ({zone})" if zone else "",
        "Guests should know": charter.guest_notes,
        "Notes (admins only)": f"Cancelled on {today(told)} by admin: {charter.cancelled}" if charter.cancelled else "",
    }
    return {name: text for name, text in found.items() if text}


def strips(charter: SampleCharter, told: Season, device: Device) -> list[str]:
    """What the admin is warned of."""
    booked, limit = conflicts(charter, told, device), charter.boat.passenger_limit
    override = f"Booked anyway by admin: {charter.override}" if charter.override else ""
    found = [words("Double-booked.", override, *booked)] if booked else []
    if passengers(charter) > limit and not charter.cancelled:
        found.append(
            f"{passengers(charter)} passengers are expected or have signed; this charter may carry {limit}. "
            "Children count, crew do not."
        )
    return found


def missing_list(charter: SampleCharter) -> list[str]:
    """Each who has not signed, told apart from a namesake, and whom no mail can reach."""
    names = [guest.name for guest in charter.guests]
    found = []
    for guest in missing(charter):
        found.append(words(guest.name, guest.email if names.count(guest.name) > 1 else ""))
        if not guest.email:
            found.append("no email")
    return found
