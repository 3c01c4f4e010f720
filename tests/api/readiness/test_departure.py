"""The departure: never past what blocks, whatever happens at the same moment."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system, times
from chalicelib.manifest import store as manifest_store
from tests.api.readiness.conftest import INSURED
from tests.support.api import Answer, Api, new_event, new_payment, new_settings
from tests.support.departing import blocking, codes, depart, leave, readiness, soon, state_of
from tests.support.operator import uuid
from tests.support.pages import page, signature
from tests.support.planning import make_boat, make_charter
from tests.support.races import at_once
from tests.support.signed import sign, url


def test_a_ready_charter_departs_and_answers_the_event(
    api: Api, ready: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    mailbox.clear()
    left = leave(api, ready)
    assert (left.status, left.json["status"], left.json["readiness"]["state"]) == (200, "departed", "departed")
    assert left.json["readiness"]["checks"] == ready["readiness"]["checks"]
    again = leave(api, ready, money="whatever is sent now changes nothing")
    assert (again.status, again.json) == (200, left.json)
    assert len(mailbox) == 1
    [listed] = api.get("/api/events").json["events"]
    assert listed["readiness"] == left.json["readiness"]


def test_what_blocks_is_told_and_only_a_reason_for_each_lets_it_sail(
    api: Api, guest: Api, wanted: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    assert api.put("/api/settings", new_settings(money_before_departure="full")).status == 200
    made = api.post("/api/events", wanted).json
    sign(guest, made)
    refused = leave(api, made)
    assert (refused.status, refused.json["Code"], blocking(refused)) == (409, "NotReady", ["money", "briefing"])
    assert refused.json["readiness"] == readiness(api, made)
    assert refused.json["Message"] == (
        "This charter is not ready to sail: $1,200.00 due before departure; Safety briefing not given yet."
    )
    half = leave(api, made, money="paid at the dock, Ana saw it")
    assert (half.status, blocking(half), codes(half.json["readiness"], "waived")) == (409, ["briefing"], ["money"])
    assert (api.get(url(made)).json["status"], api.get(f"{url(made)}/manifest").json["frozen"]) == ("scheduled", None)
    mailbox.clear()
    left = leave(api, made, money="paid at the dock, Ana saw it", briefing="all of them sailed yesterday")
    assert left.status == 200
    [money] = [check for check in left.json["readiness"]["checks"] if check["code"] == "money"]
    assert (money["state"], money["waived"]["by"], money["waived"]["reason"]) == (
        "waived",
        "admin",
        "paid at the dock, Ana saw it",
    )
    assert times.parse_instant(money["waived"]["at"])
    frozen = api.get(f"{url(made)}/manifest").json
    assert frozen["snapshot"]["checks"] == left.json["readiness"]["checks"] == readiness(api, made)["checks"]
    assert "checks" not in frozen
    [message] = mailbox
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body
        for words in ("$1,200.00 due before departure", "paid at the dock, Ana saw it", "all of them sailed yesterday"):
            assert words in " ".join(body.get_content().split())
    [told] = [one for one in api.get(f"{url(made)}/history").json["events"] if one["act"] == "departed"]
    assert told["reason"] == "money: paid at the dock, Ana saw it; briefing: all of them sailed yesterday"


@pytest.mark.parametrize(
    ("waive", "fields"),
    [
        ({"captain": "he is on his way"}, ["waive.captain"]),
        ({"briefing": "they know it", "heads": "one is a baby", "crew": "no"}, ["waive.crew", "waive.heads"]),
        ({"people_papers": "unknown does not block"}, ["waive.people_papers"]),
        ({"weather": "it is fine"}, ["waive.weather"]),
        ({"briefing": " \u200b "}, ["waive.briefing"]),
        ({"briefing": "x" * 501}, ["waive.briefing"]),
        ({"briefing": 1}, ["waive.briefing"]),
        (["briefing"], ["waive"]),
    ],
)
def test_only_what_blocks_can_be_waived(
    api: Api, guest: Api, wanted: dict[str, Any], dana: dict[str, Any], waive: Any, fields: list[str]
) -> None:
    api.patch(f"/api/people/{dana['person_id']}", {"version": 1, "papers": []})
    made = api.post("/api/events", wanted).json
    sign(guest, made)
    assert blocking(leave(api, made)) == ["briefing"]
    answer = api.post(f"{url(made)}/depart", {"waive": waive})
    assert (answer.status, sorted(answer.json["Fields"])) == (400, fields)
    assert api.get(url(made)).json["status"] == "scheduled"
    assert api.post(f"{url(made)}/depart", {"force": True}).status == 400


def test_it_departs_from_twelve_hours_before_its_start_and_as_late_as_it_may_be(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = system.utc_now().replace(microsecond=0)
    monkeypatch.setattr(system, "utc_now", lambda: now)
    ends_at = times.format_instant(now + timedelta(hours=14))
    for seconds, status in ((1, 409), (0, 200), (-1, 200)):
        starts_at = times.format_instant(now + timedelta(hours=12, seconds=seconds))
        made = api.post("/api/events", new_event(starts_at=starts_at, ends_at=ends_at)).json
        answer = depart(api, made["event_id"]) if status == 200 else leave(api, made, captain="early")
        assert answer.status == status
        if status == 409:
            assert (answer.json["Code"], "can depart from" in answer.json["Message"]) == ("Conflict", True)
    past = soon(hours=-48)
    made = api.post("/api/events", new_event(**past)).json
    assert depart(api, made["event_id"]).status == 200


def test_a_cancelled_or_completed_charter_does_not_depart_and_a_departed_one_is_never_cancelled(api: Api) -> None:
    made = [api.post("/api/events", new_event(**soon())).json for _ in range(3)]
    api.post(f"{url(made[0])}/cancel", {"reason": "storm"})
    assert api.get(url(made[0])).json["readiness"] == {"state": "cancelled", "checks": []}
    api.patch(url(made[1]), {"version": 1, "status": "completed"})
    for one in made[:2]:
        assert (leave(api, one).status, leave(api, one).json["Code"]) == (409, "Conflict")
    assert depart(api, made[2]["event_id"]).status == 200
    assert api.patch(url(made[2]), {"version": 2, "status": "completed"}).status == 200
    assert api.post(f"{url(made[2])}/cancel", {"reason": "storm"}).status == 409
    found = api.get(url(made[2])).json
    assert (found["status"], found["readiness"]["state"]) == ("completed", "departed")
    assert len(found["readiness"]["checks"]) == 9
    assert leave(api, made[2]).json.items() <= found.items()


def test_conflicts_that_were_booked_on_purpose_are_waived_by_that_and_others_block(
    api: Api, wanted: dict[str, Any]
) -> None:
    first = api.post("/api/events", wanted).json
    second = api.post("/api/events", {**wanted, "override_reason": "the first one is back early"}).json
    [waived] = [one for one in readiness(api, second)["checks"] if one["code"] == "conflicts"]
    override = second["schedule_override"]
    assert (waived["state"], waived["waived"]) == ("waived", {name: override[name] for name in ("by", "at", "reason")})
    assert state_of(api, first, "conflicts") == "blocks"
    refused = leave(api, second, conflicts="twice")
    assert (refused.status, list(refused.json["Fields"])) == (400, ["waive.conflicts"])
    left = depart(api, second["event_id"]).json
    assert [one for one in left["readiness"]["checks"] if one["code"] == "conflicts"] == [waived]


def test_a_bareboat_needs_no_captain_of_ours(api: Api, guest: Api) -> None:
    boat = make_boat(api, kind="bareboat", papers=INSURED)
    made = make_charter(api, boat_id=boat["boat_id"], party_size=1, **soon())
    sign(guest, made)
    api.post(f"{url(made)}/safety-briefing", {"done": True})
    assert readiness(api, made)["state"] == "ready"
    assert leave(api, made).status == 200


# --- at the same moment -----------------------------------------------------------------------------


def test_of_two_departures_at_once_one_wins_and_both_answer_its_event(
    api: Api, ready: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    mailbox.clear()
    apis = [Api(api.token) for _ in range(4)]
    answers = at_once(4, lambda number: leave(apis[number], ready))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(mailbox) == 1
    assert sum(one["act"] == "departed" for one in api.get(f"{url(ready)}/history").json["events"]) == 1


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Does something between what a departure has seen and its write."""

    def put_departure(*arguments: Any) -> Any:
        monkeypatch.undo()
        act()
        return manifest_store.put_departure(*arguments)

    monkeypatch.setattr(manifest_store, "put_departure", put_departure)


