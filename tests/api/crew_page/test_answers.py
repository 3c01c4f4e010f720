"""What a person answers on their own page: taken once, or refused with what holds now."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.charters import store
from chalicelib.charters.store import Charter
from chalicelib.core import system
from chalicelib.crew import service as crew
from tests.support.api import Answer, Api
from tests.support.crew import forms_of, manifest_of, page_of, read, text_of
from tests.support.departing import depart
from tests.support.planning import at, make_charter, make_person, patch, read_charter

PassTime = Callable[..., None]


@pytest.fixture
def cy(api: Api) -> dict[str, Any]:
    return make_person(api, "Cy Dunn", phone="+1 415 555 0103", email="cy.dunn@example.com", roles=["captain"])


@pytest.fixture
def trip(api: Api, boat: dict[str, Any]) -> dict[str, Any]:
    """In nine days."""
    return make_charter(api, hours=(240, 243), boat_id=boat["boat_id"])


def ask(api: Api, trip: dict[str, Any], *people: dict[str, Any], role: str = "captain") -> dict[str, Any]:
    """A position, for which these are asked one after the other."""
    body = {"role": role, "person_ids": [one["person_id"] for one in people]}
    answer = api.post(f"/api/events/{trip['event_id']}/positions", body)
    assert answer.status == 201, answer.text
    return dict(answer.json["positions"][-1])


def form_of(guest: Api, person: dict[str, Any], given: str) -> dict[str, str]:
    """As the person's page has it."""
    forms = [one["fields"] for one in forms_of(guest.get(page_of(person)).text)]
    return dict(next(one for one in forms if one["answer"] == given))


def give(guest: Api, person: dict[str, Any], form: dict[str, str]) -> Answer:
    return guest.submit(page_of(person), form)


def taken(answer: Answer, person: dict[str, Any]) -> None:
    assert (answer.status, answer.headers.get("location")) == (303, page_of(person)), text_of(answer.text)


def refused(answer: Answer, reason: str) -> None:
    text = text_of(answer.text)
    assert (answer.status, reason in text) == (409, True), text
    assert "This is what holds now." in text


def state_of(trip: dict[str, Any]) -> tuple[str, str | None]:
    (position,) = stored(trip).positions
    return position["state"], position["person"] and position["person"]["name"]


def stored(trip: dict[str, Any]) -> Charter:
    charter = store.read_charter(trip["event_id"])
    assert charter
    return charter


# --- asked, answered --------------------------------------------------------------------------------------


def test_who_is_asked_sees_what_and_until_when_and_accepts_once(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any]
) -> None:
    ask(api, trip, ana)
    text = read(guest, page_of(ana))
    assert "Ana Reyes, 1 needs your answer" in text
    assert "Asked Mon, Jun 10, 5:00 PM to 8:00 PM PDT Sunset sail, captain on Petrel, 4 guests" in text
    assert "Answer by Sun, Jun 2, 12:00 PM PDT, then we ask the next." in text
    form = form_of(guest, ana, "accept")
    for _ in range(3):
        taken(give(guest, ana, form), ana)
    assert state_of(trip) == ("accepted", "Ana Reyes")
    text = read(guest, page_of(ana))
    assert "Asked" not in text
    assert "You sail Mon, Jun 10" in text
    acts = [one["act"] for one in api.get(f"/api/events/{trip['event_id']}/history").json["events"]]
    assert acts.count("position_answered") == 1


def test_who_declines_says_why_and_the_next_is_asked(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any], cy: dict[str, Any]
) -> None:
    ask(api, trip, ana, cy)
    form = form_of(guest, ana, "decline")
    assert form["reason"] == "I am away"
    for _ in range(2):
        taken(give(guest, ana, form), ana)
    asked = read_charter(api, trip)["positions"][0]["asked"]
    assert [(one["name"], one["answer"], one["reason"]) for one in asked] == [
        ("Ana Reyes", "declined", "I am away"),
        ("Cy Dunn", None, ""),
    ]
    assert "Asked" not in read(guest, page_of(ana))
    assert "Cy Dunn, 1 needs your answer" in read(guest, page_of(cy))


def test_who_accepted_can_say_that_they_cannot_sail(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any], cy: dict[str, Any]
) -> None:
    ask(api, trip, ana, cy)
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)
    taken(give(guest, ana, form_of(guest, ana, "decline")), ana)
    assert state_of(trip) == ("asked", None)
    assert "Cy Dunn, 1 needs your answer" in read(guest, page_of(cy))


# --- what holds now ---------------------------------------------------------------------------------------


