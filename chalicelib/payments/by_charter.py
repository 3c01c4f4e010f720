"""Payments by the boat and by the captain of their charters, as the charters are now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.charters import store as charter_store
from chalicelib.charters.store import Charter
from chalicelib.core import names
from chalicelib.payments.fields import Grouping, Payment


class Named(NamedTuple):
    """A boat or a captain: a record of the register, or a name that was typed."""

    id: str | None
    name: str

    @property
    def key(self) -> str:
        """Equal for the same record whatever it was called, and for names that are typed alike."""
        return self.id or names.fold(self.name)


class Group(NamedTuple):
    named: Named
    charters: int
    payments: list[Payment]


def keep_those_of(payments: Sequence[Payment], wanted: Mapping[Grouping, str]) -> Sequence[Payment]:
    """The payments of charters with the wanted boat and captain, each an id or a typed name; empty is any."""
    return keep_fitting(payments, wanted, charters_of(payments)) if any(wanted.values()) else payments


def keep_fitting(
    payments: Sequence[Payment], wanted: Mapping[Grouping, str], charters: Mapping[str, Charter]
) -> Sequence[Payment]:
    """The same, where the charters were read already."""
    asked = [(by, value) for by, value in wanted.items() if value]
    fitting = {
        event_id
        for event_id, charter in charters.items()
        if all(named_of(charter, by).key in (value, names.fold(value)) for by, value in asked)
    }
    return [payment for payment in payments if payment["event_id"] in fitting] if asked else payments


def group(payments: Sequence[Payment], by: Grouping) -> list[Group]:
    """By name; each with the name that its latest charter has."""
    groups: dict[str, Group] = {}
    of_charter: dict[str, list[Payment]] = {}
    for payment in payments:
        of_charter.setdefault(payment["event_id"], []).append(payment)
    # By start: the latest name is the one that stays.
    for event_id, charter in charters_of(payments).items():
        named = named_of(charter, by)
        before = groups.get(named.key, Group(named, 0, []))
        groups[named.key] = Group(named, before.charters + 1, [*before.payments, *of_charter[event_id]])
    return sorted(groups.values(), key=lambda one: (names.fold(one.named.name), one.named.key))


def named_of(charter: Charter, by: Grouping) -> Named:
    details = charter.details
    if by == "boat":
        return Named(details["boat_id"], details["vessel"])
    captain = details["captain"]
    return Named(captain["person_id"], captain["name"]) if captain else Named(None, "")


def charters_of(payments: Iterable[Payment]) -> dict[str, Charter]:
    """By id, in the order of their start. One read for each hundred of them."""
    ids = list(dict.fromkeys(payment["event_id"] for payment in payments))
    return {charter.event_id: charter for charter in charter_store.read_charters(ids)}
