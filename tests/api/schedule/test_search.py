"""Search over all charters, and the patrons there were."""

from typing import Any

import pytest

from chalicelib.waivers import log as waiver_log
from tests.support.api import Api
from tests.support.pages import page, signature
from tests.support.planning import at, make_boat, make_charter, make_person, patch


def found(api: Api, words: str, more: str = "") -> list[str]:
    answer = api.get(f"/api/events?q={words}{more}")
    assert answer.status == 200, answer.text
    return [one["title"] for one in answer.json["events"]]


def test_search_finds_all_that_people_remember_of_a_charter(api: Api, guest: Api) -> None:
    boat, ana = make_boat(api, name="Storm Petrel"), make_person(api, "Ana Núñez")
    made = make_charter(
        api,
        title="Wine in Šibenik",
        boat_id=boat["boat_id"],
        captain={"person_id": ana["person_id"]},
        crew=[{"name": "Bó Deckhand"}],
        patron={"name": "Zoë Patron", "email": "zoe@example.com", "phone": ""},
        guests=[{"name": "Leila O\u2019Brien", "email": ""}],
    )
    make_charter(api, title="Another")
    form = signature(guest, made, signer_name="Émile Signer", signature_typed="Émile Signer")
    assert guest.submit(page(made), form).status == 303
    waiver_log.append_waiting()
    for words in (
        *("sibenik", "S%CC%8Cibenik", "WINE", "storm+pet", "nunez", "bo+deck", "zoe", "leila", "o'brien", "emile"),
        "petrel+leila+signer",
    ):
        assert found(api, words) == ["Wine in Šibenik"], words
    for words in ("nobody", "leila+another", "zoe@example.com"):
        assert found(api, words) == [], words
    assert found(api, "%20") == found(api, "")


def test_search_follows_what_is_edited_cancelled_and_erased(api: Api, guest: Api) -> None:
    made = make_charter(api, title="Before", guests=[{"name": "Gone Guest", "email": ""}])
    edited = patch(api, made, title="After", guests=[]).json
    assert (found(api, "before"), found(api, "after"), found(api, "gone")) == ([], ["After"], [])
    form = signature(guest, made, signer_name="Erased Signer", signature_typed="Erased Signer")
    assert guest.submit(page(made), form).status == 303
    assert found(api, "signer") == ["After"]
    (record,) = api.get(f"/api/events/{made['event_id']}").json["waiver_records"]
    url = f"/api/events/{made['event_id']}/waivers/{record['waiver_id']}/erase"
    assert api.post(url, {"reason": "asked"}).status == 200
    assert found(api, "signer") == []
    assert api.post(f"/api/events/{edited['event_id']}/cancel", {"reason": "storm"}).status == 200
    assert found(api, "after") == ["After"]
    assert found(api, "after", "&status=scheduled") == []
    assert found(api, "after", "&status=cancelled") == ["After"]


def test_a_guest_whose_name_was_listed_and_erased_is_not_found(api: Api, guest: Api) -> None:
    made = make_charter(api, title="Trip", guests=[{"name": "Leila Listed", "email": ""}])
    form = signature(guest, made, signer_name="Leila Listed", signature_typed="Leila Listed")
    assert guest.submit(page(made), form).status == 303
    (record,) = api.get(f"/api/events/{made['event_id']}").json["waiver_records"]
    assert found(api, "leila") == ["Trip"]
    url = f"/api/events/{made['event_id']}/waivers/{record['waiver_id']}/erase"
    assert api.post(url, {"reason": "asked"}).status == 200
    assert found(api, "leila") == []


def test_past_charters_are_found_by_start_in_pages(api: Api) -> None:
    for year in (2029, 2019, 2024, 2031, 2008):
        make_charter(
            api, title=f"Regatta {year}", starts_at=f"{year}-06-01T10:00:00Z", ends_at=f"{year}-06-01T12:00:00Z"
        )
    years = [2008, 2019, 2024, 2029, 2031]
    assert found(api, "regatta") == [f"Regatta {year}" for year in years]
    first = api.get("/api/events?q=regatta&limit=2").json
    second = api.get(f"/api/events?q=regatta&limit=2&cursor={first['next_cursor']}").json
    third = api.get(f"/api/events?q=regatta&limit=2&cursor={second['next_cursor']}").json
    seen = [one["title"] for page in (first, second, third) for one in page["events"]]
    assert (seen, third["next_cursor"]) == ([f"Regatta {year}" for year in years], None)
    assert found(api, "regatta", "&from=2020-01-01&to=2029-12-31") == ["Regatta 2024", "Regatta 2029"]


def test_a_search_is_one_query_and_one_read_beside_the_settings(api: Api, calls: list[str]) -> None:
    for _ in range(3):
        make_charter(api, title="Trip")
    calls.clear()
    assert found(api, "trip") == ["Trip"] * 3
    assert calls == ["GetItem", "Query", "BatchGetItem", "BatchGetItem"]


# --- patrons ------------------------------------------------------------------------------------------


def patron(name: str, email: str = "", phone: str = "") -> dict[str, Any]:
    return {"name": name, "email": email, "phone": phone}


def test_patrons_are_one_by_email_else_by_name_and_phone_the_latest_first(api: Api) -> None:
    charters = [
        (1, patron("Ana", "ana@example.com")),
        (2, patron("Zoë Ruiz", phone="+1 415 555 0100")),
        (3, patron("Ana Reyes", "ANA@example.com", "+1 415 555 0101")),
        (4, patron("zoe ruiz", phone="+1 (415) 555-0100")),
        (5, patron("Zoë Ruiz", phone="+1 415 555 0199")),
        (6, patron("")),
    ]
    for hour, who in charters:
        make_charter(api, patron=who, hours=(hour, hour + 0.5))
    gone = make_charter(api, patron=patron("Cancelled", "gone@example.com"), hours=(7, 8))
    api.post(f"/api/events/{gone['event_id']}/cancel", {"reason": "storm"})
    assert api.get("/api/patrons").json["patrons"] == [
        {**patron("Zoë Ruiz", phone="+1 415 555 0199"), "charters": 1, "last_at": at(5)},
        {**patron("zoe ruiz", phone="+1 (415) 555-0100"), "charters": 2, "last_at": at(4)},
        {**patron("Ana Reyes", "ANA@example.com", "+1 415 555 0101"), "charters": 2, "last_at": at(3)},
    ]


@pytest.mark.parametrize("words", ["x" * 101, "%00"])
def test_a_search_that_cannot_be_is_refused(api: Api, words: str) -> None:
    answer = api.get(f"/api/events?q={words}")
    assert (answer.status, list(answer.json["Fields"])) == (400, ["q"])
