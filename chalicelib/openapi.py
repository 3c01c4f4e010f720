"""The API as an OpenAPI 3.1 document. Its schemas come from the rooms' fields; only its own route needs it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict, get_args, is_typeddict

from chalicelib import __version__, charter_page
from chalicelib.charters import fields as charters
from chalicelib.core.fields import Rule, Rules, Uuid, body_schema, rules_of
from chalicelib.core.schemas import Cents, EventId, InstantText, Schema, Shape, UuidText, WaiverId, nullable, record
from chalicelib.core.schemas import schema_of as plain_schema_of
from chalicelib.mail import admin as mail
from chalicelib.manifest import fields as manifest
from chalicelib.payments import fields as payments
from chalicelib.sign_in import service as sign_in
from chalicelib.waivers import fields as waivers
from chalicelib.waivers import text_tree

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
HTML, CSV, PLAIN = "text/html", "text/csv", "text/plain"

# Where the contract calls a type otherwise than the code does.
NAMES: Mapping[Any, str] = {
    charters.CharterJson: "Event",
    charters.CharterPage: "EventPage",
    charters.Contact: "Person",
    charter_page.CharterPageJson: "Charter",
    payments.PaymentJson: "Payment",
    mail.MailJson: "Mail",
    mail.MailPageJson: "MailPage",
    waivers.SignedRecord: "Record",
    waivers.WaiverVersion: "Version",
    waivers.LogExport: "Export",
}
UNIONS: tuple[tuple[Any, str], ...] = ((text_tree.Inline, "Inline"), (text_tree.Block, "Block"))


class Error(TypedDict):
    Code: str
    Message: str


class BadInput(Error):
    Fields: NotRequired[Annotated[dict[str, str], Shape(minProperties=1)]]


class Login(TypedDict):
    token: Annotated[str, Shape(pattern="^[A-Za-z0-9_-]{43}$")]
    role: Literal["admin"]
    expires_at: InstantText
    device: Annotated[str, Shape(pattern="^[A-Za-z0-9_-]{22}[.][0-9a-f]{32}$")]


class Session(TypedDict):
    role: Literal["admin"]
    expires_at: InstantText


class Health(TypedDict):
    status: Literal["ok"]
    version: str


# --- schemas --------------------------------------------------------------------------------------

COMPONENTS: dict[str, Schema] = {}


def _name_of(hint: Any) -> str | None:
    """Each TypedDict becomes a component of the document."""
    name = next((name for union, name in UNIONS if hint == union), None)
    if name is None and is_typeddict(hint):
        name = NAMES.get(hint, hint.__name__)
    if name and name not in COMPONENTS:
        COMPONENTS[name] = {}
        COMPONENTS[name] = plain_schema_of(hint, lambda inner: None if inner is hint else _name_of(inner))
    return name


def schema_of(hint: Any) -> Schema:
    return plain_schema_of(hint, _name_of)


def _component(name: str, schema: Schema) -> Schema:
    COMPONENTS[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def _conflict(name: str, more: Mapping[str, Any]) -> Schema:
    error = plain_schema_of(Error)["properties"]
    return _component(name, record(error, {field: schema_of(hint) for field, hint in more.items()}))


def _edit_schema() -> Schema:
    rules = rules_of(charters.CharterDetails)
    details = {
        name: rule.schema() if rule.is_required else nullable(rule.schema())
        for name, rule in {**rules, "notes": charters.EDITED_NOTES}.items()
    }
    status = {"type": "string", "enum": list(get_args(charters.Status))}
    status["description"] = "`cancelled` only where it is so already."
    return record({"version": charters.VERSION.schema()}, {**details, "status": nullable(status)})


def _form_schema() -> Schema:
    """The waiver form: its fields are text, and none of them is null."""
    rules = rules_of(waivers.SignedForm)
    required = [name for name, rule in rules.items() if rule.is_required or getattr(rule, "needed", False)]
    fields = {name: rule.schema() for name, rule in rules.items()}
    fields["guardian_relationship"] = {"type": "string", "enum": [*waivers.RELATIONSHIPS, ""]}
    texts = {"type": "array", "items": {"type": "string"}}
    optional = {name: field for name, field in fields.items() if name not in required}
    return record({name: fields[name] for name in required}, optional | dict.fromkeys(waivers.MINOR, texts))


# --- calls ----------------------------------------------------------------------------------------

_PATH_PARAMETERS = {
    "event_id": plain_schema_of(EventId),
    "payment_id": plain_schema_of(UuidText),
    "waiver_id": plain_schema_of(WaiverId),
    "mail_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,120}$"},
}
_DESCRIPTIONS = {
    200: "Done.",
    201: "Made.",
    202: "On its way.",
    204: "Done.",
    303: "Signed: go there.",
    400: "Bad input. Nothing was changed.",
    401: "No session, or none that is still good.",
    403: "Not through the public address.",
    404: "Unknown.",
    409: "The request is fine; what it is about does not allow it.",
    413: "Too large.",
    415: "Of another type.",
    429: "Too many tries: wait as long as `Retry-After` says.",
    500: "A failure of ours.",
    503: "Others keep changing the same. Nothing was written; try again.",
}
_TEXT: Schema = {"type": "string"}
_NOTHING: Rules = {}


def _answer(status: int, schema: Schema | None, media_type: str = JSON, *headers: str) -> Schema:
    answer: Schema = {"description": _DESCRIPTIONS[status]}
    if schema is not None:
        answer["content"] = {media_type: {"schema": schema}}
    if headers:
        answer["headers"] = {name: {"schema": _TEXT} for name in headers}
    return answer


def _call(
    name: str,
    answers: Mapping[int, Any],
    *,
    media_type: str = JSON,
    body: Any = None,
    query: Rules | None = None,
    refuses: Iterable[int] = (),
    conflict: Schema | None = None,
    public: bool = False,
) -> Schema:
    """One operation. `answers` are types by status; `body` is a table of fields, or a schema.

    `refuses` are its errors beside those that every call, body, query and session brings.
    """
    errors = {403, 415, 500, *refuses}
    errors |= {400, 413} if body is not None else {400} if query else set()
    errors |= set() if public else {401}
    schemas = {400: schema_of(BadInput), 409: conflict or schema_of(Error)}
    found = {status: hint if hint is None else schema_of(hint) for status, hint in answers.items()}
    call: Schema = {
        "operationId": name,
        "responses": {str(status): _answer(status, schema, media_type) for status, schema in found.items()}
        | {str(status): _answer(status, schemas.get(status, schema_of(Error))) for status in sorted(errors)},
    }
    if body is not None:
        is_schema = isinstance(body, dict) and not all(isinstance(rule, Rule) for rule in body.values())
        schema = body if is_schema else _body(body)
        required = "required" in (COMPONENTS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema)
        call["requestBody"] = {"required": required, "content": {JSON: {"schema": schema}}}
    if query:
        call["parameters"] = [{"name": name, "in": "query", "schema": rule.schema()} for name, rule in query.items()]
    if public:
        call["security"] = []
    return call


def _body(table: Any) -> Schema:
    return body_schema(table) if isinstance(table, Mapping) else _component(table.__name__, body_schema(table))


def _waiver_page(status: int, *headers: str) -> Schema:
    return _answer(status, _TEXT, HTML, *headers)


def _show_waiver(name: str) -> Schema:
    query = {
        "signed": "Confirms this signature.",
        "copy": "Shows a signer their own copy.",
        "language": "`en` or `es`, else the browser's.",
        "kiosk": "`1`: a tablet that many sign on.",
    }
    error = schema_of(Error)
    return {
        "operationId": name,
        "parameters": [
            {"name": name, "in": "query", "schema": _TEXT, "description": description}
            for name, description in query.items()
        ],
        "responses": {
            "200": _waiver_page(200),
            "404": _waiver_page(404),
            "503": _waiver_page(503, "Retry-After"),
            **{str(status): _answer(status, error) for status in (403, 415, 500)},
        },
        "security": [],
    }


def _sign_waiver() -> Schema:
    encoding = {name: {"style": "form", "explode": True} for name in waivers.MINOR}
    return {
        "operationId": "sign_waiver",
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": _component("WaiverForm", _form_schema()), "encoding": encoding}},
        },
        "responses": {
            "303": {**_waiver_page(303), "headers": {"Location": {"required": True, "schema": _TEXT}}},
            **{str(status): _waiver_page(status) for status in (400, 404, 409, 413)},
            **{str(status): _waiver_page(status, "Retry-After") for status in (429, 503)},
            **{str(status): _answer(status, schema_of(Error)) for status in (403, 415, 500)},
        },
        "security": [],
    }


def _paths() -> dict[str, dict[str, Schema]]:
    event, page, payment = charters.CharterJson, manifest.Manifest, payments.PaymentAndEvent
    acts = (404, 409, 503)
    charter_path = "/api/events/{event_id}"
    waiver_path = f"{charter_path}/waivers/{{waiver_id}}"
    payment_path = f"{charter_path}/payments/{{payment_id}}"
    event_conflict = _conflict("EventConflict", {"current": event})
    asked = {"duplicate": payments.PaymentJson, "due_cents": Cents, "server_time": InstantText}
    payment_conflict = _conflict("PaymentConflict", asked)
    new_event = _call("create_event", {200: event, 201: event}, body=charters.CharterDetails, refuses=(409, 503))
    new_event["parameters"] = [{"name": "Idempotency-Key", "in": "header", "schema": Uuid().schema()}]
    log_in = _call("log_in", {200: Login}, body=sign_in.Credentials, refuses=(401, 429), public=True)
    return {
        "/api/login": {"post": log_in},
        "/api/logout": {"post": _call("log_out", {204: None}, body=_NOTHING)},
        "/api/session": {"get": _call("read_session", {200: Session})},
        "/api/health": {
            "get": _call("health", {200: Health}, public=True),
            "head": _call("health_head", {200: Health}, public=True),
        },
        "/api/openapi.json": {"get": _call("get_openapi", {200: dict[str, Any]})},
        "/api/events": {
            "get": _call("list_events", {200: charters.CharterPage}, query=charters.BOARD_QUERY),
            "post": new_event,
        },
        charter_path: {
            "get": _call("get_event", {200: charter_page.CharterPageJson}, refuses=(404,)),
            "patch": _call(
                "edit_event",
                {200: event},
                body=_component("CharterEdit", _edit_schema()),
                refuses=acts,
                conflict=event_conflict,
            ),
        },
        f"{charter_path}/cancel": {
            "post": _call(
                "cancel_event", {200: event}, body=charters.Reason, refuses=(404, 409, 503), conflict=event_conflict
            )
        },
        f"{charter_path}/reopen-waivers": {"post": _call("reopen_waivers", {200: event}, body=_NOTHING, refuses=acts)},
        f"{charter_path}/guest-link": {
            "post": _call("renew_guest_link", {200: event}, body=_NOTHING, refuses=(404, 503))
        },
        f"{charter_path}/history": {
            "get": _call("get_history", {200: charters.History}, query=charters.HISTORY_QUERY, refuses=(404,))
        },
        f"{charter_path}/manifest": {"get": _call("get_manifest", {200: page}, refuses=(404,))},
        f"{charter_path}/manifest.csv": {"get": _call("get_manifest_csv", {200: str}, media_type=CSV, refuses=(404,))},
        f"{charter_path}/check-in": {"post": _call("check_in", {200: page}, body=manifest.CheckIn, refuses=acts)},
        f"{charter_path}/safety-briefing": {
            "post": _call("note_briefing", {200: page}, body=manifest.Briefing, refuses=acts)
        },
        f"{charter_path}/depart": {"post": _call("depart", {200: page}, body=_NOTHING, refuses=acts)},
        f"{charter_path}/waiver-reminders": {
            "post": _call("remind_guests", {200: waivers.RemindersSent}, body=waivers.REMINDED, refuses=acts)
        },
        f"{charter_path}/ask-again": {
            "post": _call("ask_again", {200: waivers.AskedAgain}, body=waivers.ASKED_AGAIN, refuses=acts)
        },
        f"{charter_path}/payments": {"get": _call("list_event_payments", {200: payments.Statement}, refuses=(404,))},
        payment_path: {
            "put": _call(
                "log_payment",
                {200: payment, 201: payment},
                body=payments.NewPayment,
                refuses=acts,
                conflict=payment_conflict,
            )
        },
        f"{payment_path}/void": {"post": _call("void_payment", {200: payment}, body=charters.Reason, refuses=acts)},
        f"{payment_path}/clear": {"post": _call("clear_payment", {200: payment}, body=payments.Clearing, refuses=acts)},
        f"{payment_path}/bounce": {"post": _call("bounce_payment", {200: payment}, body=charters.Reason, refuses=acts)},
        f"{payment_path}/receipt": {
            "post": _call("send_receipt_again", {202: payments.ReceiptAsked}, body=_NOTHING, refuses=acts)
        },
        "/api/payments": {"get": _call("list_payments", {200: payments.PaymentPage}, query=payments.REPORT_QUERY)},
        "/api/payments/to-clear": {
            "get": _call("list_payments_to_clear", {200: payments.PaymentPage}, query=payments.TO_CLEAR_QUERY)
        },
        "/api/payments/summary": {
            "get": _call("summarize_payments", {200: payments.Summary}, query=payments.SUMMARY_QUERY)
        },
        "/api/payments.csv": {
            "get": _call("get_payments_csv", {200: str}, media_type=CSV, query=payments.REPORT_QUERY)
        },
        "/api/mail": {"get": _call("list_mails", {200: mail.MailPageJson}, query=mail.PAGE_QUERY)},
        "/api/mail/{mail_id}/retry": {"post": _call("retry_mail", {202: mail.MailJson}, body=_NOTHING, refuses=acts)},
        waiver_path: {"get": _call("get_waiver", {200: waivers.RecordDetail}, refuses=(404,))},
        f"{waiver_path}/bundle": {"get": _call("get_bundle", {200: waivers.Bundle}, refuses=(404, 409))},
        f"{waiver_path}/set-aside": {
            "post": _call("set_waiver_aside", {200: waivers.RecordDetail}, body=charters.Reason, refuses=(404, 503))
        },
        f"{waiver_path}/erase": {
            "post": _call("erase_waiver", {200: waivers.RecordDetail}, body=charters.Reason, refuses=acts)
        },
        "/api/waivers/checkpoint": {"get": _call("get_checkpoint", {200: str}, media_type=PLAIN)},
        "/api/waivers": {"get": _call("search_waivers", {200: waivers.WaiverPage}, query=waivers.SEARCH_QUERY)},
        "/api/waivers.json": {"get": _call("export_waivers", {200: waivers.LogExport}, query=waivers.EXPORT_QUERY)},
        "/api/waiver-versions": {"get": _call("list_waiver_versions", {200: waivers.VersionList})},
        "/api/waiver-versions/current": {
            "put": _call(
                "publish_waiver_version",
                {200: waivers.WaiverVersion, 201: waivers.WaiverVersion},
                body=waivers.NewVersion,
                refuses=(503,),
            )
        },
        "/api/waiver-versions/superseded": {"get": _call("list_superseded", {200: waivers.OutdatedCharters})},
        "/api/waiver-versions/preview": {
            "post": _call("preview_waiver_version", {200: text_tree.Preview}, body=waivers.PREVIEW)
        },
        "/api/guest/{event_id}": {
            "get": _call("get_guest_event", {200: charter_page.GuestEvent}, refuses=(404,), public=True)
        },
        "/g/{event_id}/waiver": {
            "get": _show_waiver("show_waiver"),
            "head": _show_waiver("show_waiver_head"),
            "post": _sign_waiver(),
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
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in _PATH_PARAMETERS.items()
        if f"{{{name}}}" in path
    ]
    return {"parameters": named} if named else {}
