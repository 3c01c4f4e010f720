"""Everything that can be asked of the product: each route, and each function that Lambda runs by itself."""

from typing import Any

from chalicelib.charters.store import to_charter
from chalicelib.operator import links
from tests.support import operator
from tests.support.api import Answer, new_boat, new_event, new_person, new_settings
from tests.support.in_process import (
    AT_DOCK,
    AT_NOON,
    AT_OPTION,
    AT_PAPERS,
    CHECK,
    MINUTE,
    NEW,
    NOW,
    REQUEST_KEY,
    SIGNED,
    SIGNING,
    InProcessProduct,
)
from tests.support.operation import Act, Operation, asking, reading
from tests.support.payment_operations import PAYMENT_OPERATIONS
from tests.support.ses_events import ses_event


def _sign(product: InProcessProduct) -> Answer:
    return product.sign(SIGNING, name="Ann", email="ann@example.com", minors=["Kit", "Kim"])


def _check_in(product: InProcessProduct) -> dict[str, Any]:
    return {"waiver_id": product.waiver_id(SIGNED), "state": "aboard"}


def _booked_charter(product: InProcessProduct) -> dict[str, Any]:
    return product.booked_charter()


def _sweep(product: InProcessProduct) -> None:
    product.run_function("sweep_mail")


def _reported(which: str) -> Act:
    def act(product: InProcessProduct) -> None:
        product.run_function("mail_feedback", ses_event(which, product.mail_id(CHECK)))

    return act


_EVENT = "/api/events/{event_id}"
_POSITION = _EVENT + "/positions/{position_id}"
_ITS_POSITION = "/api/events/{crewed_id}/positions/{position_id}"
_WAIVER = _EVENT + "/waivers/{waiver_id}"
_BOAT, _PERSON, _HOLD = "/api/boats/{boat_id}", "/api/people/{person_id}", "/api/holds/{hold_id}"
_REPETITION = {"request_id": REQUEST_KEY, "until": "2026-12-24"}


def _cancel_for(fee_cents: int) -> Act:
    return asking("POST", f"{_EVENT}/cancel", {"reason": "storm", "cancellation_fee_cents": fee_cents})


def _page(query: str = "", method: str = "GET") -> Act:
    return lambda product: product.guest().call(method, f"/g/{product.event_id}/waiver{query}")


def _depart(waive: dict[str, str]) -> Act:
    """Of the charter that has begun."""
    return lambda product: product.ask("POST", f"/api/events/{product.past_id}/depart", {"waive": waive})


def _feed(method: str) -> Act:
    return lambda product: product.guest().call(method, f"/c/{links.make_token('desk', '', 0)}.ics")


def _crew(method: str, *, charter: bool = False) -> Act:
    return lambda product: product.guest().call(method, product.crew_path(charter=charter))


def _answer(given: str) -> Act:
    """Of the captain who is asked, as their page has it."""

    def act(product: InProcessProduct) -> Answer:
        guest, path = product.guest(), product.crew_path()
        sent = {"position_id": product.asked_id, "answer": given, "reason": "I am away", "seen": product.seen()}
        return guest.submit(path, sent)

    return act


def _tick(form: str, **fields: str) -> Act:
    """A captain's, at the dock."""

    def act(product: InProcessProduct) -> Answer:
        sent = {"form": form, "submission_id": NEW, "device_time": "", **fields}
        if form == "check_in":
            item = product.dynamo.items[f"EVENT#{product.sail_id}", "EVENT"]
            sent["guest_id"] = to_charter(item).details["guests"][0]["guest_id"]
        return product.guest().submit(product.crew_path(charter=True), sent)

    return act


