"""The waiver as an HTML page: opened, signed, refused. Works without JavaScript."""

import base64
import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.charters import service as charters
from chalicelib.charters.store import EventRecord
from chalicelib.core import fields, http, templates
from chalicelib.core.audit import Actor
from chalicelib.core.errors import BadInput, DomainError, NotFound, TooManyTries
from chalicelib.core.settings import settings
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import markdown, signing
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import LANGUAGES, MAX_MINORS, RELATIONSHIPS
from chalicelib.waivers.signing import Visitor

OPEN_MINOR_ROWS = 2
_LANGUAGE_NAMES = (("en", "English"), ("es", "Español"))
_USER_AGENT_CHARS = 300
# Also what a form leads to that a machine has filled in; if it was the browser of a guest, they learn of it.
NOT_ARRIVED = (
    "No signature has arrived under this link. Please sign here. If your browser fills in forms by itself, "
    "please type instead."
)


class Look(NamedTuple):
    """How a page is shown: in which language, and whether on a tablet that many sign on."""

    language: str
    kiosk: bool

    @property
    def query(self) -> str:
        return "&kiosk=1" if self.kiosk else ""


def show(event_id: str, request: Request, *, now: datetime) -> Response:
    # Whatever a link collects on its way, the page opens.
    query = request.query_params or {}
    look = Look(_take_language(query.get("language", ""), request), query.get("kiosk") == "1")
    try:
        desk, event = signing.open_desk(event_id, ("en",) if look.language == "en" else LANGUAGES)
    except DomainError as problem:
        return _refusal(problem, look)
    if "copy" in query:
        return _copy(event, query["copy"], look, request, now)
    if record := waiver_records.find_signed(event_id, query.get("signed", "")):
        return _signed(event, record, look)
    if closed := signing.why_closed(event, now):
        return _message(200, "Nothing to sign", closed, look, event, script="" if look.kiosk else _script())
    problems = {"": NOT_ARRIVED} if "signed" in query else {}
    version = waiver_versions.choose(desk.versions, look.language)
    return _form(200, event, version, look, _new_form(event_id, now), problems)


def sign(event_id: str, request: Request, *, now: datetime) -> Response:
    look = Look(_take_language("", request), kiosk=False)
    if not fields.is_event_id(event_id):
        return _refusal(charters.unknown_event(), look)
    visitor = Visitor(address=http.viewer_address(request), user_agent=_user_agent(request))
    form: dict[str, list[str]] = {}
    try:
        try:
            form = http.read_form(request)
            language = _take_language(form.get("language", [""])[0], request)
            look = Look(language, kiosk=bool(form.get("kiosk", [""])[0]))
            token = signing.sign(event_id, form, visitor=visitor, now=now)
        except DomainError as problem:
            return _not_signed(event_id, problem, look, form, visitor, now)
    except DomainError as problem:
        return _refusal(problem, look)
    return http.html_response("", 303, {"Location": f"/g/{event_id}/waiver?signed={token}{look.query}"})


def _user_agent(request: Request) -> str:
    agent: str = request.headers.get("user-agent", "")[:_USER_AGENT_CHARS]
    # What CloudFront puts there when its origin request policy does not pass the viewer's own.
    return "" if agent == "Amazon CloudFront" else agent


def _not_signed(
    event_id: str, problem: DomainError, look: Look, form: dict[str, list[str]], visitor: Visitor, now: datetime
) -> Response:
    """The form again with all that was typed, and what to do about it; raises what no form can mend."""
    if isinstance(problem, BadInput):
        try:
            signing.count_refused(event_id, visitor.address, now)
        except TooManyTries as full:
            problem = full
        else:
            return _form_again(event_id, 400, look, form, problem.fields or {"": str(problem)})
    if isinstance(problem, TooManyTries):
        return _form_again(event_id, 429, look, form, {"": str(problem)}, problem.headers)
    # What was agreed to was another text, or is signed already: whoever means it sets the ticks anew.
    kept = {name: values for name, values in form.items() if name not in ("esign_consent", "intent")}
    if isinstance(problem, signing.VersionConflict):
        return _form_again(event_id, 409, look, kept, {"": str(problem)})
    if isinstance(problem, signing.AlreadySigned):
        fresh = {**kept, **_new_form(event_id, now), "signature_typed": [""], "signature_strokes": [""]}
        return _form_again(event_id, 409, look, fresh, {"": str(problem)}, signed=problem.token)
    raise problem


def _new_form(event_id: str, now: datetime) -> dict[str, list[str]]:
    return {"submission_id": [str(uuid.uuid4())], "opened": [signing_form.mark_opening(event_id, now)]}


def _take_language(asked: str, request: Request) -> str:
    """The language asked for, else the first that the browser names, by its weights (RFC 9110 section 12.5.4)."""
    if asked in LANGUAGES:
        return asked
    weighed = []
    for place, part in enumerate(request.headers.get("accept-language", "")[:1000].split(",")):
        tag, _, weight = part.partition(";")
        try:
            weighed.append((-float(weight.strip().removeprefix("q=") or 1), place, tag.strip().lower().split("-")[0]))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(weighed) if tag in LANGUAGES and weight < 0), "en")


