"""A person's own page: what it shows to whom, and that opening it changes nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core import aws
from chalicelib.core.dynamo import table_name
from tests.support.api import Api
from tests.support.crew import SITE, manifest_of, page_of, read, text_of
from tests.support.planning import make_charter, make_person

PassTime = Callable[..., None]
READS = {"GetItem", "BatchGetItem", "Query"}


def sails(ana: dict[str, Any], *others: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Of a charter with this captain and crew."""
    crew = [{"person_id": one["person_id"]} for one in others]
    return {"captain": {"person_id": ana["person_id"]}, "crew": crew, **changes}


# --- what it shows --------------------------------------------------------------------------------------


def test_a_charter_shows_day_times_boat_port_role_heads_readiness_and_who_else_sails(
    api: Api, guest: Api, boat: dict[str, Any], ana: dict[str, Any], bo: dict[str, Any]
) -> None:
    make_charter(api, hours=(24, 27), boat_id=boat["boat_id"], return_port="Tiburon", **sails(ana, bo))
    text = read(guest, page_of(bo))
    for told in (
        "Bay Sail",
        "Call the desk",
        "Today Sat, Jun 1, 5:00 PM to 8:00 PM PDT",
        "Sunset sail, crew on Petrel",
        "4 guests, 0 signed.",
        "Sausalito, back at Tiburon",
        "Still to do: 4 of 4 have not signed; safety briefing not given yet.",
        "Ana Reyes, captain Text Call",
        "Bring a jacket",
    ):
        assert told in text, told
    assert "Bo Lee, crew" not in text
    html = guest.get(page_of(ana)).text
    assert "Sunset sail, captain on Petrel" in text_of(html)
    for link in (
        "sms:+14155550102",
        "tel:+14155550102",
        "https://www.google.com/maps/search/?api=1&amp;query=Sausalito",
    ):
        assert f'href="{link}"' in html


def test_a_map_of_the_settings_and_the_name_of_the_settings_are_shown(
    api: Api, guest: Api, ana: dict[str, Any]
) -> None:
    settings = {**api.get("/api/settings").json, "guest_place_url": "https://maps.example.com/dock"}
    api.put("/api/settings", {**settings, "operator_name": "Gate Sailing Co.", "operator_phone": "+1 415 555 0777"})
    make_charter(api, hours=(24, 27), **sails(ana))
    html = guest.get(page_of(ana)).text
    assert 'href="https://maps.example.com/dock"' in html
    assert 'href="tel:+14155550777"' in html
    assert "Gate Sailing Co." in text_of(html)


def test_a_page_without_charters_papers_and_phone_says_so(api: Api, guest: Api) -> None:
    cy = make_person(api, "Cy Dunn")
    text = read(guest, page_of(cy))
    assert "No charter yet. What you accept shows here." in text
    assert "The desk has none of your papers yet." in text


def test_past_ones_stay_thirty_days_and_far_ones_show_a_year_ahead(
    api: Api, guest: Api, ana: dict[str, Any], pass_time: PassTime
) -> None:
    make_charter(api, hours=(24, 27), title="In summer", **sails(ana))
    far = {"starts_at": "2031-05-30T17:00:00Z", "ends_at": "2031-05-30T19:00:00Z"}
    make_charter(api, title="In a year", **far, **sails(ana))
    text = read(guest, page_of(ana))
    assert text.index("In summer") < text.index("In a year")
    assert "The last 30 days" not in text
    for days, shown in ((1, True), (30, True), (31, False)):
        pass_time(days=days)
        text = read(guest, page_of(ana))
        assert ("The last 30 days" in text, "In summer, captain" in text) == (shown, shown), days


def test_what_has_ended_is_not_what_they_sail_next_though_its_captain_may_still_tick_it_off(
    api: Api, guest: Api, ana: dict[str, Any], pass_time: PassTime
) -> None:
    # It begins five hours after NOW, and takes three.
    make_charter(api, hours=(24, 27), **sails(ana))
    for minutes, is_next in ((8 * 60 - 1, True), (8 * 60, False), (14 * 60, False)):
        pass_time(minutes=minutes)
        text = read(guest, page_of(ana))
        assert "Guest list and Depart" in text, minutes
        assert ("You sail next" in text) == is_next, minutes


def test_papers_say_how_long_they_are_valid(api: Api, guest: Api) -> None:
    # Today is June 1, 2030, by the operator's clock.
    dates = ["2030-05-31", "2030-06-01", "2030-06-02", "2030-06-08", "2030-06-09", "2030-07-01", "2030-07-02",
             "2030-08-30", "2030-08-31", None]  # fmt: skip
    kinds = ["mmc", "medical", "drug_programme", "first_aid", *["other"] * 6]
    papers = [{"kind": kind, "valid_until": day} for kind, day in zip(kinds, dates, strict=True)]
    cy = make_person(api, "Cy Dunn", papers=papers)
    html = guest.get(page_of(cy)).text
    shown = re.findall(r'<span class="st (\w+)">([^<]*)</span>', html)
    assert shown == [
        ("calm", "no date known"),
        ("bad", "ended May 31, 2030"),
        ("bad", "last day today, Jun 1, 2030: renew now"),
        ("bad", "1 day left, Jun 2, 2030: renew now"),
        ("bad", "7 days left, Jun 8, 2030: renew now"),
        ("wait", "8 days left, Jun 9, 2030: renew now"),
        ("wait", "30 days left, Jul 1, 2030: renew now"),
        ("wait", "31 days left, Jul 2, 2030"),
        ("wait", "90 days left, Aug 30, 2030"),
        ("good", "valid until Aug 31, 2030"),
    ]


