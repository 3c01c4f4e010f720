"""Boats and people: made, listed, edited, refused; what both have in common is tested on both."""

import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.boats.fields import MAX_CREW, MAX_PEOPLE, MAX_TURNAROUND_MINUTES
from chalicelib.register.papers import BOAT_PAPERS, MAX_PAPERS, PERSON_PAPERS
from tests.support.api import Answer, Api, new_boat, new_event, new_person
from tests.support.races import at_once
from tests.support.stored import trail_of


@dataclass(frozen=True)
class Records:
    """The boats or the people of the API."""

    path: str
    listed: str
    id_name: str
    new: Callable[..., dict[str, Any]]

    def make(self, api: Api, **changes: Any) -> dict[str, Any]:
        answer = api.post(self.path, self.new(**changes))
        assert answer.status == 201, answer.text
        return answer.json  # type: ignore[no-any-return]

    def named(self, record: dict[str, Any]) -> dict[str, Any]:
        """What of a charter names this record."""
        one_id = record[self.id_name]
        return {"boat_id": one_id} if self.id_name == "boat_id" else {"captain": {"person_id": one_id}}

    def all(self, api: Api) -> list[dict[str, Any]]:
        return api.get(self.path).json[self.listed]  # type: ignore[no-any-return]

    def edit(self, api: Api, record: dict[str, Any], **changes: Any) -> Answer:
        return api.patch(f"{self.path}/{record[self.id_name]}", {"version": record["version"], **changes})


BOATS = Records("/api/boats", "boats", "boat_id", new_boat)
PEOPLE = Records("/api/people", "people", "person_id", new_person)
either = pytest.mark.parametrize("records", [BOATS, PEOPLE], ids=["boats", "people"])


@either
def test_what_was_sent_is_answered_and_listed_with_an_id_and_a_version(api: Api, records: Records) -> None:
    made = records.make(api)
    sent = records.new()
    assert {name: made[name] for name in sent} == sent
    assert (made["active"], made["version"]) == (True, 1)
    assert records.all(api) == [made]


@either
def test_a_name_is_enough_and_all_else_has_a_default(api: Api, records: Records) -> None:
    made = api.post(records.path, {"name": "Zoë 🚢"}).json
    defaults = {
        "boat_id": {
            "kind": "uninspected",
            "passenger_limit": None,
            "min_crew": 0,
            "turnaround_minutes": 0,
            "home_port": "",
        },
        "person_id": {"email": "", "phone": "", "roles": [], "rank": 1, "is_owner": False},
    }[records.id_name]
    both = {"name": "Zoë 🚢", "active": True, "notes": "", "papers": [], "version": 1}
    own = (records.id_name, "page_url")
    assert {name: value for name, value in made.items() if name not in own} == {**both, **defaults}


@either
def test_an_edit_changes_what_it_names_and_nothing_else(api: Api, records: Records) -> None:
    made = records.make(api)
    edited = records.edit(api, made, notes="New engine").json
    assert edited == {**made, "notes": "New engine", "version": 2}
    assert records.all(api) == [edited]


@either
def test_an_edit_of_an_older_version_is_409_with_the_current_one(api: Api, records: Records) -> None:
    made = records.make(api)
    current = records.edit(api, made, notes="first").json
    late = records.edit(api, made, notes="second")
    assert (late.status, late.json["Code"], late.json["current"]) == (409, "Conflict", current)
    assert records.all(api) == [current]


@either
def test_of_many_edits_of_one_version_one_is_done(api: Api, records: Records) -> None:
    made = records.make(api)
    clients = [api.with_token(api.token) for _ in range(6)]
    answers = at_once(6, lambda number: records.edit(clients[number], made, notes=f"by {number}"))
    (done,) = [answer.json for answer in answers if answer.status == 200]
    assert sorted(answer.status for answer in answers) == [200] + [409] * 5
    assert records.all(api) == [done]


