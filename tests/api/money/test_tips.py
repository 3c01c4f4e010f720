"""Tips received, and to whom they are owed."""

from typing import Any

import pytest

from chalicelib.payments import store
from tests.api.money.conftest import Money
from tests.support.api import Answer, Api
from tests.support.planning import make_person
from tests.support.races import at_once

JUNE = "?from=2030-06-01&to=2030-06-30"


def tips(api: Api, query: str = JUNE) -> Any:
    answer = api.get(f"/api/tips{query}")
    assert answer.status == 200, answer.text
    return answer.json


def share(api: Api, event_id: str, *shares: tuple[str, int]) -> Answer:
    """By name, or by id where it is one."""
    asked = [
        {"person_id" if len(who) == 22 else "name": who, "amount_cents": amount_cents} for who, amount_cents in shares
    ]
    return api.put(f"/api/events/{event_id}/tip-shares", {"shares": asked})


def amounts(found: dict[str, Any]) -> dict[str, int]:
    return {one["name"]: one["amount_cents"] for one in found["shares"]}


def owed(api: Api, query: str = JUNE) -> dict[str, int]:
    return {one["name"]: one["amount_cents"] for one in tips(api, query)["people"]}


def history(api: Api, money: Money) -> list[dict[str, Any]]:
    """Newest first."""
    found: list[dict[str, Any]] = api.get(f"/api/events/{money.event_id}/history").json["events"]
    return found


@pytest.fixture
def tipped(money: Money) -> Money:
    """Of $150.01, with the captain Cap Hook and Smee aboard."""
    money.log(1, kind="tip", amount_cents=10_000)
    money.log(2, kind="tip", amount_cents=5_001, method="venmo")
    money.log(3, amount_cents=70_000)
    return money


def test_captain_and_crew_share_equally_and_the_odd_cent_is_the_captains(api: Api, tipped: Money) -> None:
    found = tips(api)
    (one,) = found["charters"]
    assert (one["tips_cents"], one["division"], one["left_cents"]) == (15_001, "equal", 0)
    assert one["shares"] == [
        {"person_id": None, "name": "Cap Hook", "amount_cents": 7_501},
        {"person_id": None, "name": "Smee", "amount_cents": 7_500},
    ]
    assert [(one["name"], one["charters"]) for one in found["people"]] == [("Cap Hook", 1), ("Smee", 1)]


def test_a_charter_without_tips_is_not_listed(api: Api, money: Money) -> None:
    money.log(1, amount_cents=5_000)
    assert tips(api) == {"charters": [], "people": []}


def test_tips_belong_to_the_day_on_which_the_charter_began(api: Api, tipped: Money) -> None:
    assert owed(api, "?from=2030-06-01&to=2030-06-01") != {}
    assert owed(api, "?from=2030-06-02&to=2030-06-30") == {}
    assert owed(api, "?from=2030-05-01&to=2030-05-31") == {}
    assert owed(api, "?from=2030-06-02T00:00:00Z&to=2030-06-02T00:00:01Z") != {}
    assert owed(api, "?from=2030-06-01&to=2030-06-02T00:00:00Z") == {}


@pytest.mark.parametrize("typed", [False, True])
def test_the_owner_takes_no_share_as_a_record_or_by_name(api: Api, money: Money, typed: bool) -> None:
    owner = make_person(api, "Marisol Vega", is_owner=True)
    mate = make_person(api, "Tess Lindqvist")
    captain = {"name": "marisol  VEGA"} if typed else {"person_id": owner["person_id"]}
    charter = money.charter(captain=captain, crew=[{"person_id": mate["person_id"]}, {"name": "Smee"}])
    money.log(1, charter, kind="tip", amount_cents=10_001)
    assert owed(api) == {"Tess Lindqvist": 5_001, "Smee": 5_000}
    who = "Marisol Vega" if typed else owner["person_id"]
    refused = share(api, charter, (who, 10_001))
    assert (refused.status, list(refused.json["Fields"])) == (400, ["shares[0]"])


