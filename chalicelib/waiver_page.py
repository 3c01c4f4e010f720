"""The waiver as an HTML page: opened, signed, refused. Works without JavaScript."""

import base64
import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from chalice.app import Request, Response

from chalicelib import pages, waivers, web
from chalicelib.errors import BadInput, DomainError, NotFound
from chalicelib.settings import settings
from chalicelib.store import EventRecord
from chalicelib.waivers import Visitor

OPEN_MINOR_ROWS = 2
_USER_AGENT_CHARS = 300


def show(event_id: str, signed_token: str, *, now: datetime) -> Response:
    try:
        event, version = waivers.find_signing(event_id)
    except DomainError as problem:
        return _refusal(problem)
    if record := waivers.find_signed(event_id, signed_token):
        return _page(200, "waiver-signed.html", event=event, record=record)
    if closed := waivers.why_closed(event, now):
        return _message(200, "Nothing to sign", closed, event)
    return _form(200, event, version, {"submission_id": [str(uuid.uuid4())]}, {})


def sign(event_id: str, request: Request, *, now: datetime) -> Response:
    form: dict[str, list[str]] = {}
    visitor = Visitor(
        address=web.viewer_address(request), user_agent=request.headers.get("user-agent", "")[:_USER_AGENT_CHARS]
    )
    try:
        form = web.read_form(request)
        token = waivers.sign(event_id, form, visitor=visitor, now=now)
    except BadInput as problem:
        event, version = waivers.find_signing(event_id)
        return _form(400, event, version, form, problem.fields or {"": str(problem)})
    except waivers.VersionConflict as problem:
        event, version = waivers.find_signing(event_id)
        # What was agreed to before was another text: the ticks have to be set anew.
        kept = {name: values for name, values in form.items() if name not in ("esign_consent", "intent")}
        return _form(409, event, version, kept, {"": str(problem)})
    except DomainError as problem:
        return _refusal(problem)
    return web.html_response("", 303, {"Location": f"/g/{event_id}/waiver?signed={token}"})


def _form(
    status_code: int,
    event: EventRecord,
    version: Mapping[str, Any],
    form: Mapping[str, list[str]],
    problems: Mapping[str, str],
) -> Response:
    names, births = form.get("minor_name", []), form.get("minor_birth_date", [])
    minors = [
        {"name": names[place] if place < len(names) else "", "birth_date": births[place] if place < len(births) else ""}
        for place in range(waivers.MAX_MINORS)
    ]
    filled = [row for row in minors if row["name"] or row["birth_date"]]
    return _page(
        status_code,
        "waiver.html",
        event=event,
        version=version,
        typed={name: values[0] for name, values in form.items()},
        minors=minors,
        open_rows=max(OPEN_MINOR_ROWS, len(filled)),
        minors_open=bool(filled),
        problems=problems,
        relationships=waivers.RELATIONSHIPS,
        statements={
            "esign": waivers.ESIGN_STATEMENT,
            "intent": waivers.INTENT_STATEMENT,
            "authority": waivers.AUTHORITY_STATEMENT,
        },
    )


def _refusal(problem: DomainError) -> Response:
    if isinstance(problem, NotFound):
        return _message(404, "No such charter", "This link does not lead to a charter. Please ask for it again.")
    return _message(problem.STATUS_CODE, "This did not work", str(problem))


def _message(status_code: int, heading: str, message: str, event: EventRecord | None = None) -> Response:
    return _page(status_code, "message.html", heading=heading, message=message, event=event)


def _page(status_code: int, template: str, **facts: Any) -> Response:
    style, style_hash = _style()
    html = pages.render(template, operator=settings(), style=style, **facts)
    policy = (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return web.html_response(html, status_code, {"Content-Security-Policy": policy})


@cache
def _style() -> tuple[str, str]:
    """The page's CSS, and its hash for the policy that allows no other."""
    style = pages.stylesheet()
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
