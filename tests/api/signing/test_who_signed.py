"""Who has signed: people are counted and not forms, and every list agrees about them."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.charters.fields import ERASED_NAME
from tests.support.api import Api, new_event
from tests.support.departing import depart
from tests.support.pages import MINORS, page
from tests.support.signed import erase, records, set_aside, sign, url

LISTED = ("José Núñez", "O\u2019Brien Kay", "Bob Two")


@pytest.fixture
def party(api: Api) -> dict[str, Any]:
    """Three on the list, of six expected."""
    guests = [{"name": name, "email": ""} for name in LISTED]
    return api.post("/api/events", new_event(guests=guests, party_size=6)).json  # type: ignore[no-any-return]


def seen_by_all(api: Api, guest: Api, charter: dict[str, Any]) -> tuple[int, list[str]]:
    """How many have signed and who is missing, which charter page, board, manifest and guest page agree upon."""
    detail, manifest = api.get(url(charter)).json, api.get(f"{url(charter)}/manifest").json
    (row,) = [one for one in api.get("/api/events").json["events"] if one["event_id"] == charter["event_id"]]
    assert row["waivers"] == detail["waivers"]
    signed = [one for one in manifest["passengers"] if one["waiver"] != "missing"]
    shown = guest.get(f"/api/guest/{charter['event_id']}").json["waivers"]
    erased = sum(one["name"] == ERASED_NAME for one in signed)
    counts = {detail["waivers"]["signed"], len(signed), shown["signed"], len(shown["signers"]) + erased}
    assert len(counts) == 1, counts
    missing = detail["waivers"].get("missing", [])
    assert manifest["missing_names"] == missing
    return counts.pop(), missing


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ("Jose\u0301 Nu\u0301n\u0303ez", ["O\u2019Brien Kay", "Bob Two"]),
        ("JOSE  NUNEZ", ["O\u2019Brien Kay", "Bob Two"]),
        ("O'Brien Kay", ["José Núñez", "Bob Two"]),
        ("Cat Three", list(LISTED)),
    ],
)
def test_a_name_written_in_another_way_is_the_listed_guest_and_one_person(
    api: Api, guest: Api, party: dict[str, Any], typed: str, missing: list[str]
) -> None:
    for _ in range(2):
        sign(guest, party, signer_name=typed)
    assert seen_by_all(api, guest, party) == (1, missing)


def test_what_is_typed_is_what_was_signed_whoever_was_picked(api: Api, guest: Api, party: dict[str, Any]) -> None:
    bob = party["guests"][2]["guest_id"]
    sign(guest, party, guest_id=bob, signer_name="Cat Three", signature_typed="Cat Three")
    assert seen_by_all(api, guest, party) == (1, list(LISTED))
    [record] = records(api)
    assert (record["participant_name"], record["guest_id"]) == ("Cat Three", None)
    names = [one["name"] for one in api.get(f"{url(party)}/manifest").json["passengers"]]
    assert names == ["Cat Three", *LISTED]
    sign(guest, party, guest_id=bob, signer_name="josé núñez")
    assert seen_by_all(api, guest, party) == (2, ["O\u2019Brien Kay", "Bob Two"])


def test_who_signs_from_the_list_and_again_as_not_on_the_list_is_one_person(
    api: Api, guest: Api, party: dict[str, Any]
) -> None:
    sign(guest, party, guest_id=party["guests"][2]["guest_id"], signer_name="Bob Two", signer_birth_date="1980-01-01")
    sign(guest, party, signer_name="bob two")
    sign(guest, party, signer_name="Cat Three")
    sign(guest, party, signer_name="Cat Three", signer_birth_date="1990-01-01")
    assert seen_by_all(api, guest, party) == (2, ["José Núñez", "O\u2019Brien Kay"])
    sign(guest, party, signer_name="Cat Three", signer_birth_date="1991-02-02")
    assert seen_by_all(api, guest, party) == (3, ["José Núñez", "O\u2019Brien Kay"])
    assert len(records(api)) == 5


def test_minors_of_one_name_and_other_birth_dates_are_different_people_and_none_is_their_guardian(
    api: Api, guest: Api, party: dict[str, Any]
) -> None:
    twins = {**MINORS, "minor_name": ["Kim Sailor", "Kim Sailor"], "minor_birth_date": ["2020-05-01", "2022-06-01"]}
    for _ in range(2):
        sign(guest, party, signer_name="Kim Sailor", **twins)
    assert seen_by_all(api, guest, party) == (3, list(LISTED))
    passengers = api.get(f"{url(party)}/manifest").json["passengers"][:3]
    assert [(one["name"], one["minor"]) for one in passengers] == [
        ("Kim Sailor", False), ("Kim Sailor", True), ("Kim Sailor", True)
    ]  # fmt: skip


def test_two_listed_guests_who_differ_by_an_accent_alone_sign_each_for_themselves(api: Api, guest: Api) -> None:
    guests = [{"name": name, "email": ""} for name in ("Zoé Lind", "Zoe Lind")]
    party = api.post("/api/events", new_event(guests=guests)).json
    sign(guest, party, signer_name="Zoe Lind")
    assert seen_by_all(api, guest, party) == (1, ["Zoé Lind"])
    sign(guest, party, signer_name="Zoe\u0301 Lind")
    assert seen_by_all(api, guest, party) == (2, [])


def test_a_record_that_is_set_aside_counts_nowhere_and_an_erased_person_still_does(
    api: Api, guest: Api, party: dict[str, Any]
) -> None:
    false, bob = (sign(guest, party, signer_name=name) for name in ("José Núñez", "Bob Two"))
    assert seen_by_all(api, guest, party) == (2, ["O\u2019Brien Kay"])
    set_aside(api, party, false)
    assert seen_by_all(api, guest, party) == (1, ["José Núñez", "O\u2019Brien Kay"])
    erase(api, party, bob)
    assert seen_by_all(api, guest, party) == (1, ["José Núñez", "O\u2019Brien Kay"])
    sign(guest, party, signer_name="José Núñez")
    assert seen_by_all(api, guest, party) == (2, ["O\u2019Brien Kay"])
    names = [one["name"] for one in api.get(f"{url(party)}/manifest").json["passengers"]]
    assert names == ["Erased guest", "José Núñez", "O\u2019Brien Kay"]


def test_of_two_records_of_one_person_either_may_be_set_aside(api: Api, guest: Api, party: dict[str, Any]) -> None:
    for struck in (0, 1):
        name = f"Guest {struck}"
        ids = [sign(guest, party, signer_name=name) for _ in range(2)]
        set_aside(api, party, ids[struck])
        assert seen_by_all(api, guest, party)[0] == 1 + struck
        assert [one["waiver_id"] for one in api.get(f"{url(party)}/manifest").json["passengers"]][struck] == ids[
            1 - struck
        ]
        set_aside(api, party, ids[1 - struck])
        assert seen_by_all(api, guest, party)[0] == struck
        sign(guest, party, signer_name=name)


def test_names_beyond_the_limit_are_taken_and_shown_as_such_to_the_admin_alone(api: Api, guest: Api) -> None:
    charter = api.post("/api/events", new_event(passenger_limit=2, party_size=2)).json
    signed = [sign(guest, charter, signer_name=name) for name in ("Ana", "Ben", "Ana", "Cleo")]
    listed = {one["waiver_id"]: one["over_limit"] for one in api.get(url(charter)).json["waiver_records"]}
    assert listed == {signed[0]: False, signed[1]: False, signed[2]: False, signed[3]: True}
    assert [one["code"] for one in api.get(url(charter)).json["warnings"]] == ["over_passenger_limit"]
    assert api.get(f"{url(charter)}/manifest").json["over_limit"] is True
    assert "over_limit" not in guest.get(f"/api/guest/{charter['event_id']}").text
    set_aside(api, charter, signed[1])
    listed = {one["waiver_id"]: one["over_limit"] for one in api.get(url(charter)).json["waiver_records"]}
    assert listed[signed[3]] is False
    assert api.get(url(charter)).json["warnings"] == []


# --- aboard ---------------------------------------------------------------------------------------


def check_in(api: Api, charter: dict[str, Any], state: str, **person: str) -> dict[str, Any]:
    answer = api.post(f"{url(charter)}/check-in", {**person, "state": state})
    assert answer.status == 200, answer.text
    return answer.json  # type: ignore[no-any-return]


def test_the_head_count_is_who_signed_less_no_shows_until_somebody_is_checked_in(
    api: Api, guest: Api, party: dict[str, Any]
) -> None:
    signed = [sign(guest, party, signer_name=name) for name in ("José Núñez", "O'Brien Kay", "Cat Three")]
    counts = [
        api.get(f"{url(party)}/manifest").json["head_count"],
        check_in(api, party, "no_show", waiver_id=signed[0])["head_count"],
        check_in(api, party, "aboard", waiver_id=signed[1])["head_count"],
        check_in(api, party, "aboard", guest_id=party["guests"][2]["guest_id"])["head_count"],
        check_in(api, party, "clear", waiver_id=signed[1])["head_count"],
        check_in(api, party, "clear", guest_id=party["guests"][2]["guest_id"])["head_count"],
        check_in(api, party, "clear", waiver_id=signed[0])["head_count"],
    ]
    assert counts == [3, 2, 1, 2, 1, 2, 3]


def test_nobody_aboard_departs_as_nobody_aboard(api: Api, guest: Api, party: dict[str, Any]) -> None:
    signed = [sign(guest, party, signer_name=name) for name in LISTED[:2]]
    for waiver_id in signed:
        check_in(api, party, "no_show", waiver_id=waiver_id)
    check_in(api, party, "no_show", guest_id=party["guests"][2]["guest_id"])
    assert depart(api, party["event_id"]).status == 200
    departed = api.get(f"{url(party)}/manifest").json
    for manifest in (departed, departed["snapshot"]):
        assert (manifest["head_count"], manifest["over_limit"]) == (0, False)
        assert [one["no_show"] for one in manifest["passengers"]] == [True] * 3
    assert api.get(url(party)).json["status"] == "departed"
    assert api.post(f"{url(party)}/cancel", {"reason": "storm"}).status == 409


def test_a_check_in_follows_a_person_who_signs_again(api: Api, guest: Api, party: dict[str, Any]) -> None:
    first = sign(guest, party, signer_name="Cat Three")
    check_in(api, party, "aboard", waiver_id=first)
    sign(guest, party, signer_name="Cat Three")
    manifest = api.get(f"{url(party)}/manifest").json
    [cat] = [one for one in manifest["passengers"] if one["name"] == "Cat Three"]
    assert (cat["waiver_id"] != first, cat["checked_in_at"] is not None, manifest["head_count"]) == (True, True, 1)


def test_nobody_is_checked_in_by_a_record_that_was_set_aside(api: Api, guest: Api, party: dict[str, Any]) -> None:
    false = sign(guest, party, signer_name="Cat Three")
    set_aside(api, party, false)
    answer = api.post(f"{url(party)}/check-in", {"waiver_id": false, "state": "aboard"})
    assert (answer.status, list(answer.json["Fields"])) == (400, ["waiver_id"])


# --- what guests see ------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["departed", "cancelled", "past"])
def test_the_guest_page_of_a_charter_that_is_not_ahead_shows_no_names(
    api: Api, guest: Api, party: dict[str, Any], how: str
) -> None:
    sign(guest, party, signer_name="Bob Two")
    if how == "past":
        over = {"starts_at": "2020-01-01T10:00:00Z", "ends_at": "2020-01-01T12:00:00Z"}
        assert api.patch(url(party), {"version": 1, **over}).status == 200
    else:
        cancel = {"reason": "storm"}
        done = depart(api, party["event_id"]) if how == "departed" else api.post(f"{url(party)}/cancel", cancel)
        assert done.status == 200
    shown = guest.get(f"/api/guest/{party['event_id']}")
    assert shown.json["waivers"] == {"signed": 1, "expected": 6, "signers": []}
    assert "Bob" not in shown.text


def test_the_pages_of_a_charter_cost_the_same_whatever_guests_have_sent(api: Api, guest: Api, calls: list[str]) -> None:
    charter = api.post("/api/events", new_event(party_size=60)).json
    pages = (
        f"/api/guest/{charter['event_id']}",
        page(charter),
        url(charter),
        f"{url(charter)}/manifest",
        "/api/events",
    )

    def cost() -> list[Counter[str]]:
        found = []
        for one in pages:
            calls.clear()
            assert api.get(one).status == 200
            found.append(Counter(calls))
        return found

    strokes = f"[[{','.join(['[1,2,3]'] * 7000)}]]"
    sign(guest, charter, signer_name="Guest 0", signature_strokes=strokes, **MINORS)
    few = cost()
    for number in range(1, 20):
        minors = {**MINORS, "minor_name": [f"Kim {number}", f"Lee {number}"]}
        sign(guest, charter, signer_name=f"Guest {number}", signature_strokes=strokes, **minors)
    assert cost() == few
    for one in pages:
        assert "[1,2,3]" not in api.get(one).text
    assert api.get(url(charter)).json["waivers"]["signed"] == 60
