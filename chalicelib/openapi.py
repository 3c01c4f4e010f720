"""The API as an OpenAPI 3.1 document. Only its own route imports it.

Choices and the greater limits are the parsers' own; a test holds every answer of the tests against the rest.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import __version__
from chalicelib.charters import service as charters
from chalicelib.core import paging
from chalicelib.mail import admin as mail_admin
from chalicelib.manifest import service as manifest
from chalicelib.money import ledger, methods
from chalicelib.payments import service as payments
from chalicelib.waivers import evidence
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import requests as signature_requests
from chalicelib.waivers import versions as waiver_versions

Schema = dict[str, Any]

JSON, FORM, HTML, CSV = "application/json", "application/x-www-form-urlencoded", "text/html", "text/csv"


# --- of what schemas are made ---------------------------------------------------------------------


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _choice(options: Iterable[str], **more: Any) -> Schema:
    return {"type": "string", "enum": list(options), **more}


def _whole(least: int, most: int, **more: Any) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def _nullable(schema: Schema) -> Schema:
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]}
    options = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **options, "type": [schema["type"], "null"]}


def _record(properties: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with all of these, perhaps those, and nothing else."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
        "additionalProperties": False,
    }


def _body(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """What a client sends: null stands for leaving a field out."""
    body = _record(required, {name: _nullable(schema) for name, schema in (optional or {}).items()})
    return body if required else {name: value for name, value in body.items() if name != "required"}


# Blanks around a text are cut off before it is measured.
_LINE = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd-\uffff"
_LINES = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffd-\uffff"


def _text(max_chars: int, *, lines: bool = False, required: bool = False) -> Schema:
    """As `Fields.text` takes it: without control characters, of one line if not `lines`."""
    char = _LINES if lines else _LINE
    pattern = rf"^[^{char}]*[^\s{char}][^{char}]*$" if required else rf"^[^{char}]*$"
    return {"type": "string", **({"minLength": 1} if required else {}), "maxLength": max_chars, "pattern": pattern}


ANY_TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
CENTS: Schema = {"type": "integer", "description": "Minor units of the currency."}
INSTANT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
UUID: Schema = {"type": "string", "format": "uuid"}
EVENT_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
WAIVER_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
GUEST_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
EMAIL: Schema = {"anyOf": [{"type": "string", "format": "email", "maxLength": 254}, {"const": ""}]}
PHONE: Schema = {"type": "string", "pattern": r"^([0-9+().\-/ x#*]{3,40})?$"}
AT: Schema = {"type": "string", "format": "date-time", "description": "RFC 3339, of the years 1970 to 2199."}
TIMEZONE: Schema = {"type": "string", "description": "An IANA name.", "examples": ["America/Los_Angeles"]}


# --- answers --------------------------------------------------------------------------------------


PERSON = _record({"name": ANY_TEXT, "email": ANY_TEXT, "phone": ANY_TEXT})
OPERATOR = _record({"name": ANY_TEXT, "phone": ANY_TEXT, "email": ANY_TEXT})
BALANCE = _record(
    dict.fromkeys(
        "charged_cents received_cents refunded_cents tips_cents uncleared_cents balance_due_cents".split(), CENTS
    )
)
EVENT = {
    "event_id": EVENT_ID,
    "title": ANY_TEXT,
    "starts_at": INSTANT,
    "ends_at": INSTANT,
    "timezone": ANY_TEXT,
    "vessel": ANY_TEXT,
    "passenger_limit": _nullable(COUNT),
    "departure_port": ANY_TEXT,
    "return_port": ANY_TEXT,
    "captain": _nullable(_ref("Person")),
    "crew": _list(_ref("Person")),
    "patron": _ref("Person"),
    "party_size": COUNT,
    "charter_fee_cents": CENTS,
    "currency": CURRENCY,
    "notes": ANY_TEXT,
    "guest_notes": ANY_TEXT,
    "guests": _list(_record({"guest_id": GUEST_ID, "name": ANY_TEXT, "email": ANY_TEXT})),
    "balance_reminders": FLAG,
    "status": _choice(("scheduled", "completed", "cancelled")),
    "version": {"type": "integer", "minimum": 1},
    "created_at": INSTANT,
    "updated_at": INSTANT,
    "guest_url": {"type": "string", "format": "uri"},
    "payment_cleared": FLAG,
    "payment_timestamp": _nullable(INSTANT),
    "payment_method": _nullable(_choice(methods.METHODS)),
    "balance": _ref("Balance"),
    "waivers": _record(
        {"signed": COUNT, "expected": COUNT}, {"missing": _list(ANY_TEXT), "missing_guest_ids": _list(ANY_TEXT)}
    ),
    "waivers_open_until": _nullable(INSTANT),
    "warnings": _list(_record({"code": _choice(("return_port_differs", "over_passenger_limit")), "message": ANY_TEXT})),
    "balance_reminders_state": _choice(("on", "off", "stopped_paid", "stopped_cash", "stopped_cancelled", "no_email")),
}
ENDED = _record({"reason": ANY_TEXT, "at": INSTANT, "by": ANY_TEXT})
PAYMENT = {
    "payment_id": UUID,
    "event_id": EVENT_ID,
    "kind": _choice(ledger.KINDS),
    "refund_of": _nullable(UUID),
    "method": _choice(methods.METHODS),
    "amount_cents": _whole(1, payments.MAX_AMOUNT_CENTS),
    "currency": CURRENCY,
    "payer": ANY_TEXT,
    "reference": ANY_TEXT,
    "note": ANY_TEXT,
    "received_at": INSTANT,
    "recorded_at": INSTANT,
    "recorded_by": ANY_TEXT,
    "cleared_at": _nullable(INSTANT),
    "status": _choice(ledger.STATUSES),
    "void": _nullable(ENDED),
    "bounce": _nullable(ENDED),
    "receipt": _choice(("pending", "sent", "failed", "off")),
    "duplicate_of": _nullable(UUID),
}
SUMS = {
    "currency": CURRENCY,
    **dict.fromkeys("received_cents refunded_cents tips_cents uncleared_cents".split(), CENTS),
    "count": COUNT,
    "by_method": {
        "type": "object",
        "properties": dict.fromkeys(methods.METHODS, CENTS),
        "additionalProperties": False,
    },
    "by_kind": _record(dict.fromkeys(ledger.KINDS, CENTS)),
}
SUMMARY = _record(
    {
        "by": _choice(("day", "week", "month")),
        "timezone": ANY_TEXT,
        "periods": _list(_record({"from": DAY, "to": DAY, "totals": _ref("Totals")})),
        "totals": _ref("Totals"),
    }
)
MAIL = _record(
    {
        "mail_id": ANY_TEXT,
        "kind": ANY_TEXT,
        "to": ANY_TEXT,
        "subject": ANY_TEXT,
        "event_id": _nullable(EVENT_ID),
        "charter": _nullable(ANY_TEXT),
        "payment_id": _nullable(UUID),
        "status": _choice(mail_admin.STATUSES),
        "attempts": COUNT,
        "created_at": ANY_TEXT,
        "due_at": _nullable(INSTANT),
        "finished_at": _nullable(INSTANT),
        "note": ANY_TEXT,
    }
)
MAIL_PROBLEM = _record(
    {"email": ANY_TEXT, "problem": _choice(("bounced", "complained")), "at": INSTANT, "detail": ANY_TEXT}
)
WAIVER_SUMMARY = {
    "waiver_id": WAIVER_ID,
    "event_id": EVENT_ID,
    "participant_name": ANY_TEXT,
    "signer_name": ANY_TEXT,
    "minor": FLAG,
    "signed_at": INSTANT,
    "waiver_version": SHA256,
    "record_hash": SHA256,
    "guest_id": _nullable(GUEST_ID),
    "language": _choice(waiver_versions.LANGUAGES),
    "superseded": FLAG,
}
RECORD = {
    "waiver_id": WAIVER_ID,
    "event_id": EVENT_ID,
    "charter": ANY_TEXT,
    "starts_at": INSTANT,
    "waiver_version": SHA256,
    "waiver_title": ANY_TEXT,
    "submission_id": UUID,
    "signer_name": ANY_TEXT,
    "signer_email": ANY_TEXT,
    "signer_phone": ANY_TEXT,
    "signer_birth_date": _nullable(DAY),
    "esign_statement": ANY_TEXT,
    "intent_statement": ANY_TEXT,
    "signature_typed": ANY_TEXT,
    "signature_strokes": _list(_list(_list({"type": "integer"}, minItems=3, maxItems=3))),
    "signed_at": INSTANT,
    "device_time": ANY_TEXT,
    "address": ANY_TEXT,
    "user_agent": ANY_TEXT,
    "participant_name": ANY_TEXT,
    "minor": FLAG,
    "participant_birth_date": _nullable(DAY),
    "seq": {"type": "integer", "minimum": 1},
    "prev_hash": {"anyOf": [SHA256, {"const": ""}]},
    "record_hash": SHA256,
}
# The first ones know of no languages, guests and openings; only minors have a guardian.
RECORD_MORE = {
    "language": _choice(waiver_versions.LANGUAGES),
    "guest_id": _nullable(GUEST_ID),
    "opened_at": {"anyOf": [INSTANT, {"const": ""}]},
    "guardian_relationship": ANY_TEXT,
    "authority_statement": ANY_TEXT,
}
AUDIT = _record(
    {
        "act": _choice(("opened", "signed", "copy_sent", "viewed")),
        "by": ANY_TEXT,
        "address": ANY_TEXT,
        "at": INSTANT,
        "audit_id": ANY_TEXT,
        "waiver_ids": _list(WAIVER_ID),
    }
)
VERSION = _record(
    {
        "waiver_version": SHA256,
        "language": _choice(waiver_versions.LANGUAGES),
        "title": ANY_TEXT,
        "text": ANY_TEXT,
        "published_at": {"anyOf": [INSTANT, {"const": ""}]},
        "published_by": ANY_TEXT,
    }
)
EXPORT = _record(
    {
        "format": {"const": evidence.FORMAT},
        "count": COUNT,
        "head": {"anyOf": [SHA256, {"const": ""}]},
        "versions": {"type": "object", "propertyNames": SHA256, "additionalProperties": ANY_TEXT},
        "records": _list(_ref("Record")),
    },
    {"next_after": {**_nullable(COUNT), "description": "Of a part: the place to go on from, null at the end."}},
)
SUPERSEDED = _record(
    {
        "event_id": EVENT_ID,
        "title": ANY_TEXT,
        "starts_at": INSTANT,
        "timezone": ANY_TEXT,
        "signers": _list(
            _record(
                {
                    "waiver_id": WAIVER_ID,
                    "participant_name": ANY_TEXT,
                    "signer_name": ANY_TEXT,
                    "can_be_asked": FLAG,
                }
            )
        ),
    }
)
PASSENGER = _record(
    {
        "name": ANY_TEXT,
        "minor": FLAG,
        "guardian": _nullable(ANY_TEXT),
        "waiver": _choice(("signed", "missing", "superseded")),
        "signed_at": _nullable(INSTANT),
        "waiver_id": _nullable(WAIVER_ID),
        "guest_id": _nullable(GUEST_ID),
        "checked_in_at": _nullable(INSTANT),
        "no_show": FLAG,
    }
)
SNAPSHOT = {
    "event_id": EVENT_ID,
    **{
        name: EVENT[name]
        for name in (
            "title starts_at ends_at timezone vessel departure_port return_port passenger_limit party_size captain crew"
        ).split()
    },
    "passengers": _list(PASSENGER),
    "head_count": COUNT,
    "missing": COUNT,
    "missing_names": _list(ANY_TEXT),
    "over_limit": FLAG,
    "safety_briefing_at": _nullable(INSTANT),
    "safety_briefing_by": _nullable(ANY_TEXT),
    "emergency": _record({"operator": _record({"name": ANY_TEXT, "phone": ANY_TEXT}), "note": ANY_TEXT}),
}
MANIFEST = {
    **SNAPSHOT,
    "frozen": _nullable(_record({"at": INSTANT, "by": ANY_TEXT, "sha256": SHA256})),
    "snapshot": _nullable(_record(SNAPSHOT)),
}
GUEST_EVENT = _record(
    {
        "event_id": EVENT_ID,
        **{
            name: EVENT[name]
            for name in (
                "title starts_at ends_at timezone vessel departure_port return_port guest_notes party_size status"
            ).split()
        },
        "operator": OPERATOR,
        "waiver_url": {"type": "string", "format": "uri"},
        "waivers": _record({"signed": COUNT, "expected": COUNT, "signers": _list(ANY_TEXT)}),
    }
)


def _node(kind: str, **properties: Schema) -> Schema:
    return _record({"type": {"const": kind}, **properties})


_INLINES, _BLOCKS = _list(_ref("Inline")), _list(_ref("Block"))
INLINE = {
    "anyOf": [
        _node("text", text=ANY_TEXT),
        _node("code", text=ANY_TEXT),
        _node("break"),
        _node("strong", children=_INLINES),
        _node("emphasis", children=_INLINES),
        _node("link", href=ANY_TEXT, children=_INLINES),
    ]
}
BLOCK = {
    "anyOf": [
        _node("heading", level={"enum": [2, 3]}, children=_INLINES),
        _node("paragraph", children=_INLINES),
        _node("list", ordered=FLAG, items=_list(_BLOCKS)),
        _node("quote", children=_BLOCKS),
        _node("rule"),
    ]
}
ERROR = {"Code": ANY_TEXT, "Message": ANY_TEXT}
FIELD_PROBLEMS = {"Fields": {"type": "object", "additionalProperties": ANY_TEXT, "minProperties": 1}}
CURSOR = _nullable(ANY_TEXT)

SCHEMAS = {
    "Person": PERSON,
    "Balance": BALANCE,
    "Event": _record(EVENT),
    "Charter": _record(
        {
            **EVENT,
            "payments": _list(_ref("Payment")),
            "waiver_records": _list(_record(WAIVER_SUMMARY)),
            "mail_problems": _list(MAIL_PROBLEM),
        }
    ),
    "GuestEvent": GUEST_EVENT,
    "Payment": _record(PAYMENT),
    "PaymentAndEvent": _record({"payment": _ref("Payment"), "event": _ref("Event")}),
    "Totals": _record({**SUMS, "other_currencies": _list(_record(SUMS))}),
    "PaymentPage": _record(
        {"payments": _list(_record({**PAYMENT, "charter": ANY_TEXT})), "totals": _ref("Totals"), "next_cursor": CURSOR}
    ),
    "Summary": SUMMARY,
    "Mail": MAIL,
    "Record": _record(RECORD, RECORD_MORE),
    "Version": VERSION,
    "Export": EXPORT,
    "Manifest": _record(MANIFEST),
    "Block": BLOCK,
    "Inline": INLINE,
    "Error": _record(ERROR),
    "BadInput": _record(ERROR, FIELD_PROBLEMS),
    "EventConflict": _record(ERROR, {"current": _ref("Event")}),
    "PaymentConflict": _record(ERROR, {"duplicate": _ref("Payment")}),
}


# --- requests -------------------------------------------------------------------------------------


CONTACT = _body({"name": _text(100, required=True)}, {"email": EMAIL, "phone": PHONE})
PATRON = _body({}, {"name": _text(100), "email": EMAIL, "phone": PHONE})
GUEST = _body({"name": _text(100, required=True)}, {"guest_id": _text(40), "email": EMAIL})
DETAILS_REQUIRED = {"title": _text(120, required=True), "starts_at": AT, "ends_at": AT}
DETAILS = {
    "timezone": TIMEZONE,
    "vessel": _text(100),
    "passenger_limit": _whole(1, charters.MAX_PEOPLE),
    "departure_port": _text(100),
    "return_port": _text(100),
    "captain": CONTACT,
    "crew": _list(CONTACT, maxItems=charters.MAX_CREW),
    "patron": PATRON,
    "party_size": _whole(0, charters.MAX_PEOPLE),
    "charter_fee_cents": _whole(0, charters.MAX_FEE_CENTS),
    "currency": CURRENCY,
    "notes": _text(charters.NOTES_CHARS, lines=True),
    "guest_notes": _text(charters.NOTES_CHARS, lines=True),
    "guests": _list(GUEST, maxItems=charters.MAX_GUESTS),
    "balance_reminders": FLAG,
}
NEW_EVENT = _body(DETAILS_REQUIRED, DETAILS)
EDIT_EVENT = _record(
    {"version": _whole(1, 2**53)},
    {
        **DETAILS_REQUIRED,
        **{name: _nullable(schema) for name, schema in DETAILS.items()},
        # A cancellation has added its reason.
        "notes": _nullable(_text(charters.NOTES_CHARS + charters.REASON_CHARS + 200, lines=True)),
        "status": _nullable(_choice(EVENT["status"]["enum"], description="`cancelled` only where it is so already.")),
    },
)
NEW_PAYMENT = _body(
    {"method": _choice(methods.METHODS), "amount_cents": _whole(1, payments.MAX_AMOUNT_CENTS)},
    {
        "kind": _choice(ledger.KINDS, default="balance"),
        "refund_of": {**UUID, "description": "Required for a refund, and goes with no other kind."},
        "currency": {"anyOf": [CURRENCY, {"const": ""}], "description": "The charter's."},
        "payer": _text(100),
        "reference": _text(100),
        "note": _text(1000, lines=True),
        "received_at": {**AT, "description": "Not in the future. By default now."},
        "notify": {**FLAG, "default": True},
        "duplicate_of": UUID,
        "ask_if_duplicate": {**FLAG, "default": False},
    },
)
REASON = _body({"reason": _text(charters.REASON_CHARS, required=True)})
TICK = _text(10)
SIGNATURE_FORM = _record(
    {
        "submission_id": UUID,
        "waiver_version": _text(64, required=True),
        "signer_name": _text(100, required=True),
        "esign_consent": _choice(("on", "yes", "true", "1")),
        "intent": _choice(("on", "yes", "true", "1")),
    },
    {
        "language": _choice(waiver_versions.LANGUAGES),
        "opened": _text(80),
        "device_time": _text(40),
        "kiosk": _text(10),
        "website": {**_text(1000), "description": "Left empty by people."},
        "guest_id": _text(40),
        "signer_email": EMAIL,
        "signer_phone": PHONE,
        "signer_birth_date": _text(10),
        "signature_typed": _text(100),
        "signature_strokes": {
            **_text(200_000),
            "description": "JSON. One of the two signatures is required.",
        },
        "minor_name": _list({"type": "string"}),
        "minor_birth_date": _list({"type": "string"}),
        "guardian_relationship": _choice((*signing_form.RELATIONSHIPS, "")),
        "authority_attestation": TICK,
    },
)


# --- calls ----------------------------------------------------------------------------------------


_BOUND = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
    "description": "A day in the operator's time zone or an RFC 3339 time, of the years 1970 to 2199.",
}
FROM, TO = ("from", _BOUND), ("to", _BOUND)
PAGE = (
    ("limit", _whole(1, paging.MAX_PAGE, default=paging.PAGE)),
    ("cursor", {**_text(200), "description": "The `next_cursor` of the page before."}),
)
REPORT = (FROM, TO, ("status", _choice(ledger.STATUSES)), ("method", _choice(methods.METHODS)), *PAGE)

PARAMETERS = {
    "event_id": EVENT_ID,
    "payment_id": UUID,
    "waiver_id": WAIVER_ID,
    "mail_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,120}$"},
}
_WORDS = {
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


def _answer(status: int, schema: Schema | None, media_type: str = JSON, *headers: str) -> Schema:
    answer: Schema = {"description": _WORDS[status]}
    if schema is not None:
        answer["content"] = {media_type: {"schema": schema}}
    if headers:
        answer["headers"] = {name: {"schema": ANY_TEXT} for name in headers}
    return answer


def _call(
    name: str,
    answers: Mapping[int, Schema | None],
    *,
    media_type: str = JSON,
    body: Schema | None = None,
    query: Iterable[tuple[str, Schema]] = (),
    refuses: Iterable[int] = (),
    conflict: str = "Error",
    public: bool = False,
) -> Schema:
    """One operation. `refuses` are its errors beside those that every call, body, query and session brings."""
    errors = {403, 415, 500, *refuses}
    errors |= {400, 413} if body else {400} if query else set()
    errors |= set() if public else {401}
    schemas = {400: "BadInput", 409: conflict}
    call: Schema = {
        "operationId": name,
        "responses": {str(status): _answer(status, schema, media_type) for status, schema in answers.items()}
        | {str(status): _answer(status, _ref(schemas.get(status, "Error"))) for status in sorted(errors)},
    }
    if body:
        call["requestBody"] = {"required": "required" in body, "content": {JSON: {"schema": body}}}
    if query:
        call["parameters"] = [{"name": name, "in": "query", "schema": schema} for name, schema in query]
    if public:
        call["security"] = []
    return call


def _page(status: int, *headers: str) -> Schema:
    return _answer(status, ANY_TEXT, HTML, *headers)


_NOTHING: Schema = {"type": "object", "additionalProperties": False}
_SHOW_WAIVER = {
    "parameters": [
        {"name": "signed", "in": "query", "schema": ANY_TEXT, "description": "Confirms this signature."},
        {"name": "copy", "in": "query", "schema": ANY_TEXT, "description": "Shows a signer their own copy."},
        {"name": "language", "in": "query", "schema": ANY_TEXT, "description": "`en` or `es`, else the browser's."},
        {"name": "kiosk", "in": "query", "schema": ANY_TEXT, "description": "`1`: a tablet that many sign on."},
    ],
    "responses": {
        "200": _page(200),
        "403": _answer(403, _ref("Error")),
        "404": _page(404),
        "415": _answer(415, _ref("Error")),
        "500": _answer(500, _ref("Error")),
        "503": _page(503, "Retry-After"),
    },
    "security": [],
}
_SIGN_WAIVER = {
    "operationId": "sign_waiver",
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": SIGNATURE_FORM,
                "encoding": {name: {"style": "form", "explode": True} for name in ("minor_name", "minor_birth_date")},
            }
        },
    },
    "responses": {
        "303": {**_page(303), "headers": {"Location": {"required": True, "schema": ANY_TEXT}}},
        **{str(status): _page(status) for status in (400, 404, 409, 413)},
        **{str(status): _page(status, "Retry-After") for status in (429, 503)},
        **{str(status): _answer(status, _ref("Error")) for status in (403, 415, 500)},
    },
    "security": [],
}
_BOTH = _ref("PaymentAndEvent")
_ACT = (404, 409, 503)
_PAYMENT = "/api/events/{event_id}/payments/{payment_id}"
_HEALTH = {200: _record({"status": {"const": "ok"}, "version": ANY_TEXT})}
_SESSION = {"role": {"const": "admin"}, "expires_at": INSTANT}

PATHS: dict[str, dict[str, Schema]] = {
    "/api/login": {
        "post": _call(
            "log_in",
            {200: _record({"token": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}, **_SESSION})},
            body=_body(
                {"password": {"type": "string", "minLength": 1, "maxLength": 256}},
                {
                    "name": {**_text(60), "description": "Required where there are several admins."},
                    "keep_signed_in": FLAG,
                    "code": {**_text(20), "description": "Of the second factor; known only where one is set up."},
                },
            ),
            refuses=(401, 429),
            public=True,
        )
    },
    "/api/logout": {"post": _call("log_out", {204: None}, body=_NOTHING)},
    "/api/session": {"get": _call("read_session", {200: _record(_SESSION)})},
    "/api/health": {
        "get": _call("health", _HEALTH, public=True),
        "head": _call("health_head", _HEALTH, public=True),
    },
    "/api/openapi.json": {"get": _call("get_openapi", {200: {"type": "object"}})},
    "/api/events": {
        "get": _call(
            "list_events",
            {200: _record({"events": _list(_ref("Event")), "next_cursor": CURSOR})},
            query=(FROM, TO, ("status", EVENT["status"]), *PAGE),
        ),
        "post": _call("create_event", dict.fromkeys((200, 201), _ref("Event")), body=NEW_EVENT, refuses=(409, 503))
        | {"parameters": [{"name": "Idempotency-Key", "in": "header", "schema": UUID}]},
    },
    "/api/events/{event_id}": {
        "get": _call("get_event", {200: _ref("Charter")}, refuses=(404,)),
        "patch": _call("edit_event", {200: _ref("Event")}, body=EDIT_EVENT, refuses=_ACT, conflict="EventConflict"),
    },
    "/api/events/{event_id}/cancel": {
        "post": _call("cancel_event", {200: _ref("Event")}, body=REASON, refuses=(404, 503))
    },
    "/api/events/{event_id}/reopen-waivers": {
        "post": _call("reopen_waivers", {200: _ref("Event")}, body=_NOTHING, refuses=_ACT)
    },
    "/api/events/{event_id}/manifest": {"get": _call("get_manifest", {200: _ref("Manifest")}, refuses=(404,))},
    "/api/events/{event_id}/manifest.csv": {
        "get": _call("get_manifest_csv", {200: ANY_TEXT}, media_type=CSV, refuses=(404,))
    },
    "/api/events/{event_id}/check-in": {
        "post": _call(
            "check_in",
            {200: _ref("Manifest")},
            body=_body(
                {"state": _choice(manifest.STATES)},
                {"waiver_id": _text(40), "guest_id": {**_text(40), "description": "One of the two is required."}},
            ),
            refuses=_ACT,
        )
    },
    "/api/events/{event_id}/safety-briefing": {
        "post": _call("note_briefing", {200: _ref("Manifest")}, body=_body({"done": FLAG}), refuses=_ACT)
    },
    "/api/events/{event_id}/depart": {"post": _call("depart", {200: _ref("Manifest")}, body=_NOTHING, refuses=_ACT)},
    "/api/events/{event_id}/waiver-reminders": {
        "post": _call(
            "remind_guests",
            {
                200: _record(
                    {
                        "reminded": _list(GUEST_ID),
                        "skipped": _list(
                            _record({"guest_id": GUEST_ID, "why": _choice(("signed", "no_email", "reminded_recently"))})
                        ),
                    }
                )
            },
            body=_body(
                {}, {"guest_ids": _list({"type": "string", "minLength": 1}, maxItems=signature_requests.MAX_IDS)}
            ),
            refuses=_ACT,
        )
    },
    "/api/events/{event_id}/ask-again": {
        "post": _call(
            "ask_again",
            {
                200: _record(
                    {
                        "asked": _list(WAIVER_ID),
                        "skipped": _list(
                            _record(
                                {
                                    "waiver_id": WAIVER_ID,
                                    "why": _choice(("signed_current_text", "no_email", "asked_recently")),
                                }
                            )
                        ),
                    }
                )
            },
            body=_body(
                {}, {"waiver_ids": _list({"type": "string", "minLength": 1}, maxItems=signature_requests.MAX_IDS)}
            ),
            refuses=_ACT,
        )
    },
    "/api/events/{event_id}/payments": {
        "get": _call(
            "list_event_payments",
            {200: _record({"payments": _list(_ref("Payment")), "balance": _ref("Balance")})},
            refuses=(404,),
        )
    },
    _PAYMENT: {
        "put": _call(
            "log_payment", dict.fromkeys((200, 201), _BOTH), body=NEW_PAYMENT, refuses=_ACT, conflict="PaymentConflict"
        )
    },
    f"{_PAYMENT}/void": {"post": _call("void_payment", {200: _BOTH}, body=REASON, refuses=_ACT)},
    f"{_PAYMENT}/clear": {
        "post": _call(
            "clear_payment",
            {200: _BOTH},
            body=_body({}, {"cleared_at": {**AT, "description": "Not in the future. By default now."}}),
            refuses=_ACT,
        )
    },
    f"{_PAYMENT}/bounce": {"post": _call("bounce_payment", {200: _BOTH}, body=REASON, refuses=_ACT)},
    f"{_PAYMENT}/receipt": {
        "post": _call(
            "send_receipt_again", {202: _record({"receipt": {"const": "pending"}})}, body=_NOTHING, refuses=_ACT
        )
    },
    "/api/payments": {"get": _call("list_payments", {200: _ref("PaymentPage")}, query=REPORT)},
    "/api/payments/to-clear": {"get": _call("list_payments_to_clear", {200: _ref("PaymentPage")}, query=PAGE)},
    "/api/payments/summary": {
        "get": _call(
            "summarize_payments",
            {200: _ref("Summary")},
            query=(FROM, TO, ("by", _choice(("day", "week", "month"), default="month"))),
        )
    },
    "/api/payments.csv": {"get": _call("get_payments_csv", {200: ANY_TEXT}, media_type=CSV, query=REPORT)},
    "/api/mail": {
        "get": _call(
            "list_mails",
            {200: _record({"mails": _list(_ref("Mail")), "next_cursor": CURSOR})},
            query=(("status", _choice(mail_admin.STATUSES, default="owed")), *PAGE),
        )
    },
    "/api/mail/{mail_id}/retry": {"post": _call("retry_mail", {202: _ref("Mail")}, body=_NOTHING, refuses=_ACT)},
    "/api/events/{event_id}/waivers/{waiver_id}": {
        "get": _call(
            "get_waiver",
            {200: _record({**RECORD, "version": _nullable(_ref("Version")), "audit": _list(AUDIT)}, RECORD_MORE)},
            refuses=(404,),
        )
    },
    "/api/waivers": {
        "get": _call(
            "search_waivers",
            {
                200: _record(
                    {
                        "waivers": _list(_record({**WAIVER_SUMMARY, "charter": ANY_TEXT, "starts_at": INSTANT})),
                        "next_cursor": CURSOR,
                    }
                )
            },
            query=(("query", _text(100)), *PAGE),
        )
    },
    "/api/waivers.json": {
        "get": _call(
            "export_waivers",
            {200: _ref("Export")},
            query=(("after", {"type": "string", "pattern": "^[0-9]{1,12}$"}),),
            refuses=(413,),
        )
    },
    "/api/waiver-versions": {
        "get": _call(
            "list_waiver_versions",
            {200: _record({"current": SHA256, "current_es": _nullable(SHA256), "versions": _list(_ref("Version"))})},
        )
    },
    "/api/waiver-versions/current": {
        "put": _call(
            "publish_waiver_version",
            dict.fromkeys((200, 201), _ref("Version")),
            body=_body(
                {
                    "title": _text(150, required=True),
                    "text": _text(waiver_versions.MAX_TEXT_CHARS, lines=True, required=True),
                },
                {"language": _choice(waiver_versions.LANGUAGES, default="en")},
            ),
            refuses=(503,),
        )
    },
    "/api/waiver-versions/superseded": {"get": _call("list_superseded", {200: _record({"events": _list(SUPERSEDED)})})},
    "/api/waiver-versions/preview": {
        "post": _call(
            "preview_waiver_version",
            {200: _record({"blocks": _BLOCKS})},
            body=_body({"text": _text(waiver_versions.MAX_TEXT_CHARS, lines=True, required=True)}),
        )
    },
    "/api/guest/{event_id}": {"get": _call("get_guest_event", {200: _ref("GuestEvent")}, refuses=(404,), public=True)},
    "/g/{event_id}/waiver": {
        "get": {"operationId": "show_waiver", **_SHOW_WAIVER},
        "head": {"operationId": "show_waiver_head", **_SHOW_WAIVER},
        "post": _SIGN_WAIVER,
    },
}


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ship Captain Crew", "version": __version__},
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": {path: {**_path_parameters(path), **calls} for path, calls in PATHS.items()},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "The token that `log_in` answers."}
            },
        },
    }


def _path_parameters(path: str) -> Schema:
    named = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in PARAMETERS.items()
        if f"{{{name}}}" in path
    ]
    return {"parameters": named} if named else {}
