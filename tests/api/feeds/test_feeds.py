"""Calendar feeds: what each tells, and to whom."""

import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core import times
from chalicelib.feeds import service
from tests.support.api import Answer, Api, new_payment, new_settings
from tests.support.calendars import SeenCalendar, read_calendar
from tests.support.planning import at, make_boat, make_charter, make_hold, make_person, patch
from tests.support.signed import sign

SITE = "https://sail.example.com"
CALENDAR = "text/calendar; charset=utf-8"


def feed_of(api: Api, boat: dict[str, Any] | None = None) -> str:
    """The path of the desk's feed or of a boat's."""
    boat_id = boat["boat_id"] if boat else None
    listed = api.get("/api/calendars").json["calendars"]
    return str(next(one["url"] for one in listed if one["boat_id"] == boat_id)).removeprefix(SITE)


def persons_feed(person: dict[str, Any]) -> str:
    return str(person["page_url"]).removeprefix(SITE) + ".ics"


def fetch(guest: Api, path: str) -> str:
    answer = guest.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, CALENDAR), answer.text
    return answer.text


def seen(guest: Api, path: str) -> SeenCalendar:
    return read_calendar(fetch(guest, path))


def shown(guest: Api, path: str) -> list[tuple[str, str]]:
    return [(one.title, one.state) for one in seen(guest, path).events]


# --- what each tells ----------------------------------------------------------------------------------


def test_the_desks_feed_tells_every_charter_with_captain_boat_and_heads_and_every_hold(api: Api, guest: Api) -> None:
    petrel, ana = make_boat(api), make_person(api)
    make_charter(
        api,
        hours=(17, 20),
        boat_id=petrel["boat_id"],
        captain={"person_id": ana["person_id"]},
        crew=[{"name": "Smee"}, {"name": "Bo Lee"}],
        party_size=5,
    )
    typed = make_charter(api, hours=(22, 23), title="Typed boat", vessel="", party_size=1, departure_port="")
    make_hold(api, petrel, hours=(48, 50), title="Haul out", kind="maintenance")
    calendar = seen(guest, feed_of(api))
    assert calendar.name == "Bay Sail"
    first, second, third = calendar.events
    assert first[1:] == (
        at(17),
        at(20),
        "Sunset sail",
        "CONFIRMED",
        "Sausalito",
        "Boat: Petrel\nCaptain: Ana Reyes\nCrew: Smee, Bo Lee\n5 guests",
        1,
    )
    assert second[3:7] == ("Typed boat", "CONFIRMED", "", "Boat: none yet\nCaptain: none yet\n1 guest")
    assert third[1:5] == (at(48), at(50), "Petrel: Haul out", "CONFIRMED")
    assert f"URL:{SITE}/events/{typed['event_id']}" in fetch(guest, feed_of(api)).replace("\r\n ", "")


def test_a_boats_feed_says_when_it_is_busy_and_nothing_else(api: Api, guest: Api) -> None:
    petrel, heron, ana = make_boat(api), make_boat(api, name="Heron"), make_person(api)
    booked = make_charter(api, hours=(17, 20), boat_id=petrel["boat_id"], captain={"person_id": ana["person_id"]})
    held = make_hold(api, petrel, hours=(48, 50), title="Haul out")
    make_charter(api, hours=(17, 20), boat_id=heron["boat_id"])
    make_charter(api, hours=(17, 20), vessel="Petrel")
    calendar = seen(guest, feed_of(api, petrel))
    assert calendar.name == "Petrel"
    assert [one[1:7] for one in calendar.events] == [
        (at(17), at(20), "Busy", "CONFIRMED", "", ""),
        (at(48), at(50), "Busy", "CONFIRMED", "", ""),
    ]
    text = fetch(guest, feed_of(api, petrel)).replace("\r\n ", "")
    for private in (booked["event_id"], held["hold_id"], "Sunset", "Haul", "Ana", "Rivera", "Sausalito", "Heron"):
        assert private not in text


