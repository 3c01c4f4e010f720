"""The ledger and its reports by boat and by captain."""

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.money.conftest import Money
from tests.support.api import Api
from tests.support.planning import make_boat, make_person

RANGE = "from=2020-01-01"


class Fleet:
    """Petrel under Ana and under a captain who was typed; a boat that was typed; a charter with neither."""

    def __init__(self, api: Api, money: Money) -> None:
        self.api, self.money = api, money
        self.petrel = make_boat(api)["boat_id"]
        self.ana = make_person(api)["person_id"]
        trips: list[dict[str, Any]] = [
            {"boat_id": self.petrel, "captain": {"person_id": self.ana}},
            {"boat_id": self.petrel, "captain": {"name": "Cap Hook"}},
            {"vessel": "Sea Otter", "captain": {"person_id": self.ana}},
            {"vessel": "sea  OTTER", "captain": {"name": "cap hook"}},
            {"vessel": "", "captain": None},
        ]
        for number, trip in enumerate(trips, 1):
            day = {"starts_at": f"2030-06-0{number}T10:00:00Z", "ends_at": f"2030-06-0{number}T12:00:00Z"}
            wanted = {**day, "crew": [], **trip}
            if "boat_id" in wanted:
                wanted |= {"vessel": "", "passenger_limit": 6, "departure_port": ""}
            charter = money.charter(**wanted)
            # Each charter has a digit of its own, so that a sum tells which of them are in it.
            answer = money.log(
                number, charter, amount_cents=10**number, received_at=f"2026-0{number}-15T20:00:00Z", notify=False
            )
            assert answer.status == 201, answer.text

    def sum(self, query: str) -> int:
        found = self.api.get(f"/api/payments?{RANGE}&{query}")
        assert found.status == 200, found.text
        total: int = found.json["totals"]["received_cents"]
        assert sum(one["amount_cents"] for one in found.json["payments"]) == total
        rows = csv.DictReader(io.StringIO(self.api.get(f"/api/payments.csv?{RANGE}&{query}").text.lstrip("\ufeff")))
        assert sum(round(float(row["amount"]) * 100) for row in rows) == total
        assert self.summary(query)["totals"]["received_cents"] == total
        return total

    def summary(self, query: str) -> Any:
        return self.api.get(f"/api/payments/summary?{RANGE}&{query}").json


@pytest.fixture
def fleet(api: Api, money: Money) -> Fleet:
    return Fleet(api, money)


def test_the_ledger_is_filtered_by_boat_and_by_captain(fleet: Fleet) -> None:
    assert fleet.sum(f"boat={fleet.petrel}") == 110
    assert fleet.sum(f"captain={fleet.ana}") == 1_010
    assert fleet.sum(f"boat={fleet.petrel}&captain={fleet.ana}") == 10
    for name in ("Sea Otter", "SEA OTTER", "sea otter "):
        assert fleet.sum(f"boat={quote(name)}") == 11_000
    assert fleet.sum(f"captain={quote('Cap Hook')}") == 10_100
    # A name that a record has is no typed name: its id tells it from another of that name.
    assert fleet.sum("boat=Petrel") == 0
    assert fleet.sum("boat=") == 111_110


def test_revenue_is_summed_up_by_boat(fleet: Fleet) -> None:
    found = fleet.summary("by=boat")
    groups = [(one["id"], one["name"], one["charters"], one["totals"]["received_cents"]) for one in found["groups"]]
    assert groups == [
        (None, "", 1, 100_000),
        (fleet.petrel, "Petrel", 2, 110),
        (None, "sea OTTER", 2, 11_000),
    ]
    assert (found["periods"], found["totals"]["received_cents"]) == ([], 111_110)


def test_revenue_is_summed_up_by_captain(fleet: Fleet) -> None:
    groups = {one["name"]: one["totals"]["received_cents"] for one in fleet.summary("by=captain")["groups"]}
    assert groups == {"": 100_000, "Ana Reyes": 1_010, "cap hook": 10_100}


def test_months_of_a_boat(fleet: Fleet) -> None:
    found = fleet.summary(f"by=month&to=2026-05-31&boat={fleet.petrel}")
    received = {one["from"][:7]: one["totals"]["received_cents"] for one in found["periods"] if one["totals"]["count"]}
    assert (received, found["groups"]) == ({"2026-01": 10, "2026-02": 100}, [])


def test_the_file_ends_with_boat_and_captain_as_the_charters_name_them_now(api: Api, fleet: Fleet) -> None:
    assert api.patch(f"/api/boats/{fleet.petrel}", {"version": 1, "name": "Albatross"}).status == 200
    head, *_ = lines = api.get(f"/api/payments.csv?{RANGE}").text.lstrip("\ufeff").splitlines()
    assert head.endswith(",evidence,boat,captain")
    named = [(row["boat"], row["captain"]) for row in csv.DictReader(lines)]
    # A charter keeps the name that its boat had then.
    assert named == [
        ("Petrel", "Ana Reyes"),
        ("Petrel", "Cap Hook"),
        ("Sea Otter", "Ana Reyes"),
        ("sea OTTER", "cap hook"),
        ("", ""),
    ]


def test_a_charter_that_moves_to_another_boat_takes_its_money_along(api: Api, fleet: Fleet, money: Money) -> None:
    event_id = next(
        one["event_id"] for one in api.get(f"/api/payments?{RANGE}").json["payments"] if one["amount_cents"] == 1_000
    )
    assert api.patch(f"/api/events/{event_id}", {"version": 1, "boat_id": fleet.petrel}).status == 200
    assert fleet.sum(f"boat={fleet.petrel}") == 1_110


def test_a_boat_that_was_renamed_is_one_with_its_latest_name(api: Api, fleet: Fleet) -> None:
    assert api.patch(f"/api/boats/{fleet.petrel}", {"version": 1, "name": "Albatross"}).status == 200
    day = {"starts_at": "2030-07-01T10:00:00Z", "ends_at": "2030-07-01T12:00:00Z"}
    later = fleet.money.charter(boat_id=fleet.petrel, vessel="", passenger_limit=6, captain=None, crew=[], **day)
    fleet.money.log(9, later, amount_cents=7, notify=False)
    found = {one["name"]: one["totals"]["received_cents"] for one in fleet.summary("by=boat")["groups"]}
    assert found == {"": 100_000, "Albatross": 117, "sea OTTER": 11_000}


def test_more_than_a_hundred_charters_are_read(api: Api, money: Money) -> None:
    for number in range(1, 106):
        charter = money.charter(vessel="Sea Otter" if number % 2 else "Petrel", captain=None, crew=[])
        money.log(number, charter, amount_cents=1, notify=False)
    answer = api.get(f"/api/payments/summary?{RANGE}&by=boat").json
    assert {one["name"]: one["charters"] for one in answer["groups"]} == {"Sea Otter": 53, "Petrel": 52}


def test_without_payments_there_are_no_groups(api: Api, event: dict[str, Any]) -> None:
    assert api.get("/api/payments/summary?by=captain").json["groups"] == []
    assert api.get("/api/payments/summary?by=mast").status == 400
