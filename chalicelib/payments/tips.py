"""Tips, and to whom they are owed: in equal shares for captain and crew, or by hand, to the cent. A record, no payroll.

An owner takes no share. What was shared by hand stays as it is when another tip comes in or one is voided, and what is
left, or was shared too much, is told: that money may be in somebody's pocket.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

from chalicelib.boats.fields import MAX_CREW
from chalicelib.charters import service as charters
from chalicelib.charters import store as charter_store
from chalicelib.charters.store import Charter
from chalicelib.core import names, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.dynamo import Item, json_s, load_data
from chalicelib.core.fields import Form, ListOf, Text, Whole
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.schemas import Cents, Count, CurrencyCode, EventId, InstantText, RecordId, Shape
from chalicelib.money import amounts
from chalicelib.money.amounts import MAX_AMOUNT_CENTS
from chalicelib.payments import store
from chalicelib.payments.fields import RANGE_QUERY
from chalicelib.payments.reports import Range, range_of
from chalicelib.people import service as people
from chalicelib.people.service import Person
from chalicelib.schedule.fields import Id

# The captain and a full crew.
MOST_SHARES = MAX_CREW + 1


class AskedShare(TypedDict):
    person_id: Annotated[RecordId | None, Id(None)]
    name: Annotated[str, Text(100, "")]
    """Left out, it comes from the person's record."""
    amount_cents: Annotated[int, Whole(1, MAX_AMOUNT_CENTS)]


class AskedShares(TypedDict):
    shares: Annotated[
        list[AskedShare], ListOf(AskedShare, MOST_SHARES, "shares", "person_id or name, and amount_cents")
    ]
    """They add up to the charter's tips; without any, the tips are shared equally again."""


class TipShare(TypedDict):
    person_id: RecordId | None
    """Null for a name that was typed."""
    name: str
    amount_cents: Annotated[int, Shape(minimum=0)]


class CharterTips(TypedDict):
    event_id: EventId
    title: str
    starts_at: InstantText
    timezone: str
    currency: CurrencyCode
    tips_cents: Cents
    division: Literal["equal", "by_hand"]
    shares: list[TipShare]
    left_cents: Cents
    """What is not shared yet; below zero where more was shared than is there now."""


class OwedTips(TypedDict):
    """What one person is owed of all these charters."""

    person_id: RecordId | None
    name: str
    currency: CurrencyCode
    charters: Count
    amount_cents: Cents


class Tips(TypedDict):
    charters: list[CharterTips]
    """Those with tips that began in the range, by start; also those whose tips are gone and were shared by hand."""
    people: list[OwedTips]
    """By name."""


class Owners(NamedTuple):
    ids: frozenset[str]
    folded_names: frozenset[str]

    def include(self, person_id: str | None, name: str) -> bool:
        """Whether this is an owner; one whose name was typed is known by it."""
        return person_id in self.ids if person_id else names.fold(name) in self.folded_names


def parse_range(query: Mapping[str, str], *, now: datetime) -> Range:
    form = Form(query)
    given = form.read_all(RANGE_QUERY)
    form.finish()
    return range_of(given, now)


def list_tips(wanted: Range) -> Tips:
    """Tips belong to the day on which their charter began: one Query of the board, and a read of what was shared."""
    first, last = times.format_instant(wanted.start), times.format_instant(wanted.end)
    found = charter_store.list_between(first, last) if first < last else []
    by_hand = _read_by_hand([one.event_id for one in found if _may_be_shared(one)])
    tipped = [one for one in found if one.sums.tips_cents or by_hand.get(one.event_id)]
    owners = _owners(people.read_people() if tipped else [])
    shown = [_charter_tips(one, by_hand.get(one.event_id, []), owners) for one in tipped]
    return {"charters": shown, "people": _owed(shown)}


def _may_be_shared(charter: Charter) -> bool:
    """Whether there are tips, or were: one that is voided, bounced or given back is a row but no live payment."""
    sums = charter.sums
    return sums.tips_cents != 0 or sums.rows > sums.live_payments


def _read_by_hand(event_ids: Sequence[str]) -> dict[str, list[TipShare]]:
    items = store.read_tip_items(event_ids)
    return {item["PK"]["S"].partition("#")[2]: to_shares(item) for item in items}


def to_shares(item: Item) -> list[TipShare]:
    return load_data(item)["shares"]  # type: ignore[no-any-return]


def _owners(registered: Sequence[Person]) -> Owners:
    owners = [person for person in registered if person.details["is_owner"]]
    folded = frozenset(names.fold(person.details["name"]) for person in owners)
    return Owners(frozenset(person.record_id for person in owners), folded)