def test_with_nobody_but_the_owner_aboard_all_is_left(api: Api, money: Money) -> None:
    make_person(api, "Marisol Vega", is_owner=True)
    charter = money.charter(captain={"name": "Marisol Vega"}, crew=[])
    money.log(1, charter, kind="tip", amount_cents=10_001)
    (one,) = tips(api)["charters"]
    assert (one["shares"], one["left_cents"]) == ([], 10_001)


def test_a_person_is_one_over_all_charters_whatever_they_were_called(api: Api, money: Money) -> None:
    tess = make_person(api, "Tess Lindqvist")["person_id"]
    for number, name in enumerate(("Tess Lindqvist", "Tess L."), 1):
        captain = {"person_id": tess, "name": name}
        charter = money.charter(
            captain=captain, crew=[], starts_at=f"2030-06-1{number}T10:00:00Z", ends_at=f"2030-06-1{number}T12:00:00Z"
        )
        money.log(number, charter, kind="tip", amount_cents=number * 100)
    (one,) = tips(api)["people"]
    assert (one["person_id"], one["charters"], one["amount_cents"]) == (tess, 2, 300)


def test_currencies_are_not_added_up(api: Api, tipped: Money) -> None:
    other = tipped.charter(currency="EUR", crew=[])
    tipped.log(9, other, kind="tip", amount_cents=700)
    found = [(one["name"], one["currency"], one["amount_cents"]) for one in tips(api)["people"]]
    assert found == [("Cap Hook", "EUR", 700), ("Cap Hook", "USD", 7_501), ("Smee", "USD", 7_500)]


def test_they_are_shared_by_hand_to_the_cent(api: Api, tipped: Money) -> None:
    found = share(api, tipped.event_id, ("Cap Hook", 5_000), ("Mullins, stand-in", 10_001)).json
    assert (found["division"], found["left_cents"]) == ("by_hand", 0)
    assert amounts(found) == {"Cap Hook": 5_000, "Mullins, stand-in": 10_001} == owed(api)
    assert tips(api)["charters"] == [found]


@pytest.mark.parametrize("off_cents", [-1, 1, -5_000])
def test_shares_that_do_not_add_up_are_refused(api: Api, tipped: Money, off_cents: int) -> None:
    refused = share(api, tipped.event_id, ("Cap Hook", 5_001 + off_cents), ("Smee", 10_000))
    assert (refused.status, refused.json["Fields"]) == (
        400,
        {"shares": "must add up to $150.01, the tips of this charter"},
    )
    assert tips(api)["charters"][0]["division"] == "equal"


@pytest.mark.parametrize(
    ("shares", "field"),
    [
        ([{"name": "Smee", "amount_cents": 0}], "shares[0].amount_cents"),
        ([{"name": "Smee", "amount_cents": 1.5}], "shares[0].amount_cents"),
        ([{"amount_cents": 15_001}], "shares[0].name"),
        ([{"person_id": "A" * 22, "amount_cents": 15_001}], "shares[0].person_id"),
        ([{"name": "Smee", "amount_cents": 1}, {"name": "SMEE", "amount_cents": 15_000}], "shares[1]"),
        ([{"name": f"Mate {number}", "amount_cents": 1} for number in range(22)], "shares"),
        ("all", "shares"),
    ],
)
def test_what_is_wrong_with_shares_is_named(api: Api, tipped: Money, shares: Any, field: str) -> None:
    refused = api.put(f"/api/events/{tipped.event_id}/tip-shares", {"shares": shares})
    assert (refused.status, list(refused.json["Fields"])) == (400, [field])


def test_the_same_again_changes_nothing_and_none_are_equal_shares_again(api: Api, tipped: Money) -> None:
    def acts() -> list[str]:
        return [one["act"] for one in history(api, tipped)]

    first = share(api, tipped.event_id, ("Smee", 15_001))
    assert share(api, tipped.event_id, ("Smee", 15_001)).text == first.text
    assert acts() == ["tips_shared", "created"]
    assert share(api, tipped.event_id).json["division"] == "equal"
    assert owed(api) == {"Cap Hook": 7_501, "Smee": 7_500}
    assert acts() == ["tips_shared", "tips_shared", "created"]


