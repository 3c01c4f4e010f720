"""Who has signed a charter: one small row for each signed record, so that no page reads the records themselves."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NotRequired, TypedDict, cast

from chalicelib.charters.fields import ERASED_NAME
from chalicelib.core import names
from chalicelib.core.dynamo import Item
from chalicelib.core.schemas import DayText, GuestId, InstantText, Sha256, WaiverId
from chalicelib.waivers.fields import Language

# Rows in one item: about 20 KB, which a signature's turn in the log writes anew.
CHUNK = 50


class SignedRow(TypedDict):
    """What lists show of a signed record."""

    waiver_id: WaiverId
    name: str
    """Of the covered person; empty once erased, like everything else that is personal."""
    birth_date: DayText | None
    minor: bool
    signer_name: str
    signer_email: str
    signed_at: InstantText
    waiver_version: Sha256
    language: Language
    guest_id: GuestId | None
    person: NotRequired[WaiverId]
    """Of the first record of the same person on this charter."""
    leaf_index: NotRequired[int]
    set_aside: NotRequired[bool]
    erased: NotRequired[bool]


class FoundRow(SignedRow):
    """What the search shows of it beside."""

    event_id: str
    charter: str
    starts_at: InstantText
    timezone: str


class Person(SignedRow):
    """The row that stands for a person: the newest."""

    other_ids: list[str]
    """Ids under which the same person may be checked in: the older records and the listed guests."""


def to_row(found: FoundRow) -> SignedRow:
    """Without what only the search shows."""
    about = FoundRow.__annotations__.keys() - SignedRow.__annotations__.keys()
    return cast(SignedRow, {name: value for name, value in found.items() if name not in about})


def load_rows(items: Iterable[Item]) -> list[SignedRow]:
    """The rows of a charter's list in the order of the log, from its chunks in their order."""
    return [row for item in items for row in json.loads(item["rows"]["S"])]


def searched_names(rows: Sequence[SignedRow]) -> str:
    """Who has signed, for the directory of charters: folded names, each once. Who was erased has none."""
    return "\n".join(filter(None, dict.fromkeys(names.fold(person["name"]) for person in people(rows))))


def dump_rows(rows: Sequence[SignedRow]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def number(row: SignedRow, before: Sequence[SignedRow], leaf_index: int) -> SignedRow:
    """The row at its place in the log, and of which person it is among those `before`."""
    alike: dict[str, list[SignedRow]] = {}
    for one in before:
        if is_counted(one) and one["minor"] == row["minor"] and names.is_same(one["name"], row["name"]):
            alike.setdefault(one.get("person", one["waiver_id"]), []).append(one)
    same = (person for person, rows in alike.items() if _is_one_person([*rows, row]))
    return {**row, "leaf_index": leaf_index, "person": next(same, row["waiver_id"])}


def _is_one_person(rows: Sequence[SignedRow]) -> bool:
    """Of rows with one name, all of minors or none: whether no two birth dates or listed guests differ.

    A minor is never the adult of the same name who signs for them.
    """
    births = {row["birth_date"] for row in rows} - {None}
    guests = {row["guest_id"] for row in rows} - {None}
    return len(births) < 2 and len(guests) < 2


def is_counted(row: SignedRow) -> bool:
    return not row.get("set_aside")


def people(rows: Iterable[SignedRow]) -> list[Person]:
    """For each person who has signed the newest row, in the order in which they first signed."""
    found: dict[str, Person] = {}
    for row in filter(is_counted, rows):
        key = row.get("person", row["waiver_id"])
        other_ids = [row["guest_id"]] if row["guest_id"] else []
        if before := found.get(key):
            other_ids += [*before["other_ids"], before["waiver_id"]]
        found[key] = {**row, "other_ids": other_ids}
    return list(found.values())


def first_of(rows: Sequence[SignedRow], limit: int) -> list[SignedRow]:
    """At most so many rows, in their order: those of listed guests come before all others."""
    kept = sorted(rows, key=lambda row: row["guest_id"] is None)[:limit]
    return sorted(kept, key=lambda row: row.get("leaf_index", 0))


def beyond(rows: Iterable[SignedRow], limit: int | None) -> set[str]:
    """The ids of the records of those who signed after so many others."""
    return {row["waiver_id"] for row in people(rows)[limit:]} if limit is not None else set()


def signed_guest_ids(rows: Iterable[SignedRow]) -> set[str]:
    return {row["guest_id"] for row in rows if is_counted(row) and row["guest_id"]}


def change(rows: Sequence[SignedRow], waiver_id: str, **changes: Any) -> list[SignedRow]:
    """The rows with what has changed of one of them."""
    return [{**row, **changes} if row["waiver_id"] == waiver_id else row for row in rows]  # type: ignore[typeddict-item]


def shown_name(row: SignedRow) -> str:
    return row["name"] or ERASED_NAME


def short_name(name: str) -> str:
    """`Ana R.`: enough for guests to find themselves, too little for strangers."""
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}." if rest else first