def test_a_charter_that_changed_since_the_page_was_made_is_shown_as_it_is_now(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any]
) -> None:
    ask(api, trip, ana)
    form = form_of(guest, ana, "accept")
    moved = patch(api, read_charter(api, trip), starts_at=at(241), ends_at=at(244))
    assert moved.status == 200
    answer = give(guest, ana, form)
    refused(answer, "This charter has changed since the page was made.")
    assert "Mon, Jun 10, 6:00 PM to 9:00 PM PDT" in text_of(answer.text)
    assert state_of(trip) == ("asked", None)
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)


def test_who_accepted_before_it_changed_is_asked_to_answer_again(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any]
) -> None:
    ask(api, trip, ana)
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)
    patch(api, read_charter(api, trip), departure_port="Oakland")
    text = read(guest, page_of(ana))
    assert "This charter was changed after you accepted. Please answer again." in text
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)
    assert state_of(trip) == ("accepted", "Ana Reyes")


def test_an_unconfirmed_captain_has_no_manifest_until_they_answer(
    api: Api, guest: Api, ana: dict[str, Any], pass_time: PassTime
) -> None:
    trip = make_charter(api, hours=(24, 27))
    ask(api, trip, ana)
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)
    assert guest.get(manifest_of(ana, trip)).status == 200
    patch(api, read_charter(api, trip), departure_port="Oakland")
    assert guest.get(manifest_of(ana, trip)).status == 404
    assert "0199" not in guest.get(page_of(ana)).text
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)
    assert guest.get(manifest_of(ana, trip)).status == 200


def test_what_was_withdrawn_or_called_off_or_taken_is_refused(
    api: Api, guest: Api, boat: dict[str, Any], ana: dict[str, Any], cy: dict[str, Any]
) -> None:
    withdrawn, off, given = (make_charter(api, hours=(hour, hour + 2)) for hour in (240, 250, 260))
    forms = {}
    for trip in (withdrawn, off, given):
        position = ask(api, trip, ana)
        forms[trip["event_id"]] = {
            **next(
                one["fields"]
                for one in forms_of(guest.get(page_of(ana)).text)
                if one["fields"]["position_id"] == position["position_id"] and one["fields"]["answer"] == "accept"
            )
        }
    url = f"/api/events/{withdrawn['event_id']}/positions/{forms[withdrawn['event_id']]['position_id']}"
    assert api.post(f"{url}/withdraw", {}).status == 200
    assert api.post(f"/api/events/{off['event_id']}/cancel", {"reason": "storm"}).status == 200
    url = f"/api/events/{given['event_id']}/positions/{forms[given['event_id']]['position_id']}"
    assert api.post(f"{url}/assign", {"person_id": cy["person_id"]}).status == 200
    refused(give(guest, ana, forms[withdrawn["event_id"]]), "You are not asked for this any more.")
    refused(give(guest, ana, forms[off["event_id"]]), "This charter is cancelled.")
    assert give(guest, ana, forms[given["event_id"]]).status == 409
    assert "Asked" not in read(guest, page_of(ana))


def test_who_sails_elsewhere_at_that_time_is_told_where(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any]
) -> None:
    ask(api, trip, ana)
    make_charter(api, hours=(241, 242), title="Regatta", captain={"person_id": ana["person_id"]})
    refused(give(guest, ana, form_of(guest, ana, "accept")), "You sail on “Regatta” at that time.")


def test_who_was_late_can_still_accept_while_nobody_has(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any], cy: dict[str, Any], pass_time: PassTime
) -> None:
    ask(api, trip, ana, cy)
    pass_time(hours=25)
    crew.sweep(system.utc_now())
    text = read(guest, page_of(ana))
    assert "The time to answer is over. Nobody has it yet, so you can still accept." in text
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)
    assert state_of(trip) == ("accepted", "Ana Reyes")
    assert "Asked" not in read(guest, page_of(cy))


def test_who_was_late_as_mate_and_is_captain_now_has_the_manifest(
    api: Api, guest: Api, ana: dict[str, Any], bo: dict[str, Any], cy: dict[str, Any], pass_time: PassTime
) -> None:
    # In five hours, so that there are two to answer.
    trip = make_charter(api, hours=(24, 27), captain={"name": "Old Salt"})
    ask(api, trip, ana, bo, role="mate")
    pass_time(hours=2)
    crew.sweep(system.utc_now())
    assert "The time to answer is over." in read(guest, page_of(ana))
    written = patch(api, read_charter(api, trip), captain={"person_id": ana["person_id"]})
    assert written.status == 200
    assert guest.get(manifest_of(ana, trip)).status == 200
    assert "The time to answer is over." not in read(guest, page_of(ana))
    # The same of a captain who has a position.
    captain = ask(api, trip, role="captain")
    for one in (cy, ana):
        url = f"/api/events/{trip['event_id']}/positions/{captain['position_id']}/assign"
        assert api.post(url, {"person_id": one["person_id"]}).status == 200
    assert guest.get(manifest_of(ana, trip)).status == 200


