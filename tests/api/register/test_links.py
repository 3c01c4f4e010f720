"""Private links: a person's page, the calendars of the desk and of each boat."""

import json
import re
from typing import Any

import pytest

from chalicelib.core import aws, dynamo
from chalicelib.core import settings as core_settings
from chalicelib.core.settings import settings
from tests.support import operator
from tests.support.api import Api, new_boat, new_person, new_settings
from tests.support.races import at_once

TOKEN = r"https://sail\.example\.com/c/([pbd])([A-Za-z0-9_-]{22})?([A-Za-z0-9_-]{43})"


@pytest.fixture
def person(api: Api) -> dict[str, Any]:
    return api.post("/api/people", new_person()).json  # type: ignore[no-any-return]


def calendars(api: Api) -> list[dict[str, Any]]:
    return api.get("/api/calendars").json["calendars"]  # type: ignore[no-any-return]


def test_a_persons_page_has_a_letter_the_id_and_a_proof_of_256_bits(person: dict[str, Any]) -> None:
    match = re.fullmatch(TOKEN, person["page_url"])
    assert match
    assert match.group(1, 2) == ("p", person["person_id"])


def test_a_link_stays_through_edits_and_changes_when_it_is_renewed(api: Api, person: dict[str, Any]) -> None:
    edited = api.patch(f"/api/people/{person['person_id']}", {"version": 1, "rank": 2}).json
    assert edited["page_url"] == person["page_url"]
    seen = [person["page_url"]]
    for _ in range(3):
        renewed = api.post(f"/api/people/{person['person_id']}/new-link").json
        assert renewed == {**edited, "page_url": renewed["page_url"]}
        seen.append(renewed["page_url"])
    assert len(set(seen)) == 4
    assert api.get("/api/people").json["people"] == [renewed]


def test_an_edit_that_was_begun_before_the_link_was_renewed_is_done(api: Api, person: dict[str, Any]) -> None:
    renewed = api.post(f"/api/people/{person['person_id']}/new-link").json
    edited = api.patch(f"/api/people/{person['person_id']}", {"version": person["version"], "rank": 2})
    assert edited.json["page_url"] == renewed["page_url"]


def test_the_desk_and_each_boat_have_a_calendar(api: Api) -> None:
    boats = [api.post("/api/boats", new_boat(name=name)).json for name in ("Zephyr", "Petrel")]
    desk, petrel, zephyr = calendars(api)
    assert (desk["kind"], desk["boat_id"], desk["name"]) == ("desk", None, "Bay Sail")
    assert (petrel["kind"], petrel["boat_id"], petrel["name"]) == ("boat", boats[1]["boat_id"], "Petrel")
    assert zephyr["boat_id"] == boats[0]["boat_id"]
    for calendar in (desk, petrel, zephyr):
        match = re.fullmatch(TOKEN + r"\.ics", calendar["url"])
        assert match
        assert match.group(1, 2) == (calendar["kind"][0], calendar["boat_id"])
    api.put("/api/settings", new_settings())
    assert calendars(api)[0]["name"] == "Gate Sailing Co."


def test_renewing_one_calendar_answers_it_and_leaves_the_others(api: Api) -> None:
    boat = api.post("/api/boats", new_boat()).json
    for place, calendar_id in enumerate(("desk", boat["boat_id"])):
        before = calendars(api)
        renewed = api.post(f"/api/calendars/{calendar_id}/new-link")
        assert renewed.status == 200
        after = calendars(api)
        assert after[place] == renewed.json
        assert after[place]["url"] != before[place]["url"]
        assert after[1 - place] == before[1 - place]
    assert api.get("/api/boats").json["boats"] == [boat]


@pytest.mark.parametrize("calendar_id", ["A" * 22, "boat", "DESK"])
def test_an_unknown_calendar_is_404(api: Api, calendar_id: str) -> None:
    assert api.post(f"/api/calendars/{calendar_id}/new-link").status == 404


def test_a_link_that_many_renew_at_once_is_new_for_each(api: Api) -> None:
    clients = [api.with_token(api.token) for _ in range(5)]
    urls = {answer.json["url"] for answer in at_once(5, lambda n: clients[n].post("/api/calendars/desk/new-link"))}
    assert len(urls) == 5
    assert calendars(api)[0]["url"] in urls


def test_a_call_that_takes_no_fields_refuses_any(api: Api, person: dict[str, Any]) -> None:
    for url in (f"/api/people/{person['person_id']}/new-link", "/api/calendars/desk/new-link"):
        assert list(api.post(url, {"x": 1}).json["Fields"]) == ["x"]


def test_nothing_in_the_table_opens_a_link(api: Api, person: dict[str, Any]) -> None:
    api.post("/api/boats", new_boat())
    urls = [person["page_url"], *(calendar["url"].removesuffix(".ics") for calendar in calendars(api))]
    page = aws.client("dynamodb").scan(TableName=dynamo.table_name())
    stored = json.dumps(page["Items"])
    for url in urls:
        assert url[-43:] not in stored


def test_links_are_made_of_their_own_secret_and_without_one_of_the_passwords(
    api: Api, person: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def url() -> str:
        core_settings.forget()
        return str(api.get("/api/people").json["people"][0]["page_url"])

    of_password = url()
    monkeypatch.setenv("SCC_LINK_SECRET", "s" * 32)
    of_secret = url()
    monkeypatch.setenv("SCC_LINK_SECRET", "t" * 32)
    assert len({of_password, of_secret, url()}) == 3
    monkeypatch.setenv("SCC_LINK_SECRET", "s" * 32)
    assert url() == of_secret
    assert operator.PASSWORD not in of_password
    assert not any(part in of_password for hashed in settings().admins.values() for part in hashed.split("$")[3:])