def test_the_link_of_the_calendar_opens_it(guest: Api, ana: dict[str, Any]) -> None:
    html = guest.get(page_of(ana)).text
    (feed,) = re.findall(r'href="(https:[^"]*\.ics)"', html)
    assert guest.get(feed.removeprefix(SITE)).status == 200
    assert f'href="{feed.replace("https:", "webcal:")}"' in html


def test_only_the_captain_sees_how_to_call_the_patron_from_a_day_before_to_six_hours_after(
    api: Api, guest: Api, ana: dict[str, Any], bo: dict[str, Any], pass_time: PassTime
) -> None:
    make_charter(api, hours=(24, 27), **sails(ana, bo))
    for minutes, shown in ((-19 * 60 - 1, False), (-19 * 60, True), (14 * 60, True), (14 * 60 + 1, False)):
        pass_time(minutes=minutes)
        html = guest.get(page_of(ana)).text
        assert ("+14155550199" in html, "Ana Rivera" in html) == (shown, shown), minutes
        for name in ("Rivera", "0199"):
            assert name not in guest.get(page_of(bo)).text


# --- opening it changes nothing -------------------------------------------------------------------------


def stored() -> list[Any]:
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName=table_name(), ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


SCANNERS: dict[str, dict[str, str]] = {
    "opens it": {},
    "looks before a person does": {"purpose": "prefetch", "sec-purpose": "prefetch;prerender", "x-moz": "prefetch"},
    "brings cookies and a login": {"cookie": "session=1; seen=1", "authorization": "Bearer " + "A" * 43},
    "is another program": {"user-agent": "BarracudaCentral/1.0", "accept": "*/*", "origin": "https://scan.example"},
}


@pytest.mark.parametrize("scanner", [*SCANNERS, "follows the forms", "asks for the head"])
def test_no_program_that_looks_into_mails_changes_anything(
    api: Api, guest: Api, ana: dict[str, Any], bo: dict[str, Any], scanner: str
) -> None:
    cy = make_person(api, "Cy Dunn")
    trip = make_charter(api, hours=(24, 27), guests=[{"name": "Cleo Park"}], **sails(ana, bo))
    body = {"role": "deckhand", "person_ids": [cy["person_id"]]}
    assert api.post(f"/api/events/{trip['event_id']}/positions", body).status == 201
    assert "1 needs your answer" in read(guest, page_of(cy))
    paths = [page_of(ana), page_of(bo), page_of(cy), manifest_of(ana, trip), f"{page_of(ana)}.ics"]
    if scanner == "follows the forms":
        answers = "position_id=1&answer=accept&reason=&seen=1", "form=depart&submission_id=1", "form=briefing&done=yes"
        paths = [f"{path}?{query}" for path in paths for query in answers]
    before = stored()
    assert before
    for path in paths * 3:
        method = "HEAD" if scanner == "asks for the head" else "GET"
        assert guest.call(method, path, headers=SCANNERS.get(scanner)).status == 200
    assert stored() == before


def test_a_link_that_was_renewed_is_answered_like_one_that_never_was(
    api: Api, guest: Api, ana: dict[str, Any], boat: dict[str, Any]
) -> None:
    trip = make_charter(api, hours=(24, 27), **sails(ana))
    old, manifest = page_of(ana), manifest_of(ana, trip)
    assert api.post(f"/api/people/{ana['person_id']}/new-link").status == 200
    token = old.removeprefix("/c/")
    desk = next(one["url"] for one in api.get("/api/calendars").json["calendars"]).removeprefix(SITE)
    unknown = guest.get(f"/c/p{'A' * 22}{'A' * 43}")
    assert unknown.status == 404
    wrong = [old, manifest, f"{old}.ics", f"/c/{token[:-1]}", f"/c/{token}A", f"/c/d{token[23:]}", "/c/x", "/c/%0A",
             desk.removesuffix(".ics"), f"{desk.removesuffix('.ics')}/{trip['event_id']}"]  # fmt: skip
    for path in wrong:
        answer = guest.get(path)
        assert (answer.status, answer.headers, answer.text) == (404, unknown.headers, unknown.text), path
        assert guest.call("HEAD", path).status == 404
    for path in (old, "/c/x"):
        posted = guest.submit(path, {"position_id": "1", "answer": "accept", "seen": "1"})
        assert (posted.status, posted.headers, posted.text) == (404, unknown.headers, unknown.text)


@pytest.mark.parametrize("count", [0, 1, 30])
def test_opening_it_takes_three_reads_however_many_charters_there_are(
    api: Api, guest: Api, boat: dict[str, Any], ana: dict[str, Any], bo: dict[str, Any], calls: list[str], count: int
) -> None:
    for number in range(count):
        make_charter(api, hours=(24 + 5 * number, 27 + 5 * number), boat_id=boat["boat_id"], **sails(ana, bo))
    del calls[:]
    text = read(guest, page_of(ana))
    assert text.count("Sunset sail, captain") == count
    assert len(calls) <= 3
    assert set(calls) <= READS


def test_what_one_read_cannot_bring_is_left_to_the_calendar(api: Api, guest: Api, ana: dict[str, Any]) -> None:
    for number in range(102):
        make_charter(api, hours=(24 + 2 * number, 25 + 2 * number), title=f"Trip {number}", **sails(ana))
    text = read(guest, page_of(ana))
    assert "Trip 97, captain" in text
    assert "Trip 98, captain" not in text
    assert "And 4 more: your calendar has them all." in text


def test_the_policy_of_the_page_lets_its_own_style_and_script_run_and_no_other(guest: Api, ana: dict[str, Any]) -> None:
    headers = guest.get(page_of(ana)).headers
    policy = headers["content-security-policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'; "
        r"worker-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        policy,
    )
    assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex")
    worker = guest.get("/c/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    asks = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    assert worker.headers["content-security-policy"] == asks
