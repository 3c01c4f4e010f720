"""Everything that can be asked of the product: each route, and each function that Lambda runs by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.operator import links
from tests.support import operator
from tests.support.api import Answer, new_boat, new_event, new_person, new_settings
from tests.support.in_process import (
    AT_NOON,
    AT_OPTION,
    AT_PAPERS,
    CHECK,
    FAILED,
    MINUTE,
    NEW,
    NOW,
    QUEUED,
    REQUEST_KEY,
    SIGNED,
    SIGNING,
    VENMO,
    InProcessProduct,
)
from tests.support.ses_events import ses_event

Act = Callable[[InProcessProduct], Answer | None]


@dataclass(frozen=True)
class Operation:
    covers: str
    """A route, or a function that Lambda runs by itself."""
    act: Act
    statuses: tuple[int, ...] = (200,)
    """The answer's status is one of these."""
    again: tuple[int, ...] = (200,)
    """The same once more, when it was done before; empty for what is done each time that it is asked."""
    now: datetime = NOW
    start: str = "busy"
    """What has happened before: some of everything, nothing (`fresh`), or also a mail is queued (`waiting`), and some
    records are not in the log (`unlogged`).
    """
    in_parts: bool = False
    """Several records, each of which is written whole."""
    shows_when_broken_off: bool = False
    """The audit tells what is done of it by halves, until it is done again."""
    tells_later: bool = False
    """What broke off of its mails is queued by the schedule, whatever the same request again answers."""
    mail_answer: str = ""


def asking(method: str, path: str, body: Any = None, **more: Any) -> Act:
    """A call by the admin; ids in the path are filled in."""

    def act(product: InProcessProduct) -> Answer:
        url = path.format(
            event_id=product.event_id,
            waiver_id=product.waiver_id(SIGNED),
            mail_id=product.mail_id(FAILED),
            boat_id=product.boat_id,
            person_id=product.person_id,
            hold_id=product.hold_id,
        )
        return product.ask(method, url, body(product) if callable(body) else body, **more)

    return act


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
_PAYMENT = _EVENT + "/payments/{payment_id}"
_BATCH = _EVENT + "/payment-batches/{batch_id}"
_WAIVER = _EVENT + "/waivers/{waiver_id}"
_BOAT, _PERSON, _HOLD = "/api/boats/{boat_id}", "/api/people/{person_id}", "/api/holds/{hold_id}"
_CORRECTS = {"payment_id": CHECK, "reason": "typo"}
_EVIDENCE = {"source": "chase", "file_sha256": "0" * 64, "row": 7, "date": "2026-11-20", "amount_cents": 10_000}
_CASH = {"method": "cash", "amount_cents": 5_000}
_SHARES = {"shares": [{"name": "Smee", "amount_cents": 400}, {"name": "Mullins", "amount_cents": 600}]}
_REPETITION = {"request_id": REQUEST_KEY, "until": "2026-12-24"}


def _pay(number_of: str = NEW, **body: Any) -> Act:
    return lambda product: product.ask("PUT", product.url(f"/payments/{number_of}"), body)


def _on(which: str, act: str, body: Any = None) -> Act:
    return lambda product: product.ask("POST", product.url(f"/payments/{which}/{act}"), body)


def _move(which: str, *, to_another: bool = False) -> Act:
    """From the first charter to that of the same patron or of another one."""

    def act(product: InProcessProduct) -> Answer:
        to = product.other_id if to_another else product.past_id
        corrects = {**_CORRECTS, "event_id": product.event_id, "payment_id": which}
        return product.ask("PUT", f"/api/events/{to}/payments/{NEW}", {"corrects": corrects})

    return act


def _batch(**changes: Any) -> Act:
    rows = [
        {"payment_id": NEW, **_CASH},
        {"payment_id": SIGNING, "method": "venmo", "amount_cents": 700, "kind": "tip"},
    ]
    return lambda product: product.ask("PUT", product.url(f"/payment-batches/{NEW}"), {"payments": rows, **changes})


def _cancel_for(fee_cents: int) -> Act:
    return asking("POST", f"{_EVENT}/cancel", {"reason": "storm", "cancellation_fee_cents": fee_cents})


def _page(query: str = "", method: str = "GET") -> Act:
    return lambda product: product.guest().call(method, f"/g/{product.event_id}/waiver{query}")


def _feed(method: str) -> Act:
    return lambda product: product.guest().call(method, f"/c/{links.make_token('desk', '', 0)}.ics")