def test_what_was_shared_by_hand_stays_and_what_came_later_is_left(api: Api, tipped: Money) -> None:
    share(api, tipped.event_id, ("Smee", 15_001))
    tipped.log(4, kind="tip", amount_cents=2_000)
    (one,) = tips(api)["charters"]
    assert (one["tips_cents"], amounts(one), one["left_cents"]) == (17_001, {"Smee": 15_001}, 2_000)
    tipped.act(1, "void")
    assert tips(api)["charters"][0]["left_cents"] == -8_000


@pytest.mark.parametrize("undone", ["voided", "bounced", "refunded", "moved"])
def test_money_that_was_handed_out_stays_in_sight_though_its_tip_is_gone(api: Api, money: Money, undone: str) -> None:
    money.log(1, kind="tip", amount_cents=10_000, method="check")
    share(api, money.event_id, ("Smee", 10_000))
    if undone == "refunded":
        money.log(2, kind="refund", refund_of=money.id(1), amount_cents=10_000)
    elif undone == "moved":
        other = money.charter(starts_at="2030-08-10T10:00:00Z", ends_at="2030-08-10T12:00:00Z")
        corrects = {"event_id": money.event_id, "payment_id": money.id(1), "reason": "Another day"}
        assert api.put(f"/api/events/{other}/payments/{money.id(2)}", {"corrects": corrects}).status == 201
    else:
        money.act(1, {"voided": "void", "bounced": "bounce"}[undone])
    found = tips(api)
    (one,) = found["charters"]
    assert (one["tips_cents"], one["division"], amounts(one), one["left_cents"]) == (
        *(0, "by_hand"),
        *({"Smee": 10_000}, -10_000),
    )
    assert [(one["name"], one["amount_cents"]) for one in found["people"]] == [("Smee", 10_000)]
    # Given back or never handed out, it is ended by sharing equally, of which there is nothing.
    assert share(api, money.event_id).status == 200
    assert tips(api) == {"charters": [], "people": []}


def test_equal_shares_of_a_tip_that_is_gone_are_owed_to_nobody(api: Api, money: Money) -> None:
    money.log(1, kind="tip", amount_cents=10_000)
    money.act(1, "void")
    assert tips(api) == {"charters": [], "people": []}


def test_a_refund_of_a_tip_is_shared_no_more(api: Api, tipped: Money) -> None:
    tipped.log(4, kind="refund", refund_of=tipped.id(1), amount_cents=10_000)
    assert owed(api) == {"Cap Hook": 2_501, "Smee": 2_500}


def test_two_who_share_at_once_leave_one_sharing(api: Api, tipped: Money) -> None:
    clients = [api.with_token(api.token) for _ in range(4)]
    answers = at_once(4, lambda number: share(clients[number], tipped.event_id, (f"Mate {number}", 15_001)))
    assert {one.status for one in answers} == {200}
    (name,) = owed(api)
    assert name in {next(iter(amounts(one.json))) for one in answers}


def test_the_history_tells_each_sharing_from_the_one_that_was_there(
    api: Api, tipped: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_tips = store.put_tips

    def put_after_another_one(*args: Any) -> None:
        monkeypatch.setattr(store, "put_tips", put_tips)
        share(api, tipped.event_id, ("Smee", 15_001))
        put_tips(*args)

    monkeypatch.setattr(store, "put_tips", put_after_another_one)
    assert share(api, tipped.event_id, ("Cap Hook", 15_001)).status == 200
    told = [change for one in history(api, tipped) for change in one["changes"] if change["field"] == "tip_shares"]
    names = [[[share["name"] for share in one[side]] for side in ("before", "after")] for one in told]
    assert names == [[["Smee"], ["Cap Hook"]], [[], ["Smee"]]]


def test_only_admins_see_and_share_tips(guest: Api, money: Money) -> None:
    guest.token = None
    assert guest.get("/api/tips").status == share(guest, money.event_id).status == 401


def test_an_unknown_charter_has_no_tips(api: Api) -> None:
    assert share(api, "A" * 22, ("Smee", 1)).status == 404