@either
def test_the_same_request_under_one_key_makes_one_record(api: Api, records: Records) -> None:
    headers = {"idempotency-key": str(uuid.uuid4())}
    first = api.post(records.path, records.new(), headers=headers)
    clients = [api.with_token(api.token) for _ in range(4)]
    again = at_once(4, lambda number: clients[number].post(records.path, records.new(), headers=headers))
    assert first.status == 201
    assert [(answer.status, answer.json) for answer in again] == [(200, first.json)] * 4
    other = api.post(records.path, records.new(name="Another"), headers=headers)
    assert other.status == 409
    assert records.all(api) == [first.json]


def test_a_key_that_made_one_thing_makes_no_other(api: Api) -> None:
    headers = {"idempotency-key": str(uuid.uuid4())}
    assert api.post("/api/boats", {"name": "Petrel"}, headers=headers).status == 201
    for path, body in (("/api/people", {"name": "Petrel"}), ("/api/events", new_event())):
        assert api.post(path, body, headers=headers).status == 409
    assert api.get("/api/people").json == {"people": []}
    assert api.get("/api/events?from=2001-01-01").json["events"] == []


@either
def test_a_key_that_is_none_is_named(api: Api, records: Records) -> None:
    answer = api.post(records.path, records.new(), headers={"idempotency-key": "again"})
    assert (answer.status, list(answer.json["Fields"])) == (400, ["Idempotency-Key"])
    assert records.all(api) == []


@either
@pytest.mark.parametrize("wrong_id", ["A" * 22, "nonsense", "é", "A" * 500])
def test_an_unknown_and_a_malformed_id_are_the_same_404(api: Api, records: Records, wrong_id: str) -> None:
    answers = [api.patch(f"{records.path}/{one}", {"version": 1, "name": "x"}) for one in (wrong_id, "B" * 22)]
    assert [answer.status for answer in answers] == [404, 404]
    assert len({answer.text for answer in answers}) == 1


@either
def test_another_kinds_id_is_unknown(api: Api, records: Records) -> None:
    other = PEOPLE if records is BOATS else BOATS
    made = other.make(api)
    assert api.patch(f"{records.path}/{made[other.id_name]}", {"version": 1, "name": "x"}).status == 404


WRONG = {
    "name": ["", " ", "\u200b", "x" * 101, 5, None, "two\nlines", "a\x00"],
    "active": ["yes", 1],
    "notes": ["x" * 4001, 7, "\x07"],
    "papers": [{}, "mmc", [5], [{"kind": "other"}] * (MAX_PAPERS + 1)],
    "version": [3],
    "weather": ["fair"],
}
WRONG_OF_BOATS = {
    "kind": ["sunk", 1, ["inspected"]],
    "passenger_limit": [0, -1, 1.5, "6", MAX_PEOPLE + 1, True],
    "min_crew": [-1, MAX_CREW + 1, "1"],
    "turnaround_minutes": [-1, MAX_TURNAROUND_MINUTES + 1, 30.5],
    "home_port": ["x" * 101, 3],
}
WRONG_OF_PEOPLE = {
    "email": ["nobody", "a@b", 5],
    "phone": ["ring me", "1" * 41, 5],
    "roles": ["captain", ["admiral"], [["captain"]], [5]],
    "rank": [0, 1001, "1", 1.5],
    "is_owner": ["yes", 1, []],
}


@either
def test_each_wrong_value_is_refused_by_name_and_makes_nothing(api: Api, records: Records) -> None:
    own = WRONG_OF_BOATS if records is BOATS else WRONG_OF_PEOPLE
    for name, values in {**WRONG, **own}.items():
        for value in values:
            answer = api.post(records.path, records.new(**{name: value}))
            assert (answer.status, list(answer.json["Fields"])) == (400, [name]), (name, value)
    assert records.all(api) == []


@either
def test_each_wrong_value_of_an_edit_is_refused_by_name_and_changes_nothing(api: Api, records: Records) -> None:
    made = records.make(api)
    own = WRONG_OF_BOATS if records is BOATS else WRONG_OF_PEOPLE
    wrong = {**WRONG, **own, "version": [None, 0, "1", 1.0, True], "name": [value for value in WRONG["name"] if value]}
    for name, values in wrong.items():
        for value in values:
            answer = records.edit(api, made, **{name: value})
            assert (answer.status, list(answer.json["Fields"])) == (400, [name]), (name, value)
    assert api.patch(f"{records.path}/{made[records.id_name]}", {"name": "x"}).json["Fields"] == {
        "version": "is required"
    }
    assert records.all(api) == [made]


