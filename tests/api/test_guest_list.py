"""The listed guests of a charter, and which of them have signed."""

from typing import Any

import pytest

from tests.support.api import Api, new_event
from tests.support.pages import MINORS, Form, page, signature
from tests.support.signed import records

GUESTS = [
    {"name": "Ana Rivera", "email": "ana@canary.example"},
    {"name": "Bo Sailor", "email": "bo@canary.example"},
    {"name": "Kim Sailor", "email": ""},
]


@pytest.fixture
def party(api: Api) -> Any:
    """A charter whose guests are listed."""
    answer = api.post("/api/events", new_event(guests=GUESTS))
    assert answer.status == 201, answer.text
    return answer.json


def waiver_counts(api: Api) -> Any:
    """Of the only charter on the board."""
    [charter] = api.get("/api/events").json["events"]
    return charter["waivers"]


def test_listed_guests_get_ids_that_stay(api: Api, party: dict[str, Any]) -> None:
    ids = [guest["guest_id"] for guest in party["guests"]]
    assert len(set(ids)) == 3
    url = f"/api/events/{party['event_id']}"
    kept = api.patch(url, {"version": 1, "title": "Later sail"}).json
    assert kept["guests"] == party["guests"]
    sent = [{**party["guests"][1], "name": "Bo S."}, {"name": "New"}]
    changed = api.patch(url, {"version": 2, "guests": sent}).json["guests"]
    assert changed[0] == {"guest_id": ids[1], "name": "Bo S.", "email": "bo@canary.example"}
    assert changed[1]["guest_id"] not in ids


@pytest.mark.parametrize(
    ("guests", "field"),
    [
        ("Ana", "guests"),
        (["Ana"], "guests"),
        ([{"name": "x"}] * 61, "guests"),
        ([{"email": "a@example.com"}], "guests[0].name"),
        ([{"name": "Ana", "email": "ana"}], "guests[0].email"),
        ([{"name": "Ana", "phone": "1"}], "guests[0].phone"),
        ([{"name": "Ana"}, {"name": "Bo", "guest_id": "mine"}], "guests[1].guest_id"),
    ],
)
def test_a_wrong_guest_is_named(api: Api, guests: Any, field: str) -> None:
    answer = api.post("/api/events", new_event(guests=guests))
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])


def test_one_guest_id_cannot_name_two_guests(api: Api, party: dict[str, Any]) -> None:
    twice = {"version": 1, "guests": [party["guests"][0]] * 2}
    answer = api.patch(f"/api/events/{party['event_id']}", twice)
    assert (answer.status, list(answer.json["Fields"])) == (400, ["guests"])


def test_the_same_request_with_guests_again_is_the_same_charter(api: Api) -> None:
    key = {"Idempotency-Key": "0190a000-0000-7000-8000-000000000001"}
    first, again = (api.post("/api/events", new_event(guests=GUESTS), headers=key) for _ in range(2))
    assert (first.status, again.status, again.json) == (201, 200, first.json)


def test_the_board_names_the_guests_who_have_not_signed(api: Api, guest: Api, party: dict[str, Any]) -> None:
    assert waiver_counts(api)["missing"] == ["Ana Rivera", "Bo Sailor", "Kim Sailor"]
    picked = party["guests"][0]["guest_id"]
    answer = guest.submit(page(party), signature(guest, party, guest_id=picked, signer_name="Ana Rivera"))
    assert answer.status == 303
    assert records(api)[0]["guest_id"] == picked
    waivers = waiver_counts(api)
    assert (waivers["signed"], waivers["expected"], waivers["missing"]) == (1, 4, ["Bo Sailor", "Kim Sailor"])
    assert waivers["missing_guest_ids"] == [one["guest_id"] for one in party["guests"][1:]]
    detail = api.get(f"/api/events/{party['event_id']}").json
    assert detail["waivers"]["missing"] == ["Bo Sailor", "Kim Sailor"]
    assert detail["waiver_records"][0]["guest_id"] == picked
    assert "missing" not in guest.get(f"/api/guest/{party['event_id']}").json["waivers"]


def test_a_signer_or_minor_with_a_listed_name_is_that_guest(api: Api, guest: Api, party: dict[str, Any]) -> None:
    ids = {one["name"]: one["guest_id"] for one in party["guests"]}
    assert guest.submit(page(party), signature(guest, party, signer_name=" bo  SAILOR", **MINORS)).status == 303
    assert [record["guest_id"] for record in records(api)] == [ids["Bo Sailor"], ids["Kim Sailor"], None]
    assert waiver_counts(api)["missing"] == ["Ana Rivera"]
    # Who signs a second time is the same guest.
    guest.submit(page(party), signature(guest, party))
    assert records(api)[3]["guest_id"] == ids["Bo Sailor"]
    assert waiver_counts(api)["signed"] == 3


def test_guests_pick_from_those_who_have_not_signed_and_see_no_addresses(
    api: Api, guest: Api, party: dict[str, Any]
) -> None:
    ids = [one["guest_id"] for one in party["guests"]]
    opened = guest.get(page(party)).text
    assert Form(opened).options["guest_id"] == ["", *ids]
    assert "canary.example" not in opened
    guest.submit(page(party), signature(guest, party, guest_id=ids[0], signer_name="Ana Rivera"))
    assert Form(guest.get(page(party)).text).options["guest_id"] == ["", *ids[1:]]
    refused = guest.submit(page(party), signature(guest, party, guest_id=ids[1], intent=""))
    assert Form(refused.text).values()["guest_id"] == [ids[1]]


def test_a_guest_who_was_removed_from_the_list_is_asked_to_choose_again(
    api: Api, guest: Api, party: dict[str, Any]
) -> None:
    answer = guest.submit(page(party), signature(guest, party, guest_id="0" * 16))
    assert (answer.status, Form(answer.text).invalid) == (400, {"guest_id"})
    assert records(api) == []
