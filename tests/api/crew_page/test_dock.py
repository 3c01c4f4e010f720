"""The captain's manifest: whose it is and when, what is ticked, by whose clock, and that it is ticked once."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Answer, Api
from tests.support.crew import forms_of, manifest_of, page_of, read, text_of, tick
from tests.support.planning import at, make_charter
from tests.support.signed import sign

PassTime = Callable[..., None]
GUESTS = [{"name": "Cleo Park", "email": "cleo@example.com"}, {"name": "Dan Wu"}]


@pytest.fixture
def trip(api: Api, boat: dict[str, Any], ana: dict[str, Any]) -> dict[str, Any]:
    """In five hours, for three."""
    return make_charter(
        api, hours=(24, 27), boat_id=boat["boat_id"], captain={"person_id": ana["person_id"]}, guests=GUESTS
    )


@pytest.fixture
def path(ana: dict[str, Any], trip: dict[str, Any]) -> str:
    return manifest_of(ana, trip)


def guest_ids(trip: dict[str, Any]) -> list[str]:
    return [one["guest_id"] for one in trip["guests"]]


def done(answer: Answer, path: str) -> None:
    assert (answer.status, answer.headers.get("location")) == (303, path), text_of(answer.text)


def passenger(api: Api, trip: dict[str, Any], name: str) -> dict[str, Any]:
    manifest = api.get(f"/api/events/{trip['event_id']}/manifest").json
    return next(one for one in manifest["passengers"] if one["name"] == name)


def checked_in(api: Api, trip: dict[str, Any]) -> list[dict[str, Any]]:
    events = api.get(f"/api/events/{trip['event_id']}/history").json["events"]
    return [one for one in events if one["act"] == "checked_in"]


# --- whose it is, and when ------------------------------------------------------------------------------


def test_it_opens_from_twelve_hours_before_the_start_to_six_hours_after_the_end(
    guest: Api, path: str, ana: dict[str, Any], pass_time: PassTime
) -> None:
    # It begins five hours after NOW, and takes three.
    nowhere = guest.get(f"{page_of(ana)}x").text
    for minutes, status in ((-7 * 60 - 1, 404), (-7 * 60, 200), (14 * 60, 200), (14 * 60 + 1, 404)):
        pass_time(minutes=minutes)
        for answer in (guest.get(path), guest.call("HEAD", path)):
            assert answer.status == status, minutes
        if status == 404:
            assert guest.get(path).text == nowhere
            refused = tick(guest, path, "briefing", done="yes")
            assert (refused.status, refused.text) == (404, nowhere)


def test_it_is_the_captains_alone_and_of_a_charter_that_is_not_called_off(
    api: Api, guest: Api, boat: dict[str, Any], ana: dict[str, Any], bo: dict[str, Any]
) -> None:
    crew = {"crew": [{"person_id": bo["person_id"]}]}
    mine = make_charter(api, hours=(24, 27), captain={"person_id": ana["person_id"]}, **crew)
    off = make_charter(api, hours=(28, 29), captain={"person_id": ana["person_id"]})
    api.post(f"/api/events/{off['event_id']}/cancel", {"reason": "storm"})
    nowhere = guest.get(f"{page_of(ana)}x").text
    assert guest.get(manifest_of(ana, mine)).status == 200
    for closed in (manifest_of(bo, mine), manifest_of(ana, off), f"{page_of(ana)}/{'A' * 22}", f"{page_of(ana)}/x"):
        answer = guest.get(closed)
        assert (answer.status, answer.text) == (404, nowhere)
    api.post(f"/api/people/{ana['person_id']}/new-link")
    assert (guest.get(manifest_of(ana, mine)).status, guest.get(manifest_of(ana, mine)).text) == (404, nowhere)


# --- what it says and takes -----------------------------------------------------------------------------


def test_it_says_who_is_expected_has_signed_and_is_aboard(
    api: Api, guest: Api, trip: dict[str, Any], path: str
) -> None:
    sign(guest, trip, signer_name="Cleo Park", signer_birth_date="1984-02-03")
    text = read(guest, path)
    assert "Expected 4 Signed 1 Aboard 0 No-show 0" in text
    assert "Still to do: 3 of 4 have not signed; safety briefing not given yet." in text
    cleo = passenger(api, trip, "Cleo Park")
    done(tick(guest, path, "check_in", waiver_id=cleo["waiver_id"], state="aboard"), path)
    done(tick(guest, path, "check_in", guest_id=guest_ids(trip)[1], state="no_show"), path)
    done(tick(guest, path, "briefing", done="yes"), path)
    text = read(guest, path)
    assert "Expected 4 Signed 1 Aboard 1 No-show 1" in text
    assert "Cleo Park signed aboard since Sat, Jun 1, 12:00 PM PDT" in text
    assert "Dan Wu not signed no-show" in text
    assert "Given Sat, Jun 1, 12:00 PM PDT." in text
    assert passenger(api, trip, "Cleo Park")["checked_in_at"] == "2030-06-01T19:00:00Z"
    assert checked_in(api, trip)[0]["by"] == "Ana Reyes"
    done(tick(guest, path, "check_in", waiver_id=cleo["waiver_id"], state="clear"), path)
    done(tick(guest, path, "briefing", done="no"), path)
    assert "Not given yet." in read(guest, path)
    assert passenger(api, trip, "Cleo Park")["checked_in_at"] is None


def test_each_form_works_as_the_page_has_it(api: Api, guest: Api, trip: dict[str, Any], path: str) -> None:
    forms = forms_of(guest.get(path).text)
    assert [one["name"] for one in forms] == ["check_in", "check_in", "briefing", "depart"]
    assert len({one["fields"]["submission_id"] for one in forms}) == len(forms)
    for form in forms[:3]:
        name, value = form["buttons"][0]
        done(guest.submit(path, {**form["fields"], name: value}), path)
    assert "Aboard 2" in read(guest, path)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"form": "check_in", "state": "aboard"}, "waiver_id"),
        ({"form": "check_in", "state": "swimming", "guest_id": "0" * 16}, "state"),
        ({"form": "check_in", "state": "aboard", "guest_id": "0" * 16}, "guest_id"),
        ({"form": "check_in", "state": "aboard", "waiver_id": "0" * 32}, "waiver_id"),
        ({"form": "briefing", "done": "perhaps"}, "done"),
        ({"form": "briefing"}, "done"),
        ({"form": "sail"}, "form"),
        ({"form": "depart", "waive": "money"}, "waive"),
        ({"form": "depart", "submission_id": "1"}, "submission_id"),
    ],
)
def test_what_no_form_of_the_page_sends_is_refused_on_the_page(
    api: Api, guest: Api, trip: dict[str, Any], path: str, fields: dict[str, str], named: str
) -> None:
    answer = tick(guest, path, **fields)
    assert answer.status == 400
    assert named in text_of(answer.text)
    assert checked_in(api, trip) == []


def test_a_form_of_another_site_is_refused_and_one_of_a_page_that_hides_its_origin_is_taken(
    guest: Api, trip: dict[str, Any], path: str
) -> None:
    fields = {"form": "briefing", "done": "yes", "submission_id": str(uuid.uuid4())}
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    form = "application/x-www-form-urlencoded"
    for origin, status in (("https://evil.example", 403), ("null", 303), ("https://sail.example.com", 303)):
        answer = guest.call("POST", path, raw=body, headers={"origin": origin}, content_type=form)
        assert answer.status == status, origin


# --- once, and by the right clock -----------------------------------------------------------------------


def test_the_same_form_again_is_the_same_tick(
    api: Api, guest: Api, trip: dict[str, Any], path: str, pass_time: PassTime
) -> None:
    (cleo, dan), once = guest_ids(trip), {"submission_id": str(uuid.uuid4())}
    for minutes in (0, 1, 2):
        pass_time(minutes=minutes)
        done(tick(guest, path, "check_in", guest_id=cleo, state="aboard", **once), path)
    assert len(checked_in(api, trip)) == 1
    # Somebody takes it back meanwhile: what was sent before changes nothing any more.
    api.post(f"/api/events/{trip['event_id']}/check-in", {"guest_id": cleo, "state": "clear"})
    done(tick(guest, path, "check_in", guest_id=cleo, state="aboard", **once), path)
    assert passenger(api, trip, "Cleo Park")["checked_in_at"] is None
    other = tick(guest, path, "check_in", guest_id=dan, state="aboard", **once)
    assert (other.status, "sent before with something else" in text_of(other.text)) == (409, True)
    assert passenger(api, trip, "Dan Wu")["checked_in_at"] is None


@pytest.mark.parametrize(
    ("device", "noted"),
    [
        # NOW is 19:00; the manifest opens at 12:00.
        ({"device_time": "2030-06-01T18:40:00.250Z"}, "2030-06-01T18:40:00Z"),
        ({"device_time": "2030-06-01T11:40:00-07:00"}, "2030-06-01T18:40:00Z"),
        ({"device_time": "2030-06-01T12:00:00Z"}, "2030-06-01T12:00:00Z"),
        ({"device_time": "2030-06-01T11:59:59Z"}, "2030-06-01T19:00:00Z"),
        ({"device_time": "2030-06-01T19:00:01Z"}, "2030-06-01T19:00:00Z"),
        ({"device_time": "1970-01-01T00:00:00Z"}, "2030-06-01T19:00:00Z"),
        ({"device_time": "half past six"}, "2030-06-01T19:00:00Z"),
        ({"device_time": ""}, "2030-06-01T19:00:00Z"),
        # A clock that is a day fast, or a month slow: twenty minutes ago all the same.
        ({"device_time": "2030-06-02T19:10:00Z", "device_now": "2030-06-02T19:30:00Z"}, "2030-06-01T18:40:00Z"),
        ({"device_time": "2030-05-01T03:10:00Z", "device_now": "2030-05-01T03:30:00Z"}, "2030-06-01T18:40:00Z"),
        ({"device_time": "2030-06-01T18:40:00Z", "device_now": "now"}, "2030-06-01T19:00:00Z"),
        # A form that was four minutes on its way, and a clock that is four minutes fast.
        ({"device_time": "2030-06-01T18:40:00Z", "device_now": "2030-06-01T18:56:00Z"}, "2030-06-01T18:40:00Z"),
        ({"device_time": "2030-06-01T19:04:00Z", "device_now": "2030-06-01T19:04:00Z"}, "2030-06-01T19:00:00Z"),
    ],
)
def test_a_tick_has_the_time_of_its_device_where_that_can_be(
    api: Api, guest: Api, trip: dict[str, Any], path: str, device: dict[str, str], noted: str
) -> None:
    done(tick(guest, path, "check_in", guest_id=guest_ids(trip)[0], state="aboard", **device), path)
    assert passenger(api, trip, "Cleo Park")["checked_in_at"] == noted
    # When it came is told by the history.
    assert checked_in(api, trip)[0]["at"] == "2030-06-01T19:00:00Z"


@pytest.mark.parametrize("order", [("aboard", "no_show"), ("no_show", "aboard")])
def test_what_was_ticked_later_holds_whatever_comes_first(
    api: Api, guest: Api, trip: dict[str, Any], path: str, order: tuple[str, str]
) -> None:
    ticked_at = {"aboard": "2030-06-01T18:10:00Z", "no_show": "2030-06-01T18:50:00Z"}
    cleo, sent = guest_ids(trip)[0], []
    for state in order:
        fields = {"state": state, "device_time": ticked_at[state], "submission_id": str(uuid.uuid4())}
        sent.append(fields)
        done(tick(guest, path, "check_in", guest_id=cleo, **fields), path)
    assert passenger(api, trip, "Cleo Park")["no_show"] is True
    for fields in sent:
        done(tick(guest, path, "check_in", guest_id=cleo, **fields), path)
    assert passenger(api, trip, "Cleo Park")["no_show"] is True


def test_the_desks_tick_holds_against_one_that_was_made_before_and_comes_later(
    api: Api, guest: Api, trip: dict[str, Any], path: str
) -> None:
    cleo = guest_ids(trip)[0]
    api.post(f"/api/events/{trip['event_id']}/check-in", {"guest_id": cleo, "state": "no_show"})
    done(tick(guest, path, "check_in", guest_id=cleo, state="aboard", device_time=at(18)), path)
    assert passenger(api, trip, "Cleo Park")["no_show"] is True


def test_a_tick_that_the_desks_tablet_has_kept_is_taken_once_with_its_own_time(
    api: Api, trip: dict[str, Any], pass_time: PassTime
) -> None:
    cleo, check_in = guest_ids(trip)[0], f"/api/events/{trip['event_id']}/check-in"
    pass_time(minutes=40)
    kept = {"guest_id": cleo, "state": "aboard", "submission_id": str(uuid.uuid4()), "device_time": at(19)}
    for _ in range(2):
        assert api.post(check_in, kept).status == 200
        assert passenger(api, trip, "Cleo Park")["checked_in_at"] == at(19)
    assert len(checked_in(api, trip)) == 1
    api.post(check_in, {"guest_id": cleo, "state": "no_show"})
    # What was ticked before that does not come back, neither sent again nor as a tick of its own.
    for late in (kept, {**kept, "submission_id": str(uuid.uuid4())}):
        assert api.post(check_in, late).status == 200
        assert passenger(api, trip, "Cleo Park")["no_show"] is True
    assert api.post(check_in, {**kept, "state": "clear"}).status == 409


# --- depart ---------------------------------------------------------------------------------------------


def make_ready(guest: Api, trip: dict[str, Any], path: str) -> None:
    for name in ("Cleo Park", "Dan Wu", "Eve Lund", "Finn Oh"):
        sign(guest, trip, signer_name=name)
    done(tick(guest, path, "briefing", done="yes"), path)


def test_the_captain_departs_at_the_time_of_the_tick_once(
    api: Api, guest: Api, trip: dict[str, Any], path: str, pass_time: PassTime
) -> None:
    pass_time(hours=4)
    make_ready(guest, trip, path)
    assert "May sail." in read(guest, path)
    once = {"submission_id": str(uuid.uuid4()), "device_time": "2030-06-01T22:45:00Z"}
    for minutes in (240, 241):
        pass_time(minutes=minutes)
        done(tick(guest, path, "depart", **once), path)
    frozen = api.get(f"/api/events/{trip['event_id']}/manifest").json["frozen"]
    assert (frozen["at"], frozen["by"]) == ("2030-06-01T22:45:00Z", "Ana Reyes")
    text = read(guest, path)
    assert "Departed Sat, Jun 1, 3:45 PM PDT." in text
    assert forms_of(guest.get(path).text) == []
    late = tick(guest, path, "check_in", guest_id=guest_ids(trip)[0], state="aboard")
    assert (late.status, "its manifest is frozen" in text_of(late.text)) == (409, True)


def test_a_tick_that_was_taken_before_departure_is_the_same_answer_after_it(
    guest: Api, trip: dict[str, Any], path: str, pass_time: PassTime
) -> None:
    pass_time(hours=4)
    make_ready(guest, trip, path)
    once = {"submission_id": str(uuid.uuid4()), "guest_id": guest_ids(trip)[0], "state": "aboard"}
    guest.get(path)
    sent = tick(guest, path, "check_in", **once)
    done(sent, path)
    done(tick(guest, path, "depart"), path)
    done(tick(guest, path, "check_in", **once), path)


def test_departing_is_refused_with_the_reason_while_something_blocks_and_never_with_money(
    api: Api, guest: Api, trip: dict[str, Any], path: str, pass_time: PassTime
) -> None:
    settings = api.get("/api/settings").json
    api.put("/api/settings", {**settings, "money_before_departure": "full"})
    pass_time(hours=4)
    refused = tick(guest, path, "depart")
    assert refused.status == 409
    text = text_of(refused.text)
    assert "Do not depart" in text
    assert "4 of 4 have not signed" in text
    make_ready(guest, trip, path)
    refused = tick(guest, path, "depart")
    assert refused.status == 409
    for page in (refused.text, guest.get(path).text):
        assert "Do not depart. Wait for the desk" in text_of(page)
        for told in ("$", "1,200", "120000", "due", "paid", "pay", "money", "deposit"):
            assert told not in text_of(page).lower(), told
    assert api.get(f"/api/events/{trip['event_id']}").json["status"] == "scheduled"