@either
@pytest.mark.parametrize(
    ("paper", "field"),
    [
        ({}, "kind"),
        ({"kind": "diploma"}, "kind"),
        ({"kind": "other", "number_last4": "12345"}, "number_last4"),
        ({"kind": "other", "number_last4": 1234}, "number_last4"),
        ({"kind": "other", "valid_until": "soon"}, "valid_until"),
        ({"kind": "other", "valid_until": "2026-02-30"}, "valid_until"),
        ({"kind": "other", "valid_until": "2026-2-3"}, "valid_until"),
        ({"kind": "other", "valid_until": "1969-12-31"}, "valid_until"),
        ({"kind": "other", "valid_until": "2026-12-01T00:00:00Z"}, "valid_until"),
        ({"kind": "other", "valid_until": 20261201}, "valid_until"),
        ({"kind": "other", "note": "x" * 201}, "note"),
        ({"kind": "other", "number": "123-45-6789"}, "number"),
    ],
)
def test_a_wrong_paper_is_named_with_its_place(api: Api, records: Records, paper: dict[str, Any], field: str) -> None:
    answer = api.post(records.path, records.new(papers=[{"kind": "other"}, paper]))
    assert (answer.status, list(answer.json["Fields"])) == (400, [f"papers[1].{field}"])


def test_boats_and_people_have_papers_of_their_own(api: Api) -> None:
    for records, own, foreign in ((BOATS, BOAT_PAPERS, PERSON_PAPERS), (PEOPLE, PERSON_PAPERS, BOAT_PAPERS)):
        made = records.make(api, papers=[{"kind": kind} for kind in own])
        assert made["papers"] == [{"kind": kind, "number_last4": "", "valid_until": None, "note": ""} for kind in own]
        for kind in foreign.keys() - own.keys():
            assert api.post(records.path, records.new(papers=[{"kind": kind}])).status == 400


def test_roles_are_kept_once_each_and_in_one_order(api: Api) -> None:
    assert PEOPLE.make(api, roles=["host", "captain", "host"])["roles"] == ["captain", "host"]


def test_boats_are_listed_by_name_and_people_by_rank_and_name(api: Api) -> None:
    for name in ("Zephyr", "álamo", "Petrel", "Bounty"):
        BOATS.make(api, name=name)
    assert [boat["name"] for boat in BOATS.all(api)] == ["álamo", "Bounty", "Petrel", "Zephyr"]
    for name, rank in (("Zoë", 1), ("Ben", 2), ("ana", 2), ("Ana", 3)):
        PEOPLE.make(api, name=name, rank=rank)
    assert [person["name"] for person in PEOPLE.all(api)] == ["Zoë", "ana", "Ben", "Ana"]


texts = st.text(st.sampled_from(string.ascii_letters + " éñ-'"), min_size=1, max_size=40).filter(str.strip)
papers = st.fixed_dictionaries(
    {"kind": st.just("other")},
    optional={
        "number_last4": st.text(string.ascii_uppercase + string.digits, max_size=4),
        "valid_until": st.one_of(st.none(), st.dates().filter(lambda day: 1970 <= day.year <= 2199).map(str)),
    },
)
any_boat = st.fixed_dictionaries(
    {"name": texts},
    optional={
        "kind": st.sampled_from(["uninspected", "inspected", "bareboat"]),
        "passenger_limit": st.one_of(st.none(), st.integers(1, MAX_PEOPLE)),
        "min_crew": st.integers(0, MAX_CREW),
        "turnaround_minutes": st.integers(0, MAX_TURNAROUND_MINUTES),
        "active": st.booleans(),
        "papers": st.lists(papers, max_size=5),
    },
)
any_person = st.fixed_dictionaries(
    {"name": texts},
    optional={
        "roles": st.lists(st.sampled_from(["captain", "mate", "deckhand", "host"]), unique=True),
        "rank": st.integers(1, 1000),
        "is_owner": st.booleans(),
        "active": st.booleans(),
        "papers": st.lists(papers, max_size=5),
    },
)