def test_a_persons_feed_has_their_charters_without_money_and_without_how_to_reach_the_patron(
    api: Api, guest: Api
) -> None:
    petrel, ana, bo = make_boat(api), make_person(api), make_person(api, "Bo Lee", email="bo@example.com")
    both = {"captain": {"person_id": ana["person_id"]}, "crew": [{"person_id": bo["person_id"]}]}
    booked = make_charter(api, hours=(17, 20), boat_id=petrel["boat_id"], **both)
    make_charter(api, hours=(40, 42), title="Other", captain={"person_id": ana["person_id"]})
    make_hold(api, petrel, hours=(60, 62))
    make_charter(api, hours=(50, 52), title="Typed", captain={"name": "Bo Lee"})
    calendar = seen(guest, persons_feed(bo))
    assert calendar.name == "Bay Sail: Bo Lee"
    (only,) = calendar.events
    assert only[1:] == (
        at(17),
        at(20),
        "Sunset sail",
        "CONFIRMED",
        "Sausalito",
        "You are crew.\nBoat: Petrel\nCaptain: Ana Reyes\nCrew: Bo Lee\n4 guests",
        1,
    )
    assert [one.title for one in seen(guest, persons_feed(ana)).events] == ["Sunset sail", "Other"]
    assert seen(guest, persons_feed(ana)).events[0].description.startswith("You are the captain.\n")
    text = fetch(guest, persons_feed(bo)).replace("\r\n ", "")
    for private in (booked["event_id"], "ana@", "Rivera", "0199", "1,200", "120000", "VIP", "bo@"):
        assert private not in text


def test_options_are_tentative_until_they_free_themselves_or_are_released(
    api: Api, guest: Api, pass_time: Callable[..., None]
) -> None:
    boat = make_boat(api)
    for number, title in enumerate(("Expires", "Released", "Stays")):
        expires_at = "2030-05-21T00:00:00Z" if title == "Expires" else "2030-05-30T00:00:00Z"
        hours = (10 + number, 11 + number)
        held = make_hold(api, boat, hours=hours, title=title, kind="option", expires_at=expires_at)
        if title == "Released":
            released = held
    paths = feed_of(api), feed_of(api, boat)
    assert [shown(guest, path) for path in paths] == [
        [("Petrel: Expires", "TENTATIVE"), ("Petrel: Released", "TENTATIVE"), ("Petrel: Stays", "TENTATIVE")],
        [("Busy", "TENTATIVE")] * 3,
    ]
    api.post(f"/api/holds/{released['hold_id']}/release")
    pass_time(hours=6)
    assert [shown(guest, path) for path in paths] == [[("Petrel: Stays", "TENTATIVE")], [("Busy", "TENTATIVE")]]


def test_a_cancelled_charter_stays_thirty_days_as_cancelled(
    api: Api, guest: Api, pass_time: Callable[..., None]
) -> None:
    boat, ana = make_boat(api), make_person(api)
    names = {"boat_id": boat["boat_id"], "captain": {"person_id": ana["person_id"]}}
    booked = make_charter(api, starts_at="2030-09-01T17:00:00Z", ends_at="2030-09-01T20:00:00Z", **names)
    paths = feed_of(api), feed_of(api, boat), persons_feed(ana)
    before = [seen(guest, path).events[0] for path in paths]
    pass_time(hours=1)
    api.post(f"/api/events/{booked['event_id']}/cancel", {"reason": "storm"})
    for path, was in zip(paths, before, strict=True):
        (now,) = seen(guest, path).events
        assert (now.uid, now.state, now.version) == (was.uid, "CANCELLED", was.version + 1)
        assert now.title == ("Busy" if was.title == "Busy" else "Cancelled: Sunset sail")
        assert "TRANSP:TRANSPARENT" in fetch(guest, path)
    # A refund is no edit.
    pass_time(hours=2)
    api.put(f"/api/events/{booked['event_id']}/payments/{uuid.uuid4()}", new_payment(notify=False))
    for days, count in ((30, 1), (31, 0)):
        pass_time(days=days)
        assert [len(seen(guest, path).events) for path in paths] == [count] * 3, days


# --- times --------------------------------------------------------------------------------------------


def test_a_weekly_hold_is_spelled_out_by_the_wall_clock_through_the_change_of_clocks(api: Api, guest: Api) -> None:
    boat = make_boat(api)
    make_hold(
        api,
        boat,
        title="School",
        starts_at="2030-10-18T22:30:00-07:00",
        ends_at="2030-10-19T01:30:00-07:00",
        timezone="America/Los_Angeles",
        weekly_until="2030-11-15",
        **{"except": ["2030-10-25"]},
    )
    for path in (feed_of(api), feed_of(api, boat)):
        events = seen(guest, path).events
        # Across midnight; the clocks change on November 3.
        starts = ["2030-10-19T05:30:00Z", "2030-11-02T05:30:00Z", "2030-11-09T06:30:00Z", "2030-11-16T06:30:00Z"]
        assert [one.starts_at for one in events] == starts
        zone = ZoneInfo("America/Los_Angeles")
        spans = [
            [f"{times.parse_instant(one).astimezone(zone):%H:%M}" for one in (each.starts_at, each.ends_at)]
            for each in events
        ]
        assert spans == [["22:30", "01:30"]] * 4
        assert len({one.uid for one in events}) == 4


