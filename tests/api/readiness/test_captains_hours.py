"""How long a captain may sail within a day, and what the desk is warned of."""

from typing import Any

from tests.support.api import Api
from tests.support.planning import make_boat, make_charter, make_person
from tests.support.signed import url


def hour_warnings(api: Api, charter: dict[str, Any]) -> list[str]:
    return [one["message"] for one in api.get(url(charter)).json["warnings"] if one["code"] == "captain_hours"]


def test_a_captains_hours_are_counted_across_charters_and_uninspected_boats(api: Api) -> None:
    dana, ben = make_person(api, "Dana Ortiz"), make_person(api, "Ben")
    petrel, heron = make_boat(api), make_boat(api, name="Heron")
    inspected = make_boat(api, name="Albatross", kind="inspected")

    def plan(boat: dict[str, Any], person: dict[str, Any], *hours: float) -> dict[str, Any]:
        return make_charter(
            api, boat_id=boat["boat_id"], captain={"person_id": person["person_id"]}, hours=hours, title="Trip"
        )

    evening, morning = plan(petrel, dana, 20, 27), plan(heron, dana, 33, 38)
    assert hour_warnings(api, evening) == hour_warnings(api, morning) == []
    # On an inspected boat, by another captain, or a day later: none of that counts.
    plan(inspected, dana, 28, 32), plan(petrel, ben, 28, 32), plan(petrel, dana, 24 + 45, 24 + 50)
    assert hour_warnings(api, morning) == []
    noon = plan(heron, dana, 39, 39.5)
    told = (
        "Dana Ortiz would be captain for 12 hours 30 minutes within 24 hours. "
        "On boats that are not inspected at most 12 are allowed (46 USC 8104)."
    )
    for one in (evening, morning, noon):
        assert hour_warnings(api, one) == [told]
    board = api.get("/api/events?from=2030-06-01").json["events"]
    shown = [one["event_id"] for one in board if any(w["code"] == "captain_hours" for w in one["warnings"])]
    assert shown == [one["event_id"] for one in (evening, morning, noon)]
    assert api.post(f"{url(noon)}/cancel", {"reason": "fog"}).status == 200
    for one in (evening, morning, noon):
        assert hour_warnings(api, one) == []


def test_hours_are_real_hours_in_the_night_when_the_clocks_change(api: Api) -> None:
    dana, boat = make_person(api, "Dana Ortiz"), make_boat(api)
    named = {"boat_id": boat["boat_id"], "captain": {"person_id": dana["person_id"]}}
    nights = {
        "2030-11-02": ("2030-11-02T18:00:00-07:00", "2030-11-03T06:00:00-08:00"),
        "2030-03-09": ("2030-03-09T18:00:00-08:00", "2030-03-10T06:00:00-07:00"),
        "2030-06-10": ("2030-06-10T18:00:00-07:00", "2030-06-11T06:00:00-07:00"),
    }
    made = {day: make_charter(api, starts_at=starts, ends_at=ends, **named) for day, (starts, ends) in nights.items()}
    assert {day: bool(hour_warnings(api, one)) for day, one in made.items()} == {
        "2030-11-02": True,
        "2030-03-09": False,
        "2030-06-10": False,
    }