def _signed(event: EventRecord, record: Mapping[str, Any], look: Look) -> Response:
    if look.kiosk:
        # The next guest holds the tablet: it names nobody.
        return _page(200, "waiver-kiosk.html", look, event=event, script=_script())
    return _page(200, "waiver-signed.html", Look(record.get("language", "en"), kiosk=False), event=event, record=record)


def _copy(event: EventRecord, secret: str, look: Look, request: Request, now: datetime) -> Response:
    """The signer's own copy: what was signed, as it was shown. Only the link in their mail leads here."""
    records = waiver_records.find_copy(event.event_id, secret)
    if not records:
        return _refusal(charters.unknown_event(), look)
    record = records[0]
    version = waiver_records.read_text(record)
    # Link previews ask with HEAD; that is nobody who reads.
    if request.method == "GET":
        waiver_records.note_viewed(records, Actor(record["signer_name"], http.viewer_address(request)), now)
    return _page(
        200,
        "waiver-copy.html",
        Look(record.get("language", "en"), kiosk=False),
        event=event,
        record=record,
        records=records,
        version=version,
        text_html=markdown.to_html(version["text"]),
        drawing=_drawing(record["signature_strokes"]),
    )


def _drawing(strokes: list[list[list[int]]]) -> dict[str, Any] | None:
    """A drawn signature as lines within a box."""
    if not strokes:
        return None
    xs, ys = ([point[axis] for stroke in strokes for point in stroke] for axis in (0, 1))
    box = (min(xs) - 4, min(ys) - 4, max(xs) - min(xs) + 8, max(ys) - min(ys) + 8)
    lines = [" ".join(f"{point[0]},{point[1]}" for point in stroke) for stroke in strokes]
    return {"box": " ".join(map(str, box)), "lines": lines}


def _form_again(
    event_id: str,
    status_code: int,
    look: Look,
    form: Mapping[str, list[str]],
    problems: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    signed: str = "",
) -> Response:
    desk, event = signing.open_desk(event_id, LANGUAGES)
    version = waiver_versions.choose(desk.versions, look.language)
    return _form(status_code, event, version, look, form, problems, headers, signed)


def _form(
    status_code: int,
    event: EventRecord,
    version: Mapping[str, Any],
    look: Look,
    form: Mapping[str, list[str]],
    problems: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    signed: str = "",
) -> Response:
    """`signed` leads to the signature that this form has become before."""
    names, births = form.get("minor_name", []), form.get("minor_birth_date", [])
    minors = [
        {"name": names[place] if place < len(names) else "", "birth_date": births[place] if place < len(births) else ""}
        for place in range(MAX_MINORS)
    ]
    filled = [row for row in minors if row["name"] or row["birth_date"]]
    typed = {name: values[0] for name, values in form.items()}
    return _page(
        status_code,
        "waiver.html",
        look,
        headers,
        script=_script(),
        event=event,
        version=version,
        text_html=markdown.to_html(version["text"]),
        languages=_LANGUAGE_NAMES,
        kiosk=look.kiosk,
        guests=_listed(event, typed.get("guest_id", "")),
        typed=typed,
        minors=minors,
        open_rows=max(OPEN_MINOR_ROWS, len(filled)),
        minors_open=bool(filled),
        problems=problems,
        signed=signed,
        relationships=RELATIONSHIPS,
        statements=signing.statements(look.language),
    )


def _listed(event: EventRecord, picked_id: str) -> list[dict[str, str]]:
    """The guests to pick from: those who have not signed, and the one already picked."""
    open_ids = {guest["guest_id"] for guest in charters.missing_guests(event)} | {picked_id}
    return [guest for guest in event.details["guests"] if guest["guest_id"] in open_ids]


def _refusal(problem: DomainError, look: Look) -> Response:
    if isinstance(problem, NotFound):
        message = "This link does not lead to a charter. Please ask for it again."
        return _message(404, "No such charter", message, look)
    return _message(problem.STATUS_CODE, "This did not work", str(problem), look, headers=problem.headers)


def _message(
    status_code: int,
    heading: str,
    message: str,
    look: Look,
    event: EventRecord | None = None,
    headers: Mapping[str, str] | None = None,
    script: str = "",
) -> Response:
    say = templates.translator(look.language)
    # A kiosk stays at the waiver.
    shown = None if look.kiosk else event
    return _page(
        status_code, "message.html", look, headers, script, heading=say(heading), message=say(message), event=shown
    )


def _script() -> str:
    """What the waiver's page does more with JavaScript."""
    return templates.read_file("waivers", "templates/waiver.js")


def _page(
    status_code: int,
    template: str,
    look: Look,
    headers: Mapping[str, str] | None = None,
    script: str = "",
    **facts: Any,
) -> Response:
    style = templates.read_file("waivers", "templates/page.css")
    html = templates.render(
        "waivers", template, operator=settings(), style=style, script=script, language=look.language, **facts
    )
    scripts = f"script-src 'sha256-{_hash(script)}'; connect-src 'self'; " if script else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; {scripts}img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return http.html_response(html, status_code, {"Content-Security-Policy": policy, **(headers or {})})


@cache
def _hash(text: str) -> str:
    """For a policy that allows this text inline and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
