"""Who has signed: which records are of one person, and what lists show of them."""

from typing import Any

import pytest

from chalicelib.waivers import people

SAME: dict[str, Any] = {"name": "José Núñez", "birth_date": None, "minor": False, "guest_id": None}


def rows(*changes: dict[str, Any]) -> list[people.SignedRow]:
    """The list of a charter, signed in this order."""
    found: list[people.SignedRow] = []
    for index, change in enumerate(changes):
        row: Any = {
            **SAME,
            "waiver_id": f"{index:032x}",
            "signer_name": "Ana",
            "signer_email": "",
            "signed_at": "2026-11-22T20:00:00Z",
            "waiver_version": "a" * 64,
            "language": "en",
            **change,
        }
        found.append(people.number(row, found, index))
    return found


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ({}, {}, 1),
        ({}, {"name": "jose\u0301 NU\u0301N\u0303EZ"}, 1),
        ({"name": "O\u2019Brien Kay"}, {"name": "O'Brien  Kay"}, 1),
        ({"name": "Anne\u2010Marie Ott"}, {"name": "Anne-Marie Ott"}, 1),
        ({}, {"name": "José Núñez Jr."}, 2),
        ({"birth_date": "1984-05-31"}, {"birth_date": "1984-05-31"}, 1),
        ({"birth_date": "1984-05-31"}, {}, 1),
        ({"birth_date": "1984-05-31"}, {"birth_date": "1985-05-31"}, 2),
        ({"minor": True, "birth_date": "2018-05-05"}, {"minor": True, "birth_date": "2018-05-05"}, 1),
        ({"minor": True, "birth_date": "2018-05-05"}, {}, 2),
        ({"guest_id": "g1"}, {"guest_id": "g1"}, 1),
        ({"guest_id": "g1"}, {}, 1),
        ({"guest_id": "g1"}, {"guest_id": "g2"}, 2),
    ],
)
def test_the_same_name_without_another_birth_date_is_one_person(
    first: dict[str, Any], second: dict[str, Any], count: int
) -> None:
    assert len(people.people(rows(first, second))) == len(people.people(rows(second, first))) == count


def test_two_birth_dates_are_two_people_also_when_somebody_of_that_name_gave_none() -> None:
    unknown, one, other = {}, {"birth_date": "1984-05-31"}, {"birth_date": "1985-05-31"}
    for order in ((unknown, one, other), (one, unknown, other), (one, other, unknown), (one, other, unknown, other)):
        assert len(people.people(rows(*order))) == 2


def test_the_newest_record_stands_for_a_person_and_the_older_ones_and_the_guest_are_remembered() -> None:
    found = rows({"guest_id": "g1"}, {"name": "Ben"}, {"waiver_version": "b" * 64})
    first, ben = people.people(found)
    assert (first["waiver_id"], first["waiver_version"]) == (found[2]["waiver_id"], "b" * 64)
    assert first["other_ids"] == ["g1", found[0]["waiver_id"]]
    assert (ben["name"], ben["other_ids"]) == ("Ben", [])


def test_a_record_that_is_set_aside_counts_nowhere_and_an_erased_one_does() -> None:
    signed = rows({"guest_id": "g1"}, {"name": "Ben", "guest_id": "g2"})
    struck = people.change(signed, signed[0]["waiver_id"], set_aside=True)
    assert [one["name"] for one in people.people(struck)] == ["Ben"]
    assert people.signed_guest_ids(struck) == {"g2"}
    erased = people.change(signed, signed[0]["waiver_id"], name="", erased=True)
    assert [people.shown_name(one) for one in people.people(erased)] == ["Erased guest", "Ben"]
    assert people.signed_guest_ids(erased) == {"g1", "g2"}


def test_two_erased_people_stay_two_and_who_signs_after_is_none_of_them() -> None:
    signed = rows({}, {"name": "Ben"})
    for one in list(signed):
        signed = people.change(signed, one["waiver_id"], name="", birth_date=None, erased=True)
    late: Any = {**signed[0], "waiver_id": "f" * 32, "name": "José Núñez", "guest_id": None, "erased": False}
    del late["person"], late["leaf_index"]
    assert len(people.people([*signed, people.number(late, signed, 2)])) == 3


def test_those_who_signed_after_the_limit_are_beyond_it_by_people_and_not_by_forms() -> None:
    signed = rows({}, {"name": "Ben"}, {}, {"name": "Cleo"})
    assert people.beyond(signed, None) == people.beyond(signed, 3) == set()
    assert people.beyond(signed, 2) == {signed[3]["waiver_id"]}
    assert people.beyond(signed, 0) == {one["waiver_id"] for one in signed[1:]}


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ana Rivera", "Ana R."), ("Ana María del Río", "Ana R."), ("Cher", "Cher"), ("李 雷", "李 雷.")],
)
def test_guests_are_shown_by_first_name_and_initial(name: str, short: str) -> None:
    assert people.short_name(name) == short