@pytest.mark.parametrize("what", ["voids", "edits", "takes back the briefing", "overloads", "lists a guest"])
def test_a_departure_that_was_overtaken_by_what_blocks_is_refused(
    api: Api, ready: dict[str, Any], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    assert api.put("/api/settings", new_settings(money_before_departure="full")).status == 200
    payment = f"{url(ready)}/payments/{uuid()}"
    assert api.put(payment, new_payment(amount_cents=120_000, notify=False)).status == 201
    guests = [{"name": "Late", "email": ""}]
    acts = {
        "voids": (lambda: api.post(f"{payment}/void", {"reason": "another charter's"}), "money"),
        "edits": (lambda: api.patch(url(ready), {"version": 1, "captain": None}), "captain"),
        "takes back the briefing": (lambda: api.post(f"{url(ready)}/safety-briefing", {"done": False}), "briefing"),
        "overloads": (lambda: api.patch(url(ready), {"version": 1, "party_size": 9}), "heads"),
        "lists a guest": (lambda: api.patch(url(ready), {"version": 1, "guests": guests}), "waivers"),
    }
    act, code = acts[what]
    meanwhile(monkeypatch, lambda: act().status == 200 or pytest.fail(act().text))
    answer = leave(api, ready)
    assert (answer.status, answer.json["Code"]) == (409, "NotReady")
    assert code in blocking(answer)
    assert api.get(url(ready)).json["status"] == "scheduled"


def test_a_signature_at_the_moment_of_the_departure_is_in_it(
    api: Api, guest: Api, ready: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    form = signature(guest, ready, signer_name="Late Comer")
    meanwhile(monkeypatch, lambda: guest.submit(page(ready), form))
    assert leave(api, ready).status == 200
    snapshot = api.get(f"{url(ready)}/manifest").json["snapshot"]
    assert [one["name"] for one in snapshot["passengers"]][-1] == "Late Comer"
    assert snapshot["head_count"] == 2
    [heads] = [check for check in snapshot["checks"] if check["code"] == "heads"]
    assert heads["message"] == "2 guests, limit 6"


def test_a_check_in_at_the_moment_of_the_departure_is_in_it_or_refused(
    api: Api, ready: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    [signed] = ready["waiver_records"]
    body = {"waiver_id": signed["waiver_id"], "state": "no_show"}
    meanwhile(monkeypatch, lambda: api.post(f"{url(ready)}/check-in", body))
    assert leave(api, ready).status == 200
    snapshot = api.get(f"{url(ready)}/manifest").json["snapshot"]
    assert (snapshot["head_count"], snapshot["passengers"][0]["no_show"]) == (0, True)
    assert api.post(f"{url(ready)}/check-in", {**body, "state": "aboard"}).status == 409


def test_departures_and_edits_at_once_end_in_one_order(api: Api, ready: dict[str, Any]) -> None:
    apis = [Api(api.token) for _ in range(6)]

    def act(number: int) -> Answer:
        if number < 3:
            return leave(apis[number], ready)
        return apis[number].patch(url(ready), {"version": 1, "captain": None})

    answers = at_once(6, act)
    found = api.get(url(ready)).json
    if found["status"] == "departed":
        # It left with its captain, whatever was edited afterwards.
        assert codes(found["readiness"], "ok")[0] == "captain"
        assert {answer.status for answer in answers[:3]} == {200}
    else:
        assert {answer.status for answer in answers[:3]} == {409}
        assert found["captain"] is None
