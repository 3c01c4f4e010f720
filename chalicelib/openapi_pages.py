"""Pages and the forms on them, and what else is no JSON, in the OpenAPI document."""

from chalicelib.core.fields import rules_of
from chalicelib.core.schemas import Schema, record
from chalicelib.crew_page import fields as crew_page
from chalicelib.manifest import fields as manifest
from chalicelib.openapi_calls import TEXT, Error, answer, component, schema_of
from chalicelib.waivers import fields as waivers

FORM = "application/x-www-form-urlencoded"
HTML, CALENDAR, JAVASCRIPT = "text/html", "text/calendar", "text/javascript"


def _form_schema() -> Schema:
    """The waiver form: its fields are text, and none of them is null."""
    rules = rules_of(waivers.SignedForm)
    required = [name for name, rule in rules.items() if rule.is_required or getattr(rule, "needed", False)]
    fields = {name: rule.schema() for name, rule in rules.items()}
    fields["guardian_relationship"] = {"type": "string", "enum": [*waivers.RELATIONSHIPS, ""]}
    texts = {"type": "array", "items": {"type": "string"}}
    optional = {name: field for name, field in fields.items() if name not in required}
    return record({name: fields[name] for name in required}, optional | dict.fromkeys(waivers.MINOR, texts))


def _page(status: int, *headers: str) -> Schema:
    return answer(status, TEXT, HTML, *headers)


def show_waiver(name: str) -> Schema:
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
            {"name": name, "in": "query", "schema": TEXT, "description": description}
            for name, description in query.items()
        ],
        "responses": {
            "200": _page(200),
            "404": _page(404),
            "503": _page(503, "Retry-After"),
            **{str(status): answer(status, error) for status in (403, 415, 500)},
        },
        "security": [],
    }


def sign_waiver() -> Schema:
    encoding = {name: {"style": "form", "explode": True} for name in waivers.MINOR}
    return {
        "operationId": "sign_waiver",
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": component("WaiverForm", _form_schema()), "encoding": encoding}},
        },
        "responses": {
            "303": {**_page(303), "headers": {"Location": {"required": True, "schema": TEXT}}},
            **{str(status): _page(status) for status in (400, 404, 409, 413)},
            **{str(status): _page(status, "Retry-After") for status in (429, 503)},
            **{str(status): answer(status, schema_of(Error)) for status in (403, 415, 500)},
        },
        "security": [],
    }


def open_link(name: str) -> Schema:
    """A person's page, or the calendar of a link that ends in `.ics`."""
    page = answer(200, TEXT, HTML)
    return {
        "operationId": name,
        "parameters": [{"name": "If-None-Match", "in": "header", "schema": TEXT}],
        "responses": {
            "200": {**page, "content": {media_type: {"schema": TEXT} for media_type in (HTML, CALENDAR)}},
            "304": answer(304, None, CALENDAR, "ETag"),
            **_refusals(404),
        },
        "security": [],
    }


def show_dock(name: str) -> Schema:
    return {"operationId": name, "responses": {"200": _page(200), **_refusals(404)}, "security": []}


def crew_form(name: str, form: str, schema: Schema) -> Schema:
    done = {**_page(303), "headers": {"Location": {"required": True, "schema": TEXT}}}
    done["description"] = "Done: go there."
    return {
        "operationId": name,
        "requestBody": {"required": True, "content": {FORM: {"schema": component(form, schema)}}},
        "responses": {"303": done, **_refusals(400, 404, 409, 413), "503": _page(503, "Retry-After")},
        "security": [],
    }


def _refusals(*statuses: int) -> Schema:
    """Pages, beside the errors that every call may have."""
    return {
        **{str(status): _page(status) for status in statuses},
        **{str(status): answer(status, schema_of(Error)) for status in (403, 415, 500)},
    }


def dock_schema() -> Schema:
    """One of three forms, by its name."""
    rules = {**rules_of(manifest.CheckIn), **rules_of(crew_page.DockForm), **rules_of(crew_page.BriefingForm)}
    required = rules_of(crew_page.DockForm)
    return record(
        {name: rule.schema() for name, rule in required.items() if rule.is_required},
        {name: rule.schema() for name, rule in rules.items() if not (name in required and rule.is_required)},
    )


def answer_schema() -> Schema:
    rules = rules_of(crew_page.AnswerForm)
    return record(
        {name: rule.schema() for name, rule in rules.items() if rule.is_required},
        {name: rule.schema() for name, rule in rules.items() if not rule.is_required},
    )


def get_crew_worker() -> Schema:
    errors = {str(status): answer(status, schema_of(Error)) for status in (403, 415, 500)}
    return {
        "operationId": "get_crew_worker",
        "responses": {"200": answer(200, TEXT, JAVASCRIPT), **errors},
        "security": [],
    }
