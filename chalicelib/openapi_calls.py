"""Operations of the OpenAPI document: what a call takes and answers, in the document's own words."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict, is_typeddict

from chalicelib import charter_page
from chalicelib.boats import fields as boats
from chalicelib.charters import fields as charters
from chalicelib.core.fields import Rule, Rules, body_schema
from chalicelib.core.schemas import (
    EventId,
    InstantText,
    PositionId,
    RecordId,
    Schema,
    Shape,
    UuidText,
    WaiverId,
    nullable,
    record,
)
from chalicelib.core.schemas import schema_of as plain_schema_of
from chalicelib.core.text import EVENT_ID
from chalicelib.mail import admin as mail
from chalicelib.operator import fields as operator
from chalicelib.payments import fields as payments
from chalicelib.people import fields as people
from chalicelib.register.fields import VERSION
from chalicelib.schedule import fields as schedule
from chalicelib.waivers import fields as waivers
from chalicelib.waivers import text_tree

JSON = "application/json"
TEXT: Schema = {"type": "string"}
NOTHING: Rules = {}

# Where the contract calls a type otherwise than the code does.
NAMES: Mapping[Any, str] = {
    charters.CharterJson: "Event",
    charters.CharterPage: "EventPage",
    charters.PatronJson: "ListedPatron",
    boats.BoatJson: "Boat",
    schedule.HoldJson: "Hold",
    schedule.Override: "ScheduleOverride",
    schedule.Conflict: "Conflict",
    people.PersonJson: "Person",
    operator.SettingsJson: "Settings",
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


def component(name: str, schema: Schema) -> Schema:
    COMPONENTS[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def conflict_of(name: str, more: Mapping[str, Any]) -> Schema:
    error = plain_schema_of(Error)["properties"]
    return component(name, record(error, {field: schema_of(hint) for field, hint in more.items()}))


def edit_schema(rules: Rules, more: Mapping[str, Schema] | None = None) -> Schema:
    """Of an edit: any of the fields, and the version that it changes."""
    fields = {name: rule.schema() if rule.is_required else nullable(rule.schema()) for name, rule in rules.items()}
    return record({"version": VERSION.schema()}, {**fields, **(more or {})})


# --- calls ----------------------------------------------------------------------------------------

# In the order in which a path has them.
PATH_PARAMETERS = {
    "token": {"type": "string", "description": "Of a private link, with `.ics` for the calendar."},
    "event_id": plain_schema_of(EventId),
    "payment_id": plain_schema_of(UuidText),
    "batch_id": plain_schema_of(UuidText),
    "position_id": plain_schema_of(PositionId),
    "waiver_id": plain_schema_of(WaiverId),
    "boat_id": plain_schema_of(RecordId),
    "person_id": plain_schema_of(RecordId),
    "hold_id": plain_schema_of(RecordId),
    "calendar_id": {"type": "string", "pattern": f"^(desk|{EVENT_ID})$"},
    "mail_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,120}$"},
}
_DESCRIPTIONS = {
    200: "Done.",
    201: "Made.",
    202: "On its way.",
    204: "Done.",
    304: "As you have it.",
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


def answer(status: int, schema: Schema | None, media_type: str = JSON, *headers: str) -> Schema:
    answer: Schema = {"description": _DESCRIPTIONS[status]}
    if schema is not None:
        answer["content"] = {media_type: {"schema": schema}}
    if headers:
        answer["headers"] = {name: {"schema": TEXT} for name in headers}
    return answer


def call(
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
    errors |= {400, 413} if body is not None else set()
    # A query parameter that is not known, or given twice.
    errors |= set() if public else {400, 401}
    schemas = {400: schema_of(BadInput), 409: conflict or schema_of(Error)}
    found = {status: hint if hint is None else schema_of(hint) for status, hint in answers.items()}
    operation: Schema = {
        "operationId": name,
        "responses": {str(status): answer(status, schema, media_type) for status, schema in found.items()}
        | {str(status): _refusal(status, schemas.get(status, schema_of(Error))) for status in sorted(errors)},
    }
    if body is not None:
        is_schema = isinstance(body, dict) and not all(isinstance(rule, Rule) for rule in body.values())
        schema = body if is_schema else body_of(body)
        operation["requestBody"] = {"required": _has_required(schema), "content": {JSON: {"schema": schema}}}
    if query:
        operation["parameters"] = [
            {"name": name, "in": "query", "schema": rule.schema()} for name, rule in query.items()
        ]
    if public:
        operation["security"] = []
    return operation


def _refusal(status: int, schema: Schema) -> Schema:
    return answer(status, schema, JSON, *(["Retry-After"] if status in (429, 503) else []))


def _has_required(schema: Schema) -> bool:
    if "$ref" in schema:
        schema = COMPONENTS[schema["$ref"].rpartition("/")[2]]
    options = schema.get("anyOf", ())
    return "required" in schema or (bool(options) and all(map(_has_required, options)))


def body_of(table: Any) -> Schema:
    return body_schema(table) if isinstance(table, Mapping) else component(table.__name__, body_schema(table))