def test_a_charter_over_the_change_of_clocks_keeps_its_instants(api: Api, guest: Api) -> None:
    span = {"starts_at": "2030-11-03T01:30:00-07:00", "ends_at": "2030-11-03T01:30:00-08:00"}
    make_charter(api, **span)
    (one,) = seen(guest, feed_of(api)).events
    assert (one.starts_at, one.ends_at) == ("2030-11-03T08:30:00Z", "2030-11-03T09:30:00Z")


def test_shown_is_from_thirty_days_back_to_a_year_ahead_and_what_goes_on_from_before(api: Api, guest: Api) -> None:
    boat = make_boat(api)
    for title, starts_at, ends_at in (
        ("Long over", "2030-04-19T10:00:00-07:00", "2030-04-19T23:00:00-07:00"),
        ("Goes on", "2029-09-01T10:00:00-07:00", "2030-07-01T10:00:00-07:00"),
        ("Over midnight", "2030-04-19T22:00:00-07:00", "2030-04-20T01:00:00-07:00"),
        ("Thirty days ago", "2030-04-20T02:00:00-07:00", "2030-04-20T03:00:00-07:00"),
        ("In a year", "2031-05-20T22:00:00-07:00", "2031-05-21T02:00:00-07:00"),
        ("Too far", "2031-05-21T02:00:00-07:00", "2031-05-21T03:00:00-07:00"),
    ):
        override = {"override_reason": "all at once", "boat_id": boat["boat_id"]}
        make_charter(api, title=title, starts_at=starts_at, ends_at=ends_at, **override)
        make_hold(api, boat, title=f"Hold {title}", starts_at=starts_at, ends_at=ends_at, override_reason="as well")
    expected = ["Goes on", "Over midnight", "Thirty days ago", "In a year"]
    titles = [one.title for one in seen(guest, feed_of(api)).events]
    assert sorted(titles) == sorted(f"{prefix}{title}" for prefix in ("", "Petrel: Hold ") for title in expected)
    assert len(seen(guest, feed_of(api, boat)).events) == 8


# --- asked for again and again ------------------------------------------------------------------------


def test_a_feed_stays_the_same_to_the_byte_while_nothing_of_it_changes(
    api: Api, guest: Api, pass_time: Callable[..., None]
) -> None:
    boat, ana = make_boat(api), make_person(api)
    names = {"boat_id": boat["boat_id"], "captain": {"person_id": ana["person_id"]}}
    booked = make_charter(api, hours=(17, 20), **names)
    make_hold(api, boat, hours=(48, 50))
    paths = feed_of(api), feed_of(api, boat), persons_feed(ana)
    before = [guest.get(path) for path in paths]
    pass_time(hours=2)
    # What comes in meanwhile is not part of it.
    api.put(f"/api/events/{booked['event_id']}/payments/{uuid.uuid4()}", new_payment(notify=False))
    sign(guest, booked)
    pass_time(hours=4)
    for path, was in zip(paths, before, strict=True):
        assert guest.get(path).text == was.text
        tag = was.headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}'):
            again = guest.get(path, headers={"if-none-match": known})
            assert (again.status, again.text, again.headers["etag"]) == (304, "", tag)
            assert again.headers["cache-control"] == "no-cache"
        assert guest.get(path, headers={"if-none-match": '"other"'}).status == 200
    moved = patch(api, booked, ends_at=at(21))
    assert moved.status == 200
    for path, was in zip(paths, before, strict=True):
        now = guest.get(path, headers={"if-none-match": was.headers["etag"]})
        assert now.status == 200
        old, new = read_calendar(was.text).events[0], read_calendar(now.text).events[0]
        assert new == old._replace(ends_at=at(21), version=old.version + 1)
        assert "DTSTAMP:20300520T230000Z" in now.text
        assert "DTSTAMP:20300520T190000Z" in was.text


def test_an_edited_hold_replaces_what_a_calendar_has(api: Api, guest: Api, pass_time: Callable[..., None]) -> None:
    boat = make_boat(api)
    held = make_hold(api, boat, hours=(10, 12), title="Regatta")
    (old,) = seen(guest, feed_of(api)).events
    pass_time(hours=1)
    assert api.patch(f"/api/holds/{held['hold_id']}", {"version": 1, "ends_at": at(13)}).status == 200
    (new,) = seen(guest, feed_of(api)).events
    assert new == old._replace(ends_at=at(13), version=2)
    assert "DTSTAMP:20300520T200000Z" in fetch(guest, feed_of(api))