OPERATIONS: dict[str, Operation] = {
    "sign in": Operation(
        "POST /api/login", lambda product: product.guest().post("/api/login", {"password": operator.PASSWORD})
    ),
    "sign out": Operation("POST /api/logout", asking("POST", "/api/logout"), (204,), (401,)),
    "read the session": reading("/api/session"),
    "check the health": reading("/api/health"),
    "check the health by HEAD": Operation("HEAD /api/health", asking("HEAD", "/api/health")),
    "read the API's document": reading("/api/openapi.json"),
    "list the board": reading("/api/events"),
    "create a charter": Operation(
        "POST /api/events",
        asking("POST", "/api/events", new_event(), headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "create a charter of a boat and a captain": Operation(
        "POST /api/events",
        asking("POST", "/api/events", _booked_charter, headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "search the charters": Operation("GET /api/events", asking("GET", "/api/events?q=rivera+sunset")),
    "list the patrons": reading("/api/patrons"),
    "read a charter": reading(_EVENT),
    "read who changed what": reading(f"{_EVENT}/history"),
    "give a charter a boat and another time": Operation(
        f"PATCH {_EVENT}",
        asking("PATCH", _EVENT, lambda product: {"version": 1, **product.booked_charter()}),
        (200,),
        (409,),
    ),
    "preview what repeats": Operation(
        f"POST {_EVENT}/repeat", asking("POST", f"{_EVENT}/repeat", {**_REPETITION, "preview": True}), again=()
    ),
    "repeat a charter": Operation(f"POST {_EVENT}/repeat", asking("POST", f"{_EVENT}/repeat", _REPETITION), (201, 200)),
    "edit a charter": Operation(
        f"PATCH {_EVENT}",
        asking("PATCH", _EVENT, {"version": 1, "title": "Moonrise", "charter_fee_cents": 99_000}),
        (200,),
        (409,),
    ),
    "complete a charter": Operation(
        f"PATCH {_EVENT}", asking("PATCH", _EVENT, {"version": 1, "status": "completed"}), (200,), (409,)
    ),
    "change the currency": Operation(
        f"PATCH {_EVENT}", asking("PATCH", _EVENT, {"version": 1, "currency": "EUR"}), (200,), (409,), start="fresh"
    ),
    "cancel a charter": Operation(f"POST {_EVENT}/cancel", asking("POST", f"{_EVENT}/cancel", {"reason": "storm"})),
    "cancel a charter for a fee that is paid": Operation(f"POST {_EVENT}/cancel", _cancel_for(10_000)),
    "cancel a charter for a fee that is due": Operation(f"POST {_EVENT}/cancel", _cancel_for(50_000)),
    "move a charter and tell": Operation(
        f"PATCH {_EVENT}",
        asking("PATCH", _EVENT, {"version": 1, "departure_port": "Oakland", "notify": True}),
        (200,),
        (409,),
        in_parts=True,
        tells_later=True,
    ),
    "move a charter and tell while the mail service is busy": Operation(
        f"PATCH {_EVENT}",
        asking("PATCH", _EVENT, {"version": 1, "departure_port": "Oakland", "notify": True}),
        (200,),
        (409,),
        in_parts=True,
        tells_later=True,
        mail_answer="busy",
    ),
    "cancel a charter and tell": Operation(
        f"POST {_EVENT}/cancel",
        asking("POST", f"{_EVENT}/cancel", {"reason": "storm", "notify": True}),
        in_parts=True,
        tells_later=True,
    ),
    "see who would be told of a move": Operation(
        f"POST {_EVENT}/edit-preview", asking("POST", f"{_EVENT}/edit-preview", {"version": 1, "vessel": "Petrel"})
    ),
    "see who would be told of a cancellation": Operation(
        f"POST {_EVENT}/cancel-preview",
        asking("POST", f"{_EVENT}/cancel-preview", {"cancellation_fee_cents": 50_000}),
    ),
    "reopen the waivers": Operation(
        f"POST {_EVENT}/reopen-waivers",
        lambda product: product.ask("POST", f"/api/events/{product.past_id}/reopen-waivers"),
    ),
    "renew the guest link": Operation(f"POST {_EVENT}/guest-link", asking("POST", f"{_EVENT}/guest-link"), again=()),
    "read the manifest": reading(f"{_EVENT}/manifest"),
    "fetch the manifest": reading(f"{_EVENT}/manifest.csv"),
    "check a guest in": Operation(f"POST {_EVENT}/check-in", asking("POST", f"{_EVENT}/check-in", _check_in)),
    "note the briefing": Operation(
        f"POST {_EVENT}/safety-briefing", asking("POST", f"{_EVENT}/safety-briefing", {"done": True})
    ),
    "depart": Operation(
        f"POST {_EVENT}/depart", _depart({"waivers": "all of them are known", "briefing": "given ashore"})
    ),
    "depart without being ready": Operation(f"POST {_EVENT}/depart", _depart({}), (409,), (409,)),
    "remind the guests": Operation(
        f"POST {_EVENT}/waiver-reminders", asking("POST", f"{_EVENT}/waiver-reminders", {}), in_parts=True
    ),
    "ask to sign again": Operation(f"POST {_EVENT}/ask-again", asking("POST", f"{_EVENT}/ask-again", {})),
    "add a position": Operation(
        f"POST {_EVENT}/positions",
        asking("POST", f"{_EVENT}/positions", {"role": "captain"}, headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "ask for a position": Operation(
        f"POST {_POSITION}/ask",
        asking("POST", f"{_ITS_POSITION}/ask", lambda product: {"person_ids": [product.person_id]}),
    ),
    "assign somebody": Operation(
        f"POST {_POSITION}/assign",
        asking("POST", f"{_ITS_POSITION}/assign", lambda product: {"person_id": product.person_id}),
    ),
    "withdraw a position": Operation(
        f"POST {_POSITION}/withdraw", asking("POST", f"{_ITS_POSITION}/withdraw", {"reason": "smaller boat"})
    ),
    **PAYMENT_OPERATIONS,
    "list the boats": reading("/api/boats"),
    "make a boat": Operation(
        "POST /api/boats",
        asking("POST", "/api/boats", new_boat(), headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "edit a boat": Operation(
        f"PATCH {_BOAT}", asking("PATCH", _BOAT, {"version": 1, "turnaround_minutes": 90}), (200,), (409,)
    ),
    "set a boat inactive": Operation(
        f"PATCH {_BOAT}", asking("PATCH", _BOAT, {"version": 1, "active": False}), (200,), (409,)
    ),
    "list the people": reading("/api/people"),
    "make a person": Operation(
        "POST /api/people",
        asking("POST", "/api/people", new_person(), headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "edit a person": Operation(f"PATCH {_PERSON}", asking("PATCH", _PERSON, {"version": 1, "rank": 3}), (200,), (409,)),
    "renew a person's link": Operation(f"POST {_PERSON}/new-link", asking("POST", f"{_PERSON}/new-link"), again=()),
    "read the settings": reading("/api/settings"),
    "save the settings": Operation("PUT /api/settings", asking("PUT", "/api/settings", new_settings()), (200,), (409,)),
    "list the calendars": reading("/api/calendars"),
    "read the desk's feed": Operation("GET /c/{token}", _feed("GET")),
    "ask for the desk's feed by HEAD": Operation("HEAD /c/{token}", _feed("HEAD")),
    "fetch the worker of the crew's pages": Operation(
        "GET /c/worker.js", lambda product: product.guest().get("/c/worker.js")
    ),
    "open a person's page": Operation("GET /c/{token}", _crew("GET")),
    "accept a position": Operation("POST /c/{token}", _answer("accept"), (303,), (303,)),
    "decline a position": Operation("POST /c/{token}", _answer("decline"), (303,), (303,)),
    "open the captain's manifest": Operation("GET /c/{token}/{event_id}", _crew("GET", charter=True), now=AT_DOCK),
    "ask for the captain's manifest by HEAD": Operation(
        "HEAD /c/{token}/{event_id}", _crew("HEAD", charter=True), now=AT_DOCK
    ),
    "check a guest in as captain": Operation(
        "POST /c/{token}/{event_id}", _tick("check_in", state="aboard"), (303,), (303,), now=AT_DOCK
    ),
    "give the safety briefing": Operation(
        "POST /c/{token}/{event_id}", _tick("briefing", done="yes"), (303,), (303,), now=AT_DOCK
    ),
    "depart as captain": Operation("POST /c/{token}/{event_id}", _tick("depart"), (303,), (303,), now=AT_DOCK),
    "renew the link of the desk's calendar": Operation(
        "POST /api/calendars/{calendar_id}/new-link", asking("POST", "/api/calendars/desk/new-link"), again=()
    ),
    "renew the link of a boat's calendar": Operation(
        "POST /api/calendars/{calendar_id}/new-link", asking("POST", "/api/calendars/{boat_id}/new-link"), again=()
    ),
    "read the schedule": reading("/api/schedule", "?from=2026-11-22&to=2026-12-31"),
    "list the holds": reading("/api/holds"),
    "hold a boat": Operation(
        "POST /api/holds",
        asking("POST", "/api/holds", lambda product: product.hold(3), headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "hold a boat each week": Operation(
        "POST /api/holds",
        asking(
            *("POST", "/api/holds", lambda product: product.hold(3, weekly_until="2027-03-01")),
            headers={"idempotency-key": REQUEST_KEY},
        ),
        (201,),
        (200,),
    ),
    "make a hold repeat": Operation(
        f"PATCH {_HOLD}", asking("PATCH", _HOLD, {"version": 1, "weekly_until": "2027-03-01"}), (200,), (409,)
    ),
    "release a hold": Operation(f"POST {_HOLD}/release", asking("POST", f"{_HOLD}/release")),
    "free an option": Operation("sweep_mail", _sweep, now=AT_OPTION, in_parts=True),
    "look through the papers": Operation("sweep_mail", _sweep, now=AT_PAPERS, in_parts=True),
    "list the mail": reading("/api/mail", "?status=sent"),
    "send a mail again": Operation(
        "POST /api/mail/{mail_id}/retry", asking("POST", "/api/mail/{mail_id}/retry"), (202,), (202, 409)
    ),
    "read a signed waiver": reading(_WAIVER),
    "set a waiver aside": Operation(
        f"POST {_WAIVER}/set-aside", asking("POST", f"{_WAIVER}/set-aside", {"reason": "signed twice"})
    ),
    "erase a waiver": Operation(
        f"POST {_WAIVER}/erase",
        asking("POST", f"{_WAIVER}/erase", {"reason": "asked by mail"}),
        in_parts=True,
        shows_when_broken_off=True,
    ),
    "fetch the bundle of a waiver": reading(f"{_WAIVER}/bundle"),
    "search the waivers": reading("/api/waivers", "?query=ben"),
    "export the waivers": reading("/api/waivers.json"),
    "read the checkpoint": reading("/api/waivers/checkpoint"),
    "list the texts": reading("/api/waiver-versions"),
    "publish a text": Operation(
        "PUT /api/waiver-versions/current",
        asking("PUT", "/api/waiver-versions/current", {"title": "Release", "text": "Hold on tight."}),
        (201,),
    ),
    "publish the first text": Operation(
        "PUT /api/waiver-versions/current",
        asking("PUT", "/api/waiver-versions/current", {"title": "Release", "text": "Hold on tight."}),
        (201,),
        start="fresh",
    ),
    "list who signed an older text": reading("/api/waiver-versions/superseded"),
    "preview a text": Operation(
        "POST /api/waiver-versions/preview", asking("POST", "/api/waiver-versions/preview", {"text": "# Hold on"})
    ),
    "open the guest page": reading("/api/guest/{event_id}"),
    "open the waiver": Operation("GET /g/{event_id}/waiver", _page()),
    "read the waiver by HEAD": Operation("HEAD /g/{event_id}/waiver", _page(method="HEAD")),
    "see that the waiver is signed": Operation(
        "GET /g/{event_id}/waiver", lambda product: _page(f"?signed={product.waiver_id(SIGNED)}")(product)
    ),
    "sign the waiver": Operation("POST /g/{event_id}/waiver", _sign, (303,), (303,)),
    "sign the sample text, as the first signer": Operation(
        "POST /g/{event_id}/waiver",
        _sign,
        (303,),
        (303,),
        start="fresh",
        in_parts=True,
        shows_when_broken_off=True,
    ),
    "look for reminders": Operation("sweep_mail", _sweep, in_parts=True),
    "sweep the mail": Operation("sweep_mail", _sweep, now=AT_NOON, start="waiting", in_parts=True),
    "append what waits for the log": Operation("sweep_mail", _sweep, now=NOW + MINUTE, start="unlogged", in_parts=True),
    "set a waiver aside behind what waits": Operation(
        f"POST {_WAIVER}/set-aside",
        asking("POST", f"{_WAIVER}/set-aside", {"reason": "signed twice"}),
        now=NOW + MINUTE,
        start="unlogged",
    ),
    "sweep the mail while mail is down": Operation(
        "sweep_mail", _sweep, now=AT_NOON, start="waiting", in_parts=True, mail_answer="busy"
    ),
    "record a bounce": Operation("mail_feedback", _reported("permanent bounce"), in_parts=True),
    "record a complaint": Operation("mail_feedback", _reported("complaint"), in_parts=True),
}
