"""Who is told of a change of a charter, each person once and each address once. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib.charters.fields import CharterDetails
from chalicelib.core import names
from chalicelib.waivers.fields import Language
from chalicelib.waivers.people import Person, SignedRow, people
from chalicelib.waivers.store import signers_id


class Recipient(NamedTuple):
    email: str
    name: str
    """How the desk calls them; empty where a guest typed the address: see `MailData`."""
    language: Language
    is_guest: bool
    """Whether the guest page is for them; captain and crew have none."""
    is_typed: bool
    """Whether a guest typed the address."""
    is_patron: bool = False
    """Whether money is told."""
    about: tuple[str, ...] = ()
    """The ids of guests and signed records by which the mail is found when their data is erased."""
    known_as: str = ""
    """The name by which the same person is known in another list, folded."""


def recipients(details: CharterDetails, rows: Sequence[SignedRow], left_out: Collection[str] = ()) -> list[Recipient]:
    """Patron, captain, crew, listed guests, and who has signed with an address, in this order.

    `rows` is the charter's list of who has signed; `left_out` are people of captain and crew, by id.

    Who stands in two of these lists under one name, or is the listed guest who has signed, is one person and is told at
    the first address. One address gets one mail, with the names of all who share it.
    """
    lists = (_patron, _sailors, _guests, _signers)
    languages = {names.email_key(row["signer_email"]): row["language"] for row in rows if not row.get("erased")}
    told: list[Recipient] = []
    details = _without(details, left_out)
    for find in lists:
        known = {one.known_as for one in told} - {""}
        told += [one for one in find(details, rows) if one.email and one.known_as not in known]
    by_address: dict[str, list[Recipient]] = {}
    for one in told:
        by_address.setdefault(names.email_key(one.email), []).append(one)
    return [_merged(same, languages.get(address)) for address, same in by_address.items()]


def _without(details: CharterDetails, left_out: Collection[str]) -> CharterDetails:
    captain = details["captain"]
    kept = [one for one in details["crew"] if one["person_id"] not in left_out]
    return {**details, "captain": captain if captain and captain["person_id"] not in left_out else None, "crew": kept}


def _patron(details: CharterDetails, _: Sequence[SignedRow]) -> Iterator[Recipient]:
    patron = details["patron"]
    known_as = names.fold(patron["name"])
    yield Recipient(patron["email"], patron["name"], "en", True, False, is_patron=True, known_as=known_as)


def _sailors(details: CharterDetails, _: Sequence[SignedRow]) -> Iterator[Recipient]:
    for one in filter(None, [details["captain"], *details["crew"]]):
        yield Recipient(one["email"], one["name"], "en", False, False, known_as=names.fold(one["name"]))


def _guests(details: CharterDetails, rows: Sequence[SignedRow]) -> Iterator[Recipient]:
    signed_in: Mapping[str | None, Language] = {row["guest_id"]: row["language"] for row in rows}
    for guest in details["guests"]:
        language: Language = signed_in.get(guest["guest_id"], "en")
        about = (guest["guest_id"],)
        known_as = names.fold(guest["name"])
        yield Recipient(guest["email"], guest["name"], language, True, False, about=about, known_as=known_as)


def _signers(details: CharterDetails, rows: Sequence[SignedRow]) -> Iterator[Recipient]:
    """Of a form that an adult signed for minors too, the adult alone."""
    reached = {guest["guest_id"] for guest in details["guests"] if guest["email"]}
    found = [one for one in people(rows) if not one.get("erased")]
    own = {one["waiver_id"] for one in found if not one["minor"]}
    for one in found:
        if one["guest_id"] in reached or (one["minor"] and signers_id(one["waiver_id"]) in own):
            continue
        known_as = names.fold(one["signer_name"])
        about = tuple(_ids(one))
        yield Recipient(one["signer_email"], "", one["language"], True, True, about=about, known_as=known_as)


def _ids(person: Person) -> Iterable[str]:
    return dict.fromkeys((person["waiver_id"], *person["other_ids"]))


def _merged(same: Sequence[Recipient], language: Language | None) -> Recipient:
    """One for all who share an address."""
    desk_names = dict.fromkeys(one.name for one in same if one.name)
    return same[0]._replace(
        name=", ".join({names.fold(name): name for name in desk_names}.values()),
        language=language or same[0].language,
        is_guest=any(one.is_guest for one in same),
        is_typed=all(one.is_typed for one in same),
        about=tuple(dict.fromkeys(about for one in same for about in one.about)),
    )