def test_one_charter_has_an_id_of_its_own_in_each_feed(api: Api, guest: Api) -> None:
    boat, ana = make_boat(api), make_person(api)
    make_charter(api, hours=(17, 20), boat_id=boat["boat_id"], captain={"person_id": ana["person_id"]})
    uids = [seen(guest, path).events[0].uid for path in (feed_of(api), feed_of(api, boat), persons_feed(ana))]
    assert len({uuid.UUID(uid) for uid in uids}) == 3


def test_the_name_is_the_one_that_the_settings_say(api: Api, guest: Api) -> None:
    api.put("/api/settings", new_settings())
    assert seen(guest, feed_of(api)).name == "Gate Sailing Co."


def test_head_answers_as_get_and_what_stands_behind_the_question_mark_is_passed_over(api: Api, guest: Api) -> None:
    path = feed_of(api)
    headers = guest.get(f"{path}?utm_source=mail").headers
    assert guest.call("HEAD", path).headers == headers
    assert headers["x-robots-tag"] == "noindex"
    assert headers["cache-control"] == "no-cache"


# --- who may read it ----------------------------------------------------------------------------------


def test_every_link_that_opens_nothing_is_answered_by_the_same_page(api: Api, guest: Api) -> None:
    boat, ana = make_boat(api), make_person(api)
    links = {
        "/api/calendars/desk/new-link": feed_of(api),
        f"/api/calendars/{boat['boat_id']}/new-link": feed_of(api, boat),
        f"/api/people/{ana['person_id']}/new-link": persons_feed(ana),
    }
    for call, path in links.items():
        assert guest.get(path).status == 200
        assert api.post(call).status == 200
        assert guest.get(path).status == 404
    token = feed_of(api, boat).removeprefix("/c/").removesuffix(".ics")
    wrong = [
        *links,
        token,
        f"{token}.ICS",
        f"{token}.ics.ics",
        f"{token[:-1]}.ics",
        f"{token}A.ics",
        f"p{token[1:]}.ics",
        f"b{ana['person_id']}{token[23:]}.ics",
        f"b{'A' * 22}{token[23:]}.ics",
        f"d{token[23:]}.ics",
        ".ics",
        "x",
        "é.ics",
        f"{token}%0A.ics",
    ]
    pages: set[str] = set()
    for one in (path.rpartition("/")[2] for path in wrong):
        answer: Answer = guest.get(f"/c/{one}")
        assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8"), one
        assert answer.headers["cache-control"] == "no-store"
        pages.add(answer.text)
    (page,) = pages
    assert '<meta name="robots" content="noindex">' in page
    assert "Please ask for a new one." in page
    assert "Pida uno nuevo." in guest.get("/c/x.ics", headers={"accept-language": "es"}).text


@pytest.mark.parametrize(
    ("whose", "reads"),
    [
        ("desk", ["GetItem", "Query", "Query", "GetItem", "Query", "Query"]),
        ("boat", ["GetItem", "Query", "Query", "Query"]),
        ("person", ["GetItem", "GetItem", "Query", "Query"]),
        ("nobody", ["GetItem", "GetItem"]),
    ],
)
def test_a_feed_costs_a_few_queries_however_much_it_tells(
    api: Api, guest: Api, calls: list[str], whose: str, reads: list[str]
) -> None:
    boat, ana = make_boat(api), make_person(api)
    names = {"boat_id": boat["boat_id"], "captain": {"person_id": ana["person_id"]}}
    for hour in range(5):
        make_charter(api, hours=(10 + hour, 11 + hour), guests=[{"name": "Ann", "email": ""}], **names)
    make_hold(api, boat, hours=(48, 50))
    unknown = f"/c/b{'A' * 22}{'A' * 43}.ics"
    paths = {"desk": feed_of(api), "boat": feed_of(api, boat), "person": persons_feed(ana), "nobody": unknown}
    calls.clear()
    guest.get(paths[whose])
    assert calls == reads


def test_of_more_than_one_answer_holds_the_first_are_shown(
    api: Api, guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    boat = make_boat(api)
    make_hold(api, boat, title="School", hours=(40, 42), weekly_until="2031-05-01")
    make_charter(api, hours=(10, 12), boat_id=boat["boat_id"])
    monkeypatch.setattr(service, "MOST_EVENTS", 3)
    assert [one.starts_at for one in seen(guest, feed_of(api)).events] == [at(10), at(40), at(40, day=8)]