def _reading(path: str, query: str = "") -> Operation:
    return Operation(f"GET {path}", asking("GET", path + query))


OPERATIONS: dict[str, Operation] = {
    "sign in": Operation(
        "POST /api/login", lambda product: product.guest().post("/api/login", {"password": operator.PASSWORD})
    ),
    "sign out": Operation("POST /api/logout", asking("POST", "/api/logout"), (204,), (401,)),
    "read the session": _reading("/api/session"),
    "check the health": _reading("/api/health"),
    "check the health by HEAD": Operation("HEAD /api/health", asking("HEAD", "/api/health")),
    "read the API's document": _reading("/api/openapi.json"),
    "list the board": _reading("/api/events"),
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
    "list the patrons": _reading("/api/patrons"),
    "read a charter": _reading(_EVENT),
    "read who changed what": _reading(f"{_EVENT}/history"),
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
    "read the manifest": _reading(f"{_EVENT}/manifest"),
    "fetch the manifest": _reading(f"{_EVENT}/manifest.csv"),
    "check a guest in": Operation(f"POST {_EVENT}/check-in", asking("POST", f"{_EVENT}/check-in", _check_in)),
    "note the briefing": Operation(
        f"POST {_EVENT}/safety-briefing", asking("POST", f"{_EVENT}/safety-briefing", {"done": True})
    ),
    "depart": Operation(f"POST {_EVENT}/depart", asking("POST", f"{_EVENT}/depart")),
    "remind the guests": Operation(
        f"POST {_EVENT}/waiver-reminders", asking("POST", f"{_EVENT}/waiver-reminders", {}), in_parts=True
    ),
    "ask to sign again": Operation(f"POST {_EVENT}/ask-again", asking("POST", f"{_EVENT}/ask-again", {})),
    "log a payment": Operation(f"PUT {_PAYMENT}", _pay(**_CASH), (201,)),
    "log a payment while the mail service is busy": Operation(
        f"PUT {_PAYMENT}", _pay(**_CASH), (201,), mail_answer="busy"
    ),
    "log a payment whose mail is refused": Operation(f"PUT {_PAYMENT}", _pay(**_CASH), (201,), mail_answer="refuses"),
    "log a check and ask for duplicates": Operation(
        f"PUT {_PAYMENT}", _pay(method="check", amount_cents=7_000, notify=False, ask_if_duplicate=True), (201,)
    ),
    "refund a payment": Operation(
        f"PUT {_PAYMENT}", _pay(method="cash", amount_cents=500, kind="refund", refund_of=VENMO), (201,)
    ),
    "correct a payment": Operation(f"PUT {_PAYMENT}", _pay(corrects=_CORRECTS, amount_cents=1_000), (201,)),
    "correct a payment while the mail service is busy": Operation(
        f"PUT {_PAYMENT}", _pay(corrects=_CORRECTS, method="cash"), (201,), mail_answer="busy"
    ),
    "correct a payment whose receipt waits": Operation(
        f"PUT {_PAYMENT}", _pay(corrects={**_CORRECTS, "payment_id": QUEUED}, payer="Dee"), (201,), start="waiting"
    ),
    "move a payment to another charter": Operation(f"PUT {_PAYMENT}", _move(VENMO), (201,)),
    "move a payment to another patron's charter": Operation(f"PUT {_PAYMENT}", _move(CHECK, to_another=True), (201,)),
    "log a batch": Operation(f"PUT {_BATCH}", _batch(), (201,)),
    "log a batch while the mail service is busy": Operation(f"PUT {_BATCH}", _batch(), (201,), mail_answer="busy"),
    "log a batch without a receipt": Operation(f"PUT {_BATCH}", _batch(notify=False), (201,)),
    "clear a payment with evidence": Operation(f"POST {_PAYMENT}/clear", _on(CHECK, "clear", {"evidence": _EVIDENCE})),
    "list a charter's payments": _reading(f"{_EVENT}/payments"),
    "void a payment": Operation(f"POST {_PAYMENT}/void", _on(CHECK, "void", {"reason": "typo"})),
    "void a payment whose receipt waits": Operation(
        f"POST {_PAYMENT}/void", _on(QUEUED, "void", {"reason": "typo"}), start="waiting"
    ),
    "clear a payment": Operation(f"POST {_PAYMENT}/clear", _on(CHECK, "clear", {})),
    "bounce a payment": Operation(f"POST {_PAYMENT}/bounce", _on(CHECK, "bounce", {"reason": "no cover"})),
    "send a receipt again": Operation(f"POST {_PAYMENT}/receipt", _on(CHECK, "receipt"), (202,), (202,)),
    "list what is due": _reading("/api/receivables"),
    "pay all that is due": Operation(f"PUT {_PAYMENT}", _pay(method="check", amount_cents=90_000), (201,)),
    "mail a statement": Operation(
        f"POST {_EVENT}/statement", asking("POST", f"{_EVENT}/statement", {"due_date": "2026-12-12"}), (202,), (202,)
    ),
    "mail a statement to another while the mail service is busy": Operation(
        f"POST {_EVENT}/statement",
        asking("POST", f"{_EVENT}/statement", {"to": "books@example.com", "note": "PO 4711"}),
        (202,),
        (202,),
        mail_answer="busy",
    ),
    "list the tips": _reading("/api/tips", "?from=2026-11-01&to=2026-12-31"),
    "share the tips out by hand": Operation(f"PUT {_EVENT}/tip-shares", asking("PUT", f"{_EVENT}/tip-shares", _SHARES)),
    "sum up the payments by boat": Operation(
        "GET /api/payments/summary", asking("GET", "/api/payments/summary?by=boat")
    ),
    "list the payments of a captain": Operation("GET /api/payments", asking("GET", "/api/payments?captain=Cap+Hook")),
    "list the payments": _reading("/api/payments"),
    "list the payments to clear": _reading("/api/payments/to-clear"),
    "sum up the payments": _reading("/api/payments/summary"),
    "fetch the payments": _reading("/api/payments.csv"),
    "list the boats": _reading("/api/boats"),
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
    "list the people": _reading("/api/people"),
    "make a person": Operation(
        "POST /api/people",
        asking("POST", "/api/people", new_person(), headers={"idempotency-key": REQUEST_KEY}),
        (201,),
        (200,),
    ),
    "edit a person": Operation(f"PATCH {_PERSON}", asking("PATCH", _PERSON, {"version": 1, "rank": 3}), (200,), (409,)),
    "renew a person's link": Operation(f"POST {_PERSON}/new-link", asking("POST", f"{_PERSON}/new-link"), again=()),
    "read the settings": _reading("/api/settings"),
    "save the settings": Operation("PUT /api/settings", asking("PUT", "/api/settings", new_settings()), (200,), (409,)),
    "list the calendars": _reading("/api/calendars"),
    "read the desk's feed": Operation("GET /c/{token}", _feed("GET")),
    "ask for the desk's feed by HEAD": Operation("HEAD /c/{token}", _feed("HEAD")),
    "renew the link of the desk's calendar": Operation(
        "POST /api/calendars/{calendar_id}/new-link", asking("POST", "/api/calendars/desk/new-link"), again=()
    ),
    "renew the link of a boat's calendar": Operation(
        "POST /api/calendars/{calendar_id}/new-link", asking("POST", "/api/calendars/{boat_id}/new-link"), again=()
    ),
    "read the schedule": _reading("/api/schedule", "?from=2026-11-22&to=2026-12-31"),
    "list the holds": _reading("/api/holds"),
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
    "list the mail": _reading("/api/mail", "?status=sent"),
    "send a mail again": Operation(
        "POST /api/mail/{mail_id}/retry", asking("POST", "/api/mail/{mail_id}/retry"), (202,), (202, 409)
    ),
    "read a signed waiver": _reading(_WAIVER),
    "set a waiver aside": Operation(
        f"POST {_WAIVER}/set-aside", asking("POST", f"{_WAIVER}/set-aside", {"reason": "signed twice"})
    ),
    "erase a waiver": Operation(
        f"POST {_WAIVER}/erase",
        asking("POST", f"{_WAIVER}/erase", {"reason": "asked by mail"}),
        in_parts=True,
        shows_when_broken_off=True,
    ),
    "fetch the bundle of a waiver": _reading(f"{_WAIVER}/bundle"),
    "search the waivers": _reading("/api/waivers", "?query=ben"),
    "export the waivers": _reading("/api/waivers.json"),
    "read the checkpoint": _reading("/api/waivers/checkpoint"),
    "list the texts": _reading("/api/waiver-versions"),
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
    "list who signed an older text": _reading("/api/waiver-versions/superseded"),
    "preview a text": Operation(
        "POST /api/waiver-versions/preview", asking("POST", "/api/waiver-versions/preview", {"text": "# Hold on"})
    ),
    "open the guest page": _reading("/api/guest/{event_id}"),
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