@either
def test_any_allowed_record_is_read_as_it_was_sent_and_edited_field_by_field(api: Api, records: Records) -> None:
    @examples(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(*[any_boat if records is BOATS else any_person] * 2)
    def check(sent: dict[str, Any], changes: dict[str, Any]) -> None:
        made = api.post(records.path, sent)
        assert made.status == 201, made.text
        edited = records.edit(api, made.json, **changes)
        assert edited.status == 200, edited.text
        (listed,) = [one for one in records.all(api) if one[records.id_name] == made.json[records.id_name]]
        assert listed == edited.json
        for name, value in {**sent, **changes}.items():
            if name == "papers":
                blank = {"number_last4": "", "valid_until": None, "note": ""}
                assert listed[name] == [{**blank, **paper} for paper in value]
            elif name == "roles":
                assert set(listed[name]) == set(value)
            else:
                assert listed[name] == (" ".join(value.split()) if name == "name" else value)

    check()


@either
def test_setting_one_inactive_that_a_coming_charter_names_is_409_with_those_charters(
    api: Api, records: Records
) -> None:
    made = records.make(api)
    named = records.named(made)
    coming = api.post("/api/events", new_event(title="Regatta", **named)).json
    past = {"starts_at": "2026-01-02T10:00:00Z", "ends_at": "2026-01-02T12:00:00Z"}
    assert api.post("/api/events", new_event(**past, **named)).status == 201

    answer = records.edit(api, made, active=False, notes="sold")
    assert (answer.status, answer.json["Code"]) == (409, "InUse")
    assert "Regatta" in answer.json["Message"]
    assert answer.json["events"] == [{name: coming[name] for name in ("event_id", "title", "starts_at", "ends_at")}]
    assert records.all(api) == [made]

    assert api.post(f"/api/events/{coming['event_id']}/cancel", {"reason": "storm"}).status == 200
    done = records.edit(api, made, active=False, notes="sold").json
    assert (done["active"], done["notes"]) == (False, "sold")
    assert api.post("/api/events", new_event(**named)).status == 400


@either
def test_an_inactive_one_can_be_edited_and_set_active_again(api: Api, records: Records) -> None:
    made = records.make(api, active=False)
    edited = records.edit(api, made, notes="in the yard").json
    assert (edited["active"], edited["notes"]) == (False, "in the yard")
    assert records.edit(api, edited, active=True).json["active"] is True


@either
def test_one_is_either_booked_or_set_inactive_never_both(api: Api, records: Records) -> None:
    """Eight times at the same moment."""
    other = api.with_token(api.token)
    for day in range(1, 9):
        made = records.make(api, name=f"Number {day}")
        times = {"starts_at": f"2030-07-0{day}T10:00:00Z", "ends_at": f"2030-07-0{day}T12:00:00Z"}
        booking = partial(other.post, "/api/events", new_event(**times, **records.named(made)))
        both = (partial(records.edit, api, made, active=False), booking)
        statuses = [answer.status for answer in at_once(2, lambda number, both=both: both[number]())]
        (found,) = [one for one in records.all(api) if one[records.id_name] == made[records.id_name]]
        booked = len(api.get(f"/api/events?from=2030-07-0{day}&to=2030-07-0{day}").json["events"])
        assert (found["active"], booked) in ((True, 1), (False, 0)), statuses


def test_what_an_admin_changed_is_on_record(api: Api) -> None:
    made = BOATS.make(api)
    BOATS.edit(api, made, turnaround_minutes=90)
    created, edited = trail_of(f"BOAT#{made['boat_id']}")
    assert (created["act"], edited["act"], edited["by"]) == ("created", "edited", "admin")
    assert edited["changed"] == {"turnaround_minutes": [45, 90]}
