"""The week and its dialogs, and the way to each."""

from playwright.sync_api import Page, Route, expect

from tests.browser.shown import UNBROKEN, Charters


def week(page: Page, charters: Charters) -> None:
    """Long words everywhere, each kind of hold, and every kind of conflict."""
    boat = {"name": UNBROKEN, "active": True, "turnaround_minutes": 90, "passenger_limit": 500, "home_port": ""}
    boats = [boat | {"boat_id": "one"}, boat | {"boat_id": "two", "name": "Petrel", "active": False}]
    times = {"starts_at": "2038-06-05T17:00:00Z", "ends_at": "2038-06-07T19:00:00Z"}
    other = {"name": UNBROKEN, "title": UNBROKEN, "event_id": charters.long["event_id"]} | times
    conflicts = [
        {"kind": "boat"} | other,
        {"kind": "captain"} | other,
        {"kind": "boat"} | other | {"starts_at": "2038-06-07T19:30:00Z", "ends_at": "2038-06-07T21:00:00Z"},
    ]
    entry = {"kind": "charter", "status": "scheduled", "title": UNBROKEN, "boat_id": "one", "conflicts": conflicts}
    held = {"kind": "hold", "status": "held", "conflicts": []}
    kinds = ("option", "maintenance", "blocked")
    entries = [
        entry | times | {"event_id": charters.plain["event_id"]},
        entry | times | {"event_id": charters.long["event_id"], "boat_id": None},
        entry | times | {"event_id": "departed", "boat_id": "two", "status": "departed", "conflicts": []},
        *(entry | times | held | {"hold_id": kind} for kind in kinds),
    ]
    hold = {"boat_id": "one", "title": UNBROKEN, "timezone": "Europe/Berlin", "note": UNBROKEN, "version": 1} | times
    holds = [
        hold | {"hold_id": kind, "kind": kind, "expires_at": None, "weekly_until": None, "except": []} for kind in kinds
    ]
    holds[0]["expires_at"] = "2038-06-04T19:00:00Z"
    holds[2] |= {"weekly_until": "2038-12-31", "except": ["2038-06-12"]}
    page.route("**/api/schedule?*", lambda route: route.fulfill(json={"boats": boats, "entries": entries}))
    page.route("**/api/holds?*", lambda route: route.fulfill(json={"holds": holds}))
    page.goto("/week?from=2038-06-03")
    expect(page.get_by_text("⚠ 2 conflicts")).to_be_visible()


def move_dialog(page: Page, charters: Charters) -> None:
    answer = {"Code": "ScheduleConflict", "Message": f"{UNBROKEN} is booked.", "conflicts": [], "Fields": {}}
    other = {"kind": "boat", "name": UNBROKEN, "title": UNBROKEN, "event_id": "other"}
    answer["conflicts"] = [other | {"starts_at": "2038-06-05T17:00:00Z", "ends_at": "2038-06-05T19:00:00Z"}]
    week(page, charters)
    page.route("**/api/events/*", lambda route: answer_edit(route, answer))
    page.get_by_role("button", name=f"Move {UNBROKEN}").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Departs").fill("2038-06-09T10:00")
    dialog.get_by_role("button", name="Move", exact=True).click()
    dialog.get_by_role("button", name="Book anyway").click()
    expect(dialog.get_by_text("Say why, or choose another time or boat.")).to_be_visible()


def answer_edit(route: Route, answer: object) -> None:
    if route.request.method == "PATCH":
        route.fulfill(status=409, json=answer)
    else:
        route.continue_()


def hold_dialog(page: Page, charters: Charters) -> None:
    week(page, charters)
    page.get_by_role("button", name="Blocked, every Saturday").first.click()
    expect(page.get_by_role("button", name="Leave out Sat, Jun 5")).to_be_visible()


def new_hold_dialog(page: Page, charters: Charters) -> None:
    week(page, charters)
    page.get_by_role("button", name="Hold a boat").click()
    page.get_by_role("button", name="Hold the boat").click()
    expect(page.get_by_text("Choose a boat.")).to_be_visible()


def release_dialog(page: Page, charters: Charters) -> None:
    hold_dialog(page, charters)
    page.get_by_role("button", name="Release…").click()
    expect(page.get_by_role("dialog", name="Release the boat?")).to_be_visible()
