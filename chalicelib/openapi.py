"""The API as an OpenAPI 3.1 document. Its schemas come from the rooms' fields; only its own route needs it."""

import re
from collections.abc import Iterable
from typing import Any, get_args

from chalicelib import __version__, calendars, charter_page
from chalicelib import openapi_pages as pages
from chalicelib.boats import fields as boats
from chalicelib.charters import fields as charters
from chalicelib.core.fields import Uuid, body_schema, rules_of
from chalicelib.core.schemas import Cents, InstantText, Schema, nullable
from chalicelib.crew import fields as crew
from chalicelib.mail import admin as mail
from chalicelib.manifest import fields as manifest
from chalicelib.notices import service as notices
from chalicelib.openapi_calls import (
    COMPONENTS,
    NOTHING,
    PATH_PARAMETERS,
    Error,
    Health,
    Login,
    Session,
    body_of,
    call,
    component,
    conflict_of,
    edit_schema,
    schema_of,
)
from chalicelib.operator import fields as operator
from chalicelib.payments import fields as payments
from chalicelib.payments import statements, tips
from chalicelib.people import fields as people
from chalicelib.register import fields as register
from chalicelib.schedule import fields as schedule
from chalicelib.sign_in import service as sign_in
from chalicelib.waivers import fields as waivers
from chalicelib.waivers import text_tree

CSV, PLAIN = "text/csv", "text/plain"


def _payment_body() -> Schema:
    """A payment, or one that corrects another: null stands for leaving that out."""
    new = body_schema(payments.NewPayment)
    new["properties"] |= {"corrects": {"type": "null"}}
    return {"anyOf": [component("NewPayment", new), body_of(payments.Correction)]}


def _charter_edit() -> Schema:
    status = {"type": "string", "enum": list(get_args(charters.Status))}
    status["description"] = "`cancelled` only where it is so already."
    rules = {**rules_of(charters.NewCharter), "notes": charters.EDITED_NOTES, "notify": charters.NOTIFY}
    return edit_schema(rules, {"status": nullable(status)})


def _create(name: str, made: Any, table: Any, refuses: Iterable[int] = (), conflict: Schema | None = None) -> Schema:
    """Makes a record; with an `Idempotency-Key`, once."""
    create = call(name, {200: made, 201: made}, body=table, refuses=(409, 503, *refuses), conflict=conflict)
    create["parameters"] = [{"name": "Idempotency-Key", "in": "header", "schema": Uuid().schema()}]
    return create


def _log(name: str, logged: Any, body: Any, conflict: Schema) -> Schema:
    """Logs money, once: the same again gets the first answer, and a header that says so."""
    log = call(name, {200: logged, 201: logged}, body=body, refuses=(404, 409, 503), conflict=conflict)
    log["responses"]["200"]["headers"] = {"Idempotency-Replayed": {"required": True, "schema": {"const": "true"}}}
    return log


def _schedule_conflict() -> Schema:
    """A 409 of what would be booked twice, or whose `Idempotency-Key` was used for something else."""
    conflicts = conflict_of("ScheduleConflict", {"conflicts": list[schedule.Conflict]})
    return {"anyOf": [conflicts, schema_of(Error)]}


def _edit_hold(schedule_conflict: Schema) -> Schema:
    conflict = {"anyOf": [conflict_of("HoldConflict", {"current": schedule.HoldJson}), schedule_conflict]}
    body = component("HoldEdit", edit_schema(rules_of(schedule.NewHold)))
    return call("edit_hold", {200: schedule.HoldJson}, body=body, refuses=(404, 409, 503), conflict=conflict)


def _repeat(schedule_conflict: Schema) -> Schema:
    answers = {200: charters.RepeatPreview | charters.Repeated, 201: charters.Repeated}
    return call("repeat_event", answers, body=charters.Repetition, refuses=(404, 409, 503), conflict=schedule_conflict)


def _edit_registered(name: str, record_json: Any, table: Any, noun: str) -> Schema:
    """An edit of a boat or a person, which may be named by coming charters."""
    conflict = {"anyOf": [conflict_of(f"{noun}Conflict", {"current": record_json}), schema_of(register.InUse)]}
    body = component(f"{noun}Edit", edit_schema(rules_of(table)))
    return call(name, {200: record_json}, body=body, refuses=(404, 409, 503), conflict=conflict)


