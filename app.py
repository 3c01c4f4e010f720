"""Every route of the product. Each one: parse, one call, respond; `guard` has authenticated before."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from chalice.app import Chalice, CloudWatchEvent, Rate, Request, Response

from chalicelib import requests
from chalicelib.charters import board
from chalicelib.charters import service as charters
from chalicelib.core import http, system
from chalicelib.core.errors import log_trace_only
from chalicelib.core.lazy import lazy_imports
from chalicelib.requests import CurrentRequest, accepted, made
from chalicelib.sign_in import sessions

# What the board needs is loaded above; the rest when a request first needs it.
with lazy_imports():
    from chalicelib import calendars, charter_page, erasure, openapi, sweep
    from chalicelib.boats import service as boats
    from chalicelib.charters import history, receivables, repeat
    from chalicelib.crew import service as crew
    from chalicelib.crew_page import dock
    from chalicelib.crew_page import page as crew_page
    from chalicelib.feeds import service as feeds
    from chalicelib.mail import admin as mail_admin
    from chalicelib.mail import bounces
    from chalicelib.manifest import service as manifest
    from chalicelib.notices import service as notices
    from chalicelib.operator import service as operator
    from chalicelib.payments import acts as payment_acts
    from chalicelib.payments import batches, reports, statements, tips
    from chalicelib.payments import service as payments
    from chalicelib.people import service as people
    from chalicelib.schedule import holds, week
    from chalicelib.sign_in import service as sign_in
    from chalicelib.waivers import page as waiver_page
    from chalicelib.waivers import records as waiver_records
    from chalicelib.waivers import requests as signature_requests
    from chalicelib.waivers import striking
    from chalicelib.waivers import versions as waiver_versions

app = Chalice(app_name="ship-captain-crew")
app.log.setLevel(logging.INFO)
# Chalice logs what a view has raised before anybody else hears of it.
app.log.addFilter(log_trace_only)

Answer = Mapping[str, object]

FORM = "application/x-www-form-urlencoded"
# What SES calls them at EventBridge.
MAIL_FEEDBACK = ["Email Bounced", "Email Complaint Received"]
# All other routes need an admin's session, new ones too.
PUBLIC = {
    ("POST", "/api/login"),
    ("GET", "/api/health"),
    ("HEAD", "/api/health"),
    ("GET", "/api/guest/{event_id}"),
    ("GET", "/g/{event_id}/waiver"),
    ("HEAD", "/g/{event_id}/waiver"),
    ("POST", "/g/{event_id}/waiver"),
    ("GET", "/c/worker.js"),
    ("GET", "/c/{token}"),
    ("HEAD", "/c/{token}"),
    ("POST", "/c/{token}"),
    ("GET", "/c/{token}/{event_id}"),
    ("HEAD", "/c/{token}/{event_id}"),
    ("POST", "/c/{token}/{event_id}"),
}
# The private calls with query parameters; all others refuse each one that is sent.
SEARCHES = {
    ("GET", "/api/events"),
    ("GET", "/api/events/{event_id}/history"),
    ("GET", "/api/tips"),
    ("GET", "/api/payments"),
    ("GET", "/api/payments/to-clear"),
    ("GET", "/api/payments/summary"),
    ("GET", "/api/payments.csv"),
    ("GET", "/api/schedule"),
    ("GET", "/api/holds"),
    ("GET", "/api/mail"),
    ("GET", "/api/waivers"),
    ("GET", "/api/waivers.json"),
}

current = CurrentRequest(app)
body, query, session, actor, request_key = current.body, current.query, current.session, current.actor, current.key
alone = current.alone


@app.middleware("http")
def guard(request: Request, get_response: Callable[[Request], Response]) -> Response:
    return requests.guard(app, PUBLIC, SEARCHES, request, get_response)


def now() -> datetime:
    return system.utc_now()


# --- sign in --------------------------------------------------------------------------------------


@app.route("/api/login", methods=["POST"])
def log_in() -> Answer:
    return sign_in.log_in(sign_in.parse_credentials(body()), address=current.address(), now=now())


@app.route("/api/logout", methods=["POST"])
def log_out() -> Response:
    sessions.log_out(alone().session())
    return Response("", status_code=204)


@app.route("/api/session")
def read_session() -> Answer:
    return session().to_json()


# API Gateway implies no HEAD; uptime monitors and link previews ask for it.
@app.route("/api/health", methods=["GET", "HEAD"])
def health() -> Answer:
    return requests.tell_health()


@app.route("/api/openapi.json")
def get_openapi() -> Answer:
    return openapi.document()


# --- events ---------------------------------------------------------------------------------------


@app.route("/api/events")
def list_events() -> Answer:
    return board.list_charters(board.parse_board_page(query(), now=now()))


@app.route("/api/events", methods=["POST"])
def create_event() -> Response:
    return made(*charters.create_charter(body(), request_key=request_key(), actor=actor(), now=now()))


@app.route("/api/events/{event_id}")
def get_event(event_id: str) -> Answer:
    return charter_page.get_charter(event_id, now=now())


@app.route("/api/events/{event_id}", methods=["PATCH"])
def edit_event(event_id: str) -> Answer:
    return notices.edit_charter(event_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/edit-preview", methods=["POST"])
def preview_edit(event_id: str) -> Answer:
    return notices.preview_edit(event_id, body(), now=now())


@app.route("/api/events/{event_id}/cancel", methods=["POST"])
def cancel_event(event_id: str) -> Answer:
    return notices.cancel_charter(event_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/cancel-preview", methods=["POST"])
def preview_cancel(event_id: str) -> Answer:
    return notices.preview_cancel(event_id, body(), now=now())


@app.route("/api/events/{event_id}/repeat", methods=["POST"])
def repeat_event(event_id: str) -> Response:
    return requests.with_status(*repeat.repeat_charter(event_id, body(), actor=actor(), now=now()))


@app.route("/api/events/{event_id}/reopen-waivers", methods=["POST"])
def reopen_waivers(event_id: str) -> Answer:
    return charters.reopen_waivers(event_id, actor=alone().actor(), now=now())


@app.route("/api/events/{event_id}/guest-link", methods=["POST"])
def renew_guest_link(event_id: str) -> Answer:
    return charters.renew_guest_link(event_id, actor=alone().actor(), now=now())


@app.route("/api/events/{event_id}/history")
def get_history(event_id: str) -> Answer:
    return history.get_history(event_id, history.parse_page(query()))


@app.route("/api/events/{event_id}/manifest")
def get_manifest(event_id: str) -> Answer:
    return manifest.get_manifest(event_id)


@app.route("/api/events/{event_id}/manifest.csv")
def get_manifest_csv(event_id: str) -> Response:
    return http.csv_response(manifest.to_csv(event_id), "manifest.csv")


@app.route("/api/events/{event_id}/check-in", methods=["POST"])
def check_in(event_id: str) -> Answer:
    return manifest.check_in(event_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/safety-briefing", methods=["POST"])
def note_briefing(event_id: str) -> Answer:
    return manifest.note_briefing(event_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/depart", methods=["POST"])
def depart(event_id: str) -> Answer:
    return manifest.depart(event_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/waiver-reminders", methods=["POST"])
def remind_guests(event_id: str) -> Answer:
    return signature_requests.remind_guests(event_id, body(), now=now())


@app.route("/api/events/{event_id}/ask-again", methods=["POST"])
def ask_again(event_id: str) -> Answer:
    return signature_requests.ask_again(event_id, body(), now=now())


@app.route("/api/events/{event_id}/positions", methods=["POST"])
def add_position(event_id: str) -> Response:
    return made(*crew.add_position(event_id, body(), request_key=request_key(), actor=actor(), now=now()))


@app.route("/api/events/{event_id}/positions/{position_id}/ask", methods=["POST"])
def ask_for_position(event_id: str, position_id: str) -> Answer:
    return crew.ask(event_id, position_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/positions/{position_id}/assign", methods=["POST"])
def assign_position(event_id: str, position_id: str) -> Answer:
    return crew.assign(event_id, position_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/positions/{position_id}/withdraw", methods=["POST"])
def withdraw_position(event_id: str, position_id: str) -> Answer:
    return crew.withdraw(event_id, position_id, body(), actor=actor(), now=now())


# --- payments -------------------------------------------------------------------------------------


@app.route("/api/events/{event_id}/payments/{payment_id}", methods=["PUT"])
def log_payment(event_id: str, payment_id: str) -> Response:
    return requests.logged(*payments.log_payment(event_id, payment_id, body(), actor=actor(), now=now()))


@app.route("/api/events/{event_id}/payment-batches/{batch_id}", methods=["PUT"])
def log_batch(event_id: str, batch_id: str) -> Response:
    return requests.logged(*batches.log_batch(event_id, batch_id, body(), actor=actor(), now=now()))


@app.route("/api/events/{event_id}/payments")
def list_event_payments(event_id: str) -> Answer:
    return payments.list_for_charter(event_id)


@app.route("/api/events/{event_id}/payments/{payment_id}/void", methods=["POST"])
def void_payment(event_id: str, payment_id: str) -> Answer:
    return payment_acts.void_payment(event_id, payment_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/payments/{payment_id}/clear", methods=["POST"])
def clear_payment(event_id: str, payment_id: str) -> Answer:
    return payment_acts.clear_payment(event_id, payment_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/payments/{payment_id}/bounce", methods=["POST"])
def bounce_payment(event_id: str, payment_id: str) -> Answer:
    return payment_acts.bounce_payment(event_id, payment_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/payments/{payment_id}/receipt", methods=["POST"])
def send_receipt_again(event_id: str, payment_id: str) -> Response:
    return accepted(payment_acts.send_receipt_again(event_id, payment_id, actor=alone().actor(), now=now()))


@app.route("/api/events/{event_id}/statement", methods=["POST"])
def send_statement(event_id: str) -> Response:
    return accepted(statements.send_statement(event_id, body(), actor=actor(), now=now()))


@app.route("/api/events/{event_id}/tip-shares", methods=["PUT"])
def share_tips(event_id: str) -> Answer:
    return tips.share_tips(event_id, body(), actor=actor(), now=now())


@app.route("/api/receivables")
def list_receivables() -> Answer:
    return receivables.list_receivables(now())


@app.route("/api/tips")
def list_tips() -> Answer:
    return tips.list_tips(tips.parse_range(query(), now=now()))


@app.route("/api/payments")
def list_payments() -> Answer:
    return reports.list_payments(*reports.parse_page(query(), now=now()))


@app.route("/api/payments/to-clear")
def list_payments_to_clear() -> Answer:
    return reports.list_to_clear(*reports.parse_to_clear(query()))


@app.route("/api/payments/summary")
def summarize_payments() -> Answer:
    return reports.summarize(reports.parse_summary(query(), now=now()))


@app.route("/api/payments.csv")
def get_payments_csv() -> Response:
    return http.csv_response(reports.to_csv(reports.parse_report(query(), now=now())), "payments.csv")


# --- schedule -------------------------------------------------------------------------------------


@app.route("/api/schedule")
def get_schedule() -> Answer:
    return week.get_schedule(week.parse_period(query(), now=now()), now=now())


@app.route("/api/holds")
def list_holds() -> Answer:
    return holds.list_holds(query(), now=now())


@app.route("/api/holds", methods=["POST"])
def create_hold() -> Response:
    return made(*holds.create_hold(body(), request_key=request_key(), actor=actor(), now=now()))


@app.route("/api/holds/{hold_id}", methods=["PATCH"])
def edit_hold(hold_id: str) -> Answer:
    return holds.edit_hold(hold_id, body(), actor=actor(), now=now())


@app.route("/api/holds/{hold_id}/release", methods=["POST"])
def release_hold(hold_id: str) -> Answer:
    return holds.release_hold(hold_id, actor=alone().actor(), now=now())


@app.route("/api/patrons")
def list_patrons() -> Answer:
    return board.list_patrons()


# --- boats, people, settings ----------------------------------------------------------------------


@app.route("/api/boats")
def list_boats() -> Answer:
    return boats.list_boats()


@app.route("/api/boats", methods=["POST"])
def create_boat() -> Response:
    return made(*boats.create_boat(body(), request_key=request_key(), actor=actor(), now=now()))


@app.route("/api/boats/{boat_id}", methods=["PATCH"])
def edit_boat(boat_id: str) -> Answer:
    return boats.edit_boat(boat_id, body(), coming_charters=week.coming_charters, actor=actor(), now=now())


@app.route("/api/people")
def list_people() -> Answer:
    return people.list_people()


@app.route("/api/people", methods=["POST"])
def create_person() -> Response:
    return made(*people.create_person(body(), request_key=request_key(), actor=actor(), now=now()))


@app.route("/api/people/{person_id}", methods=["PATCH"])
def edit_person(person_id: str) -> Answer:
    return people.edit_person(person_id, body(), coming_charters=week.coming_charters, actor=actor(), now=now())


@app.route("/api/people/{person_id}/new-link", methods=["POST"])
def renew_person_link(person_id: str) -> Answer:
    return people.renew_link(person_id, actor=alone().actor(), now=now())


@app.route("/api/settings")
def get_settings() -> Answer:
    return operator.get_settings()


@app.route("/api/settings", methods=["PUT"])
def put_settings() -> Answer:
    return operator.put_settings(body(), actor=actor(), now=now())


@app.route("/api/calendars")
def list_calendars() -> Answer:
    return calendars.list_calendars()


@app.route("/api/calendars/{calendar_id}/new-link", methods=["POST"])
def renew_calendar_link(calendar_id: str) -> Answer:
    return calendars.renew_link(calendar_id, actor=alone().actor(), now=now())


# --- mail -----------------------------------------------------------------------------------------


@app.route("/api/mail")
def list_mails() -> Answer:
    return mail_admin.list_mails(mail_admin.parse_page(query()))


@app.route("/api/mail/{mail_id}/retry", methods=["POST"])
def retry_mail(mail_id: str) -> Response:
    return accepted(mail_admin.send_again(mail_id, kinds=sweep.MAIL_KINDS, actor=alone().actor(), now=now()))


# --- waivers --------------------------------------------------------------------------------------


@app.route("/api/events/{event_id}/waivers/{waiver_id}")
def get_waiver(event_id: str, waiver_id: str) -> Answer:
    return waiver_records.get_record(event_id, waiver_id, actor=actor(), now=now())


@app.route("/api/events/{event_id}/waivers/{waiver_id}/bundle")
def get_bundle(event_id: str, waiver_id: str) -> Answer:
    return waiver_records.make_bundle(event_id, waiver_id)


@app.route("/api/events/{event_id}/waivers/{waiver_id}/set-aside", methods=["POST"])
def set_waiver_aside(event_id: str, waiver_id: str) -> Answer:
    return striking.set_aside(event_id, waiver_id, body(), actor=actor(), now=now())


@app.route("/api/events/{event_id}/waivers/{waiver_id}/erase", methods=["POST"])
def erase_waiver(event_id: str, waiver_id: str) -> Answer:
    return erasure.erase(event_id, waiver_id, body(), actor=actor(), now=now())


@app.route("/api/waivers")
def search_waivers() -> Answer:
    return waiver_records.search(waiver_records.parse_search(query()))


@app.route("/api/waivers.json")
def export_waivers() -> Answer:
    return waiver_records.export_log(waiver_records.parse_export(query()))


@app.route("/api/waivers/checkpoint")
def get_checkpoint() -> Response:
    return http.text_response(waiver_records.get_checkpoint())


@app.route("/api/waiver-versions")
def list_waiver_versions() -> Answer:
    return waiver_versions.list_versions()


@app.route("/api/waiver-versions/current", methods=["PUT"])
def publish_waiver_version() -> Response:
    return made(*waiver_versions.publish_version(body(), actor=actor(), now=now()))


@app.route("/api/waiver-versions/superseded")
def list_superseded() -> Answer:
    return signature_requests.list_superseded(now=now())


@app.route("/api/waiver-versions/preview", methods=["POST"])
def preview_waiver_version() -> Answer:
    return waiver_versions.preview(body())


# --- guests ---------------------------------------------------------------------------------------


@app.route("/api/guest/{event_id}")
def get_guest_event(event_id: str) -> Answer:
    return charter_page.get_guest_charter(event_id, now=now())


@app.route("/g/{event_id}/waiver", methods=["GET", "HEAD"])
def show_waiver(event_id: str) -> Response:
    return waiver_page.show(event_id, app.current_request, now=now())


@app.route("/g/{event_id}/waiver", methods=["POST"], content_types=[FORM])
def sign_waiver(event_id: str) -> Response:
    return waiver_page.sign(event_id, app.current_request, now=now())


# --- private links --------------------------------------------------------------------------------


@app.route("/c/worker.js")
def get_crew_worker() -> Response:
    return crew_page.get_worker()


@app.route("/c/{token}", methods=["GET", "HEAD"])
def show_crew_page(token: str) -> Response:
    show = feeds.show if token.endswith(feeds.ENDING) else crew_page.show
    return show(token, app.current_request, now=now())


@app.route("/c/{token}", methods=["POST"], content_types=[FORM])
def answer_crew_page(token: str) -> Response:
    return crew_page.answer(token, app.current_request, now=now())


@app.route("/c/{token}/{event_id}", methods=["GET", "HEAD"])
def show_dock(token: str, event_id: str) -> Response:
    return dock.show(token, event_id, app.current_request, now=now())


@app.route("/c/{token}/{event_id}", methods=["POST"], content_types=[FORM])
def tick_dock(token: str, event_id: str) -> Response:
    return dock.tick(token, event_id, app.current_request, now=now())


# --- behind the scenes ----------------------------------------------------------------------------


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_mail")
def sweep_mail(_: CloudWatchEvent) -> None:
    sweep.run(now())


@app.on_cw_event({"source": ["aws.ses"], "detail-type": MAIL_FEEDBACK}, name="mail_feedback")
def take_mail_feedback(event: CloudWatchEvent) -> None:
    bounces.record_report(event.detail, kinds=sweep.MAIL_KINDS, now=now())