def test_who_was_late_for_one_position_and_is_asked_for_another_sees_what_they_are_asked(
    api: Api,
    guest: Api,
    trip: dict[str, Any],
    ana: dict[str, Any],
    bo: dict[str, Any],
    cy: dict[str, Any],
    pass_time: PassTime,
) -> None:
    patch(api, trip, captain={"name": "Old Salt"})
    ask(api, trip, bo, cy, role="mate")
    asked = ask(api, trip, ana, bo, role="deckhand")
    pass_time(hours=25)
    crew.sweep(system.utc_now())
    assert "deckhand on Petrel" in read(guest, page_of(bo))
    form = form_of(guest, bo, "accept")
    assert form["position_id"] == asked["position_id"]
    taken(give(guest, bo, form), bo)


def test_of_two_who_accept_at_once_one_sails_and_the_other_is_told(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any], cy: dict[str, Any], pass_time: PassTime
) -> None:
    ask(api, trip, ana, cy)
    pass_time(hours=25)
    crew.sweep(system.utc_now())
    forms = [(one, form_of(guest, one, "accept")) for one in (ana, cy)]
    visitors = [Api(address=f"198.51.100.{number}") for number in range(2)]
    start = Barrier(2)

    def accept(number: int) -> Answer:
        start.wait()
        return give(visitors[number], *forms[number])

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(accept, range(2)))
    assert sorted(answer.status for answer in answers) == [303, 409]
    winner = (ana, cy)[[answer.status for answer in answers].index(303)]
    lost = next(answer for answer in answers if answer.status == 409)
    # Whose turn it was is not asked any more; who was late finds that somebody else sails.
    refused(lost, "You are not asked" if winner is ana else "Somebody else sails in this position.")
    captain = stored(trip).details["captain"]
    assert captain
    assert captain["name"] == winner["name"]


def test_once_it_has_departed_nobody_is_asked_and_an_edit_leaves_the_captain_the_manifest(
    api: Api, guest: Api, ana: dict[str, Any], bo: dict[str, Any]
) -> None:
    trip = make_charter(api, hours=(24, 27))
    ask(api, trip, ana)
    taken(give(guest, ana, form_of(guest, ana, "accept")), ana)
    mate = {"role": "mate", "required": False, "person_ids": [bo["person_id"]]}
    assert api.post(f"/api/events/{trip['event_id']}/positions", mate).json["positions"][1]["state"] == "asked"
    departed = depart(api, trip["event_id"]).json
    assert [one["state"] for one in departed["positions"]] == ["accepted", "open"]
    assert departed["positions"][1]["asked"][0]["answer"] == "withdrawn"
    edited = patch(api, departed, ends_at=at(28)).json
    assert [one["state"] for one in edited["positions"]] == ["accepted", "open"]
    assert guest.get(manifest_of(ana, trip)).status == 200


# --- what is no answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"answer": "perhaps"}, 400),
        ({"answer": ""}, 400),
        ({"seen": ""}, 400),
        ({"position_id": ""}, 400),
        ({"more": "1"}, 400),
        ({"reason": "x" * 501}, 400),
        ({"position_id": "0" * 16}, 404),
        ({"seen": "0" * 32}, 409),
    ],
)
def test_what_the_page_never_sends_changes_nothing(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any], changes: dict[str, str], status: int
) -> None:
    ask(api, trip, ana)
    answer = give(guest, ana, {**form_of(guest, ana, "accept"), **changes})
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert state_of(trip) == ("asked", None)


def test_nobody_answers_for_somebody_else(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any], cy: dict[str, Any]
) -> None:
    ask(api, trip, ana)
    assert give(guest, cy, form_of(guest, ana, "accept")).status == 404
    assert state_of(trip) == ("asked", None)


def test_an_answer_of_another_site_is_refused_and_one_of_a_page_that_hides_its_origin_is_taken(
    api: Api, guest: Api, trip: dict[str, Any], ana: dict[str, Any]
) -> None:
    ask(api, trip, ana)
    body = "&".join(f"{name}={value}" for name, value in form_of(guest, ana, "accept").items())
    form = "application/x-www-form-urlencoded"
    for origin, status in ({"origin": "https://evil.example"}, 403), ({"origin": "null"}, 303), ({}, 303):
        assert guest.call("POST", page_of(ana), raw=body, headers=origin, content_type=form).status == status