def _paths() -> dict[str, dict[str, Schema]]:
    event, page, payment = charters.CharterJson, manifest.Manifest, payments.PaymentAndEvent
    acts = (404, 409, 503)
    charter_path = "/api/events/{event_id}"
    waiver_path = f"{charter_path}/waivers/{{waiver_id}}"
    position_path = f"{charter_path}/positions/{{position_id}}"
    payment_path = f"{charter_path}/payments/{{payment_id}}"
    charter_edit = component("CharterEdit", _charter_edit())
    event_conflict = conflict_of("EventConflict", {"current": event})
    schedule_conflict = _schedule_conflict()
    asked = {"duplicate": payments.PaymentJson, "due_cents": Cents, "server_time": InstantText}
    payment_conflict = conflict_of("PaymentConflict", asked)
    log_in = call("log_in", {200: Login}, body=sign_in.Credentials, refuses=(401, 429), public=True)
    return {
        "/api/login": {"post": log_in},
        "/api/logout": {"post": call("log_out", {204: None}, body=NOTHING)},
        "/api/session": {"get": call("read_session", {200: Session})},
        "/api/health": {
            "get": call("health", {200: Health}, public=True),
            "head": call("health_head", {200: Health}, public=True),
        },
        "/api/openapi.json": {"get": call("get_openapi", {200: dict[str, Any]})},
        "/api/events": {
            "get": call("list_events", {200: charters.CharterPage}, query=charters.BOARD_QUERY),
            "post": _create("create_event", event, charters.NewCharter, conflict=schedule_conflict),
        },
        charter_path: {
            "get": call("get_event", {200: charter_page.CharterPageJson}, refuses=(404,)),
            "patch": call(
                "edit_event",
                {200: event},
                body=charter_edit,
                refuses=acts,
                conflict={"anyOf": [event_conflict, schedule_conflict]},
            ),
        },
        f"{charter_path}/repeat": {"post": _repeat(schedule_conflict)},
        f"{charter_path}/cancel": {
            "post": call(
                "cancel_event", {200: event}, body=charters.Cancellation, refuses=acts, conflict=event_conflict
            )
        },
        f"{charter_path}/edit-preview": {
            "post": call(
                "preview_edit",
                {200: notices.NoticePreview},
                body=charter_edit,
                refuses=(404, 409),
                conflict=event_conflict,
            )
        },
        f"{charter_path}/cancel-preview": {
            "post": call(
                "preview_cancel", {200: notices.NoticePreview}, body=charters.PlannedCancellation, refuses=(404,)
            )
        },
        f"{charter_path}/reopen-waivers": {"post": call("reopen_waivers", {200: event}, body=NOTHING, refuses=acts)},
        f"{charter_path}/guest-link": {
            "post": call("renew_guest_link", {200: event}, body=NOTHING, refuses=(404, 503))
        },
        f"{charter_path}/history": {
            "get": call("get_history", {200: charters.History}, query=charters.HISTORY_QUERY, refuses=(404,))
        },
        f"{charter_path}/manifest": {"get": call("get_manifest", {200: page}, refuses=(404,))},
        f"{charter_path}/manifest.csv": {"get": call("get_manifest_csv", {200: str}, media_type=CSV, refuses=(404,))},
        f"{charter_path}/check-in": {"post": call("check_in", {200: page}, body=manifest.CheckIn, refuses=acts)},
        f"{charter_path}/safety-briefing": {
            "post": call("note_briefing", {200: page}, body=manifest.Briefing, refuses=acts)
        },
        f"{charter_path}/depart": {
            "post": call(
                "depart",
                {200: event},
                body=manifest.Leaving,
                refuses=acts,
                conflict={"anyOf": [schema_of(manifest.NotReady), schema_of(Error)]},
            )
        },
        f"{charter_path}/waiver-reminders": {
            "post": call("remind_guests", {200: waivers.RemindersSent}, body=waivers.REMINDED, refuses=acts)
        },
        f"{charter_path}/ask-again": {
            "post": call("ask_again", {200: waivers.AskedAgain}, body=waivers.ASKED_AGAIN, refuses=acts)
        },
        f"{charter_path}/positions": {"post": _create("add_position", event, crew.NewPosition, refuses=(404,))},
        f"{position_path}/ask": {"post": call("ask_for_position", {200: event}, body=crew.Asking, refuses=acts)},
        f"{position_path}/assign": {
            "post": call("assign_position", {200: event}, body=crew.Assigning, refuses=acts, conflict=schedule_conflict)
        },
        f"{position_path}/withdraw": {
            "post": call("withdraw_position", {200: event}, body=crew.Withdrawing, refuses=acts)
        },
        f"{charter_path}/payments": {"get": call("list_event_payments", {200: payments.Statement}, refuses=(404,))},
        payment_path: {"put": _log("log_payment", payment, _payment_body(), payment_conflict)},
        f"{charter_path}/payment-batches/{{batch_id}}": {
            "put": _log("log_batch", payments.PaymentsAndEvent, payments.NewBatch, payment_conflict)
        },
        f"{payment_path}/void": {"post": call("void_payment", {200: payment}, body=charters.Reason, refuses=acts)},
        f"{payment_path}/clear": {"post": call("clear_payment", {200: payment}, body=payments.Clearing, refuses=acts)},
        f"{payment_path}/bounce": {"post": call("bounce_payment", {200: payment}, body=charters.Reason, refuses=acts)},
        f"{payment_path}/receipt": {
            "post": call("send_receipt_again", {202: payments.ReceiptAsked}, body=NOTHING, refuses=acts)
        },
        f"{charter_path}/statement": {
            "post": call(
                "send_statement", {202: statements.StatementSent}, body=statements.AskedStatement, refuses=(404, 503)
            )
        },
        f"{charter_path}/tip-shares": {
            "put": call("share_tips", {200: tips.CharterTips}, body=tips.AskedShares, refuses=(404, 503))
        },
        "/api/receivables": {"get": call("list_receivables", {200: charters.Receivables})},
        "/api/tips": {"get": call("list_tips", {200: tips.Tips}, query=payments.RANGE_QUERY)},
        "/api/payments": {"get": call("list_payments", {200: payments.PaymentPage}, query=payments.PAYMENTS_QUERY)},
        "/api/payments/to-clear": {
            "get": call("list_payments_to_clear", {200: payments.PaymentPage}, query=payments.TO_CLEAR_QUERY)
        },
        "/api/payments/summary": {
            "get": call("summarize_payments", {200: payments.Summary}, query=payments.SUMMARY_QUERY)
        },
        "/api/payments.csv": {"get": call("get_payments_csv", {200: str}, media_type=CSV, query=payments.REPORT_QUERY)},
        "/api/schedule": {"get": call("get_schedule", {200: schedule.Week}, query=schedule.SCHEDULE_QUERY)},
        "/api/holds": {
            "get": call("list_holds", {200: schedule.HoldList}, query=schedule.HOLDS_QUERY),
            "post": _create("create_hold", schedule.HoldJson, schedule.NewHold, conflict=schedule_conflict),
        },
        "/api/holds/{hold_id}": {"patch": _edit_hold(schedule_conflict)},
        "/api/holds/{hold_id}/release": {
            "post": call("release_hold", {200: schedule.HoldJson}, body=NOTHING, refuses=(404, 503))
        },
        "/api/patrons": {"get": call("list_patrons", {200: charters.PatronList})},
        "/api/boats": {
            "get": call("list_boats", {200: boats.BoatList}),
            "post": _create("create_boat", boats.BoatJson, boats.BoatDetails),
        },
        "/api/boats/{boat_id}": {"patch": _edit_registered("edit_boat", boats.BoatJson, boats.BoatDetails, "Boat")},
        "/api/people": {
            "get": call("list_people", {200: people.PeopleList}),
            "post": _create("create_person", people.PersonJson, people.PersonDetails),
        },
        "/api/people/{person_id}": {
            "patch": _edit_registered("edit_person", people.PersonJson, people.PersonDetails, "Person")
        },
        "/api/people/{person_id}/new-link": {
            "post": call("renew_person_link", {200: people.PersonJson}, body=NOTHING, refuses=(404, 503))
        },
        "/api/settings": {
            "get": call("get_settings", {200: operator.SettingsJson}),
            "put": call(
                "put_settings",
                {200: operator.SettingsJson},
                body=operator.SavedSettings,
                refuses=(409, 503),
                conflict=conflict_of("SettingsConflict", {"current": operator.SettingsJson}),
            ),
        },
        "/api/calendars": {"get": call("list_calendars", {200: calendars.CalendarList})},
        "/api/calendars/{calendar_id}/new-link": {
            "post": call("renew_calendar_link", {200: calendars.Calendar}, body=NOTHING, refuses=(404, 503))
        },
        "/api/mail": {"get": call("list_mails", {200: mail.MailPageJson}, query=mail.PAGE_QUERY)},
        "/api/mail/{mail_id}/retry": {"post": call("retry_mail", {202: mail.MailJson}, body=NOTHING, refuses=acts)},
        waiver_path: {"get": call("get_waiver", {200: waivers.RecordDetail}, refuses=(404,))},
        f"{waiver_path}/bundle": {"get": call("get_bundle", {200: waivers.Bundle}, refuses=(404, 409))},
        f"{waiver_path}/set-aside": {
            "post": call("set_waiver_aside", {200: waivers.RecordDetail}, body=charters.Reason, refuses=(404, 503))
        },
        f"{waiver_path}/erase": {
            "post": call("erase_waiver", {200: waivers.RecordDetail}, body=charters.Reason, refuses=acts)
        },
        "/api/waivers/checkpoint": {"get": call("get_checkpoint", {200: str}, media_type=PLAIN)},
        "/api/waivers": {"get": call("search_waivers", {200: waivers.WaiverPage}, query=waivers.SEARCH_QUERY)},
        "/api/waivers.json": {"get": call("export_waivers", {200: waivers.LogExport}, query=waivers.EXPORT_QUERY)},
        "/api/waiver-versions": {"get": call("list_waiver_versions", {200: waivers.VersionList})},
        "/api/waiver-versions/current": {
            "put": call(
                "publish_waiver_version",
                {200: waivers.WaiverVersion, 201: waivers.WaiverVersion},
                body=waivers.NewVersion,
                refuses=(503,),
            )
        },
        "/api/waiver-versions/superseded": {"get": call("list_superseded", {200: waivers.OutdatedCharters})},
        "/api/waiver-versions/preview": {
            "post": call("preview_waiver_version", {200: text_tree.Preview}, body=waivers.PREVIEW)
        },
        "/api/guest/{event_id}": {
            "get": call("get_guest_event", {200: charter_page.GuestEvent}, refuses=(404,), public=True)
        },
        "/g/{event_id}/waiver": {
            "get": pages.show_waiver("show_waiver"),
            "head": pages.show_waiver("show_waiver_head"),
            "post": pages.sign_waiver(),
        },
        "/c/worker.js": {"get": pages.get_crew_worker()},
        "/c/{token}": {
            "get": pages.open_link("show_crew_page"),
            "head": pages.open_link("show_crew_page_head"),
            "post": pages.crew_form("answer_crew_page", "AnswerForm", pages.answer_schema()),
        },
        "/c/{token}/{event_id}": {
            "get": pages.show_dock("show_dock"),
            "head": pages.show_dock("show_dock_head"),
            "post": pages.crew_form("tick_dock", "DockForm", pages.dock_schema()),
        },
    }


def document() -> dict[str, Any]:
    paths = _paths()
    session = {"type": "http", "scheme": "bearer", "description": "The token that `log_in` answers."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ship Captain Crew", "version": __version__},
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": {path: {**_path_parameters(path), **calls} for path, calls in paths.items()},
        "components": {"schemas": dict(COMPONENTS), "securitySchemes": {"session": session}},
    }


def _path_parameters(path: str) -> Schema:
    named = [
        {"name": name, "in": "path", "required": True, "schema": PATH_PARAMETERS[name]}
        for name in re.findall(r"{(\w+)}", path)
    ]
    return {"parameters": named} if named else {}
