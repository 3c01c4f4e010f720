"""Every route of the product. Each one: parse, one call, respond; `guard` has authenticated before."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalice.app import Chalice, CloudWatchEvent, Rate, Request, Response

from chalicelib import __version__, auth, events, settings, times, web
from chalicelib.acts import Actor
from chalicelib.errors import DomainError, SettingsError, leave_words_out
from chalicelib.later import later

if TYPE_CHECKING:
    from chalicelib import (
        charters,
        feedback,
        mails,
        manifest,
        notifications,
        payments,
        reports,
        signature_requests,
        waiver_page,
        waiver_versions,
        waivers,
    )
else:
    charters, feedback, mails, manifest, notifications, payments = map(
        later, "charters feedback mails manifest notifications payments".split()
    )
    reports, signature_requests, waiver_page, waiver_versions, waivers = map(
        later, "reports signature_requests waiver_page waiver_versions waivers".split()
    )

app = Chalice(app_name="ship-captain-crew")
app.log.setLevel(logging.INFO)
# Chalice logs what a view has raised before anybody else hears of it.
app.log.addFilter(leave_words_out)

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
}


@app.middleware("http")
def guard(request: Request, get_response: Callable[[Request], Response]) -> Response:
    try:
        auth.check_origin(request.headers)
        if (request.method, request.path) not in PUBLIC:
            request.context["session"] = auth.authenticate(request.headers, now=times.utc_now())
        response = get_response(request)
    except DomainError as error:
        if error.STATUS_CODE in (401, 403, 429):
            app.log.info("%s %s refused: %s", request.method, request.path, type(error).__name__)
        response = web.error_response(error)
    except SettingsError as error:
        app.log.error("Setting: %s", error)
        response = web.failure_response()
    except Exception:
        app.log.exception("%s %s failed", request.method, request.path)
        response = web.failure_response()
    return web.harden(response)


def body() -> dict[str, Any]:
    return web.read_json(app.current_request)


def query() -> dict[str, str]:
    return web.read_query(app.current_request)


def session() -> auth.Session:
    return app.current_request.context["session"]  # type: ignore[no-any-return]


def actor() -> Actor:
    return Actor(name=session().admin, address=web.viewer_address(app.current_request))


# --- sign in --------------------------------------------------------------------------------------


@app.route("/api/login", methods=["POST"])
def log_in() -> dict[str, str]:
    address = web.viewer_address(app.current_request)
    return auth.log_in(auth.parse_credentials(body()), address=address, now=times.utc_now())


@app.route("/api/logout", methods=["POST"])
def log_out() -> Response:
    web.read_nothing(app.current_request)
    auth.log_out(session())
    return Response("", status_code=204)


@app.route("/api/session")
def read_session() -> dict[str, str]:
    return session().to_json()


# API Gateway implies no HEAD; uptime monitors and link previews ask for it.
@app.route("/api/health", methods=["GET", "HEAD"])
def health() -> dict[str, str]:
    settings.settings()
    return {"status": "ok", "version": __version__}


@app.route("/api/openapi.json")
def get_openapi() -> dict[str, Any]:
    # Hardly ever asked for, so no start pays for it.
    from chalicelib import openapi

    return openapi.document()


# --- events ---------------------------------------------------------------------------------------


@app.route("/api/events")
def list_events() -> Response:
    return web.json_response(events.list_events(events.parse_board_page(query(), now=times.utc_now())), 200)


@app.route("/api/events", methods=["POST"])
def create_event() -> Response:
    key = app.current_request.headers.get("idempotency-key")
    event, new = events.create_event(body(), request_key=key, actor=actor(), now=times.utc_now())
    return Response(event, status_code=201 if new else 200)


@app.route("/api/events/{event_id}")
def get_event(event_id: str) -> dict[str, Any]:
    return charters.get_charter(event_id)


@app.route("/api/events/{event_id}", methods=["PATCH"])
def edit_event(event_id: str) -> dict[str, Any]:
    return events.edit_event(event_id, body(), actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/cancel", methods=["POST"])
def cancel_event(event_id: str) -> dict[str, Any]:
    return events.cancel_event(event_id, body(), actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/reopen-waivers", methods=["POST"])
def reopen_waivers(event_id: str) -> dict[str, Any]:
    web.read_nothing(app.current_request)
    return events.reopen_waivers(event_id, actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/manifest")
def get_manifest(event_id: str) -> dict[str, Any]:
    return manifest.get_manifest(event_id)


@app.route("/api/events/{event_id}/manifest.csv")
def get_manifest_csv(event_id: str) -> Response:
    return web.csv_response(manifest.to_csv(event_id), "manifest.csv")


@app.route("/api/events/{event_id}/check-in", methods=["POST"])
def check_in(event_id: str) -> dict[str, Any]:
    return manifest.check_in(event_id, body(), actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/safety-briefing", methods=["POST"])
def note_briefing(event_id: str) -> dict[str, Any]:
    return manifest.note_briefing(event_id, body(), actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/depart", methods=["POST"])
def depart(event_id: str) -> dict[str, Any]:
    web.read_nothing(app.current_request)
    return manifest.depart(event_id, actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/waiver-reminders", methods=["POST"])
def remind_guests(event_id: str) -> dict[str, Any]:
    return signature_requests.remind_guests(event_id, body(), now=times.utc_now())


@app.route("/api/events/{event_id}/ask-again", methods=["POST"])
def ask_again(event_id: str) -> dict[str, Any]:
    return signature_requests.ask_again(event_id, body(), now=times.utc_now())


# --- payments -------------------------------------------------------------------------------------


@app.route("/api/events/{event_id}/payments/{payment_id}", methods=["PUT"])
def log_payment(event_id: str, payment_id: str) -> Response:
    command = payments.parse_payment(payment_id, body(), now=times.utc_now())
    answer, new = payments.log_payment(event_id, command, actor=actor(), now=times.utc_now())
    return web.json_response(answer, 201) if new else web.json_response(answer, 200, {"Idempotency-Replayed": "true"})


@app.route("/api/events/{event_id}/payments")
def list_event_payments(event_id: str) -> dict[str, Any]:
    return payments.statement(event_id)


@app.route("/api/events/{event_id}/payments/{payment_id}/void", methods=["POST"])
def void_payment(event_id: str, payment_id: str) -> dict[str, Any]:
    return payments.void_payment(event_id, payment_id, body(), actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/payments/{payment_id}/clear", methods=["POST"])
def clear_payment(event_id: str, payment_id: str) -> dict[str, Any]:
    return payments.clear_payment(event_id, payment_id, body(), actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/payments/{payment_id}/bounce", methods=["POST"])
def bounce_payment(event_id: str, payment_id: str) -> dict[str, Any]:
    return payments.bounce_payment(event_id, payment_id, body(), actor=actor(), now=times.utc_now())


@app.route("/api/events/{event_id}/payments/{payment_id}/receipt", methods=["POST"])
def send_receipt_again(event_id: str, payment_id: str) -> Response:
    web.read_nothing(app.current_request)
    return Response(
        payments.send_receipt_again(event_id, payment_id, actor=actor(), now=times.utc_now()), status_code=202
    )


@app.route("/api/payments")
def list_payments() -> dict[str, Any]:
    return reports.list_payments(reports.parse_report(query(), now=times.utc_now()))


@app.route("/api/payments/to-clear")
def list_payments_to_clear() -> dict[str, Any]:
    return reports.list_to_clear(*reports.parse_to_clear(query()))


@app.route("/api/payments/summary")
def summarize_payments() -> dict[str, Any]:
    return reports.summarize(reports.parse_summary(query(), now=times.utc_now()))


@app.route("/api/payments.csv")
def get_payments_csv() -> Response:
    return web.csv_response(reports.to_csv(reports.parse_report(query(), now=times.utc_now())), "payments.csv")


# --- mail -----------------------------------------------------------------------------------------


@app.route("/api/mail")
def list_mails() -> dict[str, Any]:
    return mails.list_mails(mails.parse_page(query()))


@app.route("/api/mail/{mail_id}/retry", methods=["POST"])
def retry_mail(mail_id: str) -> Response:
    web.read_nothing(app.current_request)
    return Response(mails.retry(mail_id, actor=actor(), now=times.utc_now()), status_code=202)


# --- waivers --------------------------------------------------------------------------------------


@app.route("/api/events/{event_id}/waivers/{waiver_id}")
def get_waiver(event_id: str, waiver_id: str) -> dict[str, Any]:
    return waivers.get_record(event_id, waiver_id, actor=actor(), now=times.utc_now())


@app.route("/api/waivers")
def search_waivers() -> dict[str, Any]:
    return waivers.search(waivers.parse_search(query()))


@app.route("/api/waivers.json")
def export_waivers() -> dict[str, Any]:
    return waivers.export_chain(waivers.parse_export(query()))


@app.route("/api/waiver-versions")
def list_waiver_versions() -> dict[str, Any]:
    return waiver_versions.list_versions()


@app.route("/api/waiver-versions/current", methods=["PUT"])
def publish_waiver_version() -> Response:
    version, new = waiver_versions.publish_version(body(), actor=actor(), now=times.utc_now())
    return Response(version, status_code=201 if new else 200)


@app.route("/api/waiver-versions/superseded")
def list_superseded() -> dict[str, Any]:
    return signature_requests.list_superseded(now=times.utc_now())


@app.route("/api/waiver-versions/preview", methods=["POST"])
def preview_waiver_version() -> dict[str, Any]:
    return waiver_versions.preview(body())


# --- guests ---------------------------------------------------------------------------------------


@app.route("/api/guest/{event_id}")
def get_guest_event(event_id: str) -> dict[str, Any]:
    return charters.get_guest_event(event_id)


@app.route("/g/{event_id}/waiver", methods=["GET", "HEAD"])
def show_waiver(event_id: str) -> Response:
    return waiver_page.show(event_id, app.current_request, now=times.utc_now())


@app.route("/g/{event_id}/waiver", methods=["POST"], content_types=[FORM])
def sign_waiver(event_id: str) -> Response:
    return waiver_page.sign(event_id, app.current_request, now=times.utc_now())


# --- behind the scenes ----------------------------------------------------------------------------


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_mail")
def sweep_mail(_: CloudWatchEvent) -> None:
    notifications.run_schedule(times.utc_now())
    waivers.mail_head(times.utc_now())


@app.on_cw_event({"source": ["aws.ses"], "detail-type": MAIL_FEEDBACK}, name="mail_feedback")
def take_mail_feedback(event: CloudWatchEvent) -> None:
    feedback.take(event.detail, now=times.utc_now())