def _charter_tips(charter: Charter, by_hand: list[TipShare], owners: Owners) -> CharterTips:
    tips_cents = charter.sums.tips_cents
    shares = by_hand or equal_shares(tips_cents, _sailors(charter, owners))
    return {
        "event_id": charter.event_id,
        "title": charter.details["title"],
        "starts_at": charter.details["starts_at"],
        "timezone": charter.details["timezone"],
        "currency": charter.details["currency"],
        "tips_cents": tips_cents,
        "division": "by_hand" if by_hand else "equal",
        "shares": shares,
        "left_cents": tips_cents - sum(share["amount_cents"] for share in shares),
    }


def _sailors(charter: Charter, owners: Owners) -> list[tuple[str | None, str]]:
    """Captain and crew, each once, without owners."""
    sailors = filter(None, [charter.details["captain"], *charter.details["crew"]])
    found = [(one["person_id"], one["name"]) for one in sailors]
    return [one for one in dict.fromkeys(found) if not owners.include(*one)]


def equal_shares(tips_cents: int, sailors: Sequence[tuple[str | None, str]]) -> list[TipShare]:
    """They differ by a cent at most and add up to the whole; the cents that are left over go to the first ones."""
    if not sailors or tips_cents <= 0:
        return []
    each, left = divmod(tips_cents, len(sailors))
    return [
        {"person_id": person_id, "name": name, "amount_cents": each + (place < left)}
        for place, (person_id, name) in enumerate(sailors)
    ]


def _owed(shown: Sequence[CharterTips]) -> list[OwedTips]:
    """A person of the register is one, whatever they were called; typed names are one where they are the same."""
    owed: dict[tuple[str, str], OwedTips] = {}
    for one in shown:
        for share in one["shares"]:
            key = share["person_id"] or names.fold(share["name"]), one["currency"]
            before = owed.get(key)
            owed[key] = {
                "person_id": share["person_id"],
                "name": share["name"],
                "currency": one["currency"],
                "charters": (before["charters"] if before else 0) + 1,
                "amount_cents": (before["amount_cents"] if before else 0) + share["amount_cents"],
            }
    return sorted(owed.values(), key=lambda one: (names.fold(one["name"]), one["currency"], one["person_id"] or ""))


def share_tips(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterTips:
    """Shares a charter's tips out by hand, or equally again. The same again: unchanged."""
    form = Form(body)
    asked = form.read(AskedShares)["shares"]
    form.finish()

    def attempt() -> CharterTips:
        charter, registered = charters.find_charter(event_id), people.read_people()
        owners = _owners(registered)
        shares = _named(asked, registered)
        item = next(iter(store.read_tip_items([event_id])), None)
        before = to_shares(item) if item else []
        if shares != before:
            _check(shares, charter, owners)
            changed: dict[str, list[object]] = {"tip_shares": [before, shares]}
            shared = audit_event("tips_shared", actor, times.format_instant(now), changed=changed)
            store.put_tips(charter, item, json_s({"shares": shares}), shared)
        return _charter_tips(charter, shares, owners)

    return retry_on_conflict(attempt)


def _named(asked: Sequence[AskedShare], registered: Sequence[Person]) -> list[TipShare]:
    """With the names of those who are named by their record. Raises BadInput."""
    form, known, found = Form({}), {one.record_id: one.details["name"] for one in registered}, list[TipShare]()
    for place, share in enumerate(asked):
        person_id = share["person_id"]
        if person_id and person_id not in known:
            form.refuse(f"shares[{place}].person_id", "is none of the people")
        elif not person_id and not share["name"]:
            form.refuse(f"shares[{place}].name", "is required, or the person_id")
        name = share["name"] or known.get(person_id or "", "")
        found.append({"person_id": person_id, "name": name, "amount_cents": share["amount_cents"]})
    form.finish()
    return found


def _check(shares: Sequence[TipShare], charter: Charter, owners: Owners) -> None:
    """Raises BadInput."""
    form, seen = Form({}), set[str]()
    for place, share in enumerate(shares):
        key = share["person_id"] or names.fold(share["name"])
        if owners.include(share["person_id"], share["name"]):
            form.refuse(f"shares[{place}]", "is an owner's, who takes no share of tips")
        elif key in seen:
            form.refuse(f"shares[{place}]", "is somebody's who has one already")
        seen.add(key)
    tips_cents = charter.sums.tips_cents
    if shares and sum(share["amount_cents"] for share in shares) != tips_cents:
        spelled = amounts.spell(tips_cents, charter.details["currency"])
        form.refuse("shares", f"must add up to {spelled}, the tips of this charter")
    form.finish()
