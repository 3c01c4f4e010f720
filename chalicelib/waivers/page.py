"""The waiver as an HTML page: opened, signed, refused. Works without JavaScript."""

import contextlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from chalice.app import Request, Response

from chalicelib.charters import event_json
from chalicelib.charters import service as charters
from chalicelib.charters.fields import ListedGuest
from chalicelib.charters.store import Charter
from chalicelib.core import http, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import BadInput, DomainError, NotFound, TooManyTries
from chalicelib.core.settings import settings
from chalicelib.core.text import is_event_id
from chalicelib.mail import store as mail_store
from chalicelib.operator import service as operator_service
from chalicelib.pages import templates
from chalicelib.pages.response import page_response
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import mails, markdown, sealing, signing
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import LANGUAGES, MAX_MINORS, RELATIONSHIPS, Language, Stroke
from chalicelib.waivers.sealing import Visitor
from chalicelib.waivers.store import SigningContext, StoredRecord

OPEN_MINOR_ROWS = 2
_LANGUAGE_NAMES = (("en", "English"), ("es", "Español"))
_USER_AGENT_CHARS = 300
NOT_ARRIVED = "No signature has arrived under this link. Please sign here."

Typed = Mapping[str, list[str]]
"""The fields of the form, as a browser sends them."""


class PageOptions(NamedTuple):
    language: Language
    kiosk: bool
    """On a tablet that many guests sign on, one after the other."""


class Drawing(TypedDict):
    """A drawn signature as SVG: the view box, the points of each line, and where a dot was tapped."""

    box: str
    lines: list[str]
    dots: list[tuple[int, int]]


def show(link: str, request: Request, *, now: datetime) -> Response:
    # Parameters that are not ours are passed over: mail programs and messengers add some to links.
    query = request.query_params or {}
    options = PageOptions(_language(query.get("language", ""), request), query.get("kiosk") == "1")
    try:
        if "copy" in query:
            # Copies that were mailed open whatever became of the guest link.
            return _copy(link, query["copy"], options, request, now)
        token = query.get("signed", "")
        context = signing.find_context(link, token=token if waiver_records.is_waiver_id(token) else "")
    except DomainError as problem:
        return _refusal(problem, options)
    charter = context.charter
    if context.record:
        return _signed(charter, context.record, options)
    if closed := signing.why_closed(charter, now):
        return _message("Nothing to sign", closed, options, charter=charter, script="" if options.kiosk else _script())
    problems = {"": NOT_ARRIVED} if "signed" in query else {}
    return _form(context, options, _new_form(charter.event_id, now), problems)


def sign(link: str, request: Request, *, now: datetime) -> Response:
    http.check_sender(request.headers)
    # What the form says counts, but a form that cannot be read says nothing.
    options = PageOptions(_language("", request), (request.query_params or {}).get("kiosk") == "1")
    if not is_event_id(link):
        return _refusal(charters.unknown_charter(), options)
    visitor = Visitor(address=http.viewer_address(request), user_agent=_user_agent(request))
    try:
        try:
            form: Typed = http.read_form(request, judged_later="signature_strokes")
        except DomainError:
            # A link that leads nowhere is told in one way, whatever was sent to it.
            signing.find_context(link)
            raise
        language = _language(form.get("language", [""])[0], request)
        options = PageOptions(language, kiosk=bool(form.get("kiosk", [""])[0]))
        context = signing.find_context(link, form)
        try:
            token = signing.sign(link, context, form, visitor=visitor, now=now)
        except DomainError as problem:
            return _form_again(context, problem, options, form, now)
    except DomainError as problem:
        return _refusal(problem, options)
    kiosk = "&kiosk=1" if options.kiosk else ""
    return http.html_response("", 303, {"Location": f"/g/{link}/waiver?signed={token}{kiosk}"})


def _language(asked: str, request: Request) -> Language:
    return choose_language(asked, request.headers.get("accept-language", ""))


def choose_language(asked: str, accept_language: str) -> Language:
    """The language asked for, else the first that the browser names, by its weights (RFC 9110 section 12.5.4)."""
    wanted = [(1.0, asked)]
    for part in accept_language[:1000].split(","):
        tag, _, weight = part.partition(";")
        with contextlib.suppress(ValueError):
            wanted.append((float(weight.strip().removeprefix("q=") or 1), tag.strip().lower().split("-")[0]))
    # Of the same weight, the first one counts: sorting keeps their order.
    wanted.sort(key=lambda one: -one[0])
    return next((one for weight, tag in wanted for one in LANGUAGES if one == tag and weight > 0), "en")


def _user_agent(request: Request) -> str:
    agent: str = request.headers.get("user-agent", "")[:_USER_AGENT_CHARS]
    # What CloudFront puts there when its origin request policy does not pass the viewer's own.
    return "" if agent == "Amazon CloudFront" else agent


def _form_again(
    context: SigningContext, problem: DomainError, options: PageOptions, form: Typed, now: datetime
) -> Response:
    """The form with all that was typed, and what to do about it. Raises a problem that no form can repair."""
    problems, signed = {"": str(problem)}, ""
    if isinstance(problem, BadInput):
        problems = problem.fields or problems
        if "signature_strokes" in problems:
            form = {**form, "signature_strokes": [""]}
    elif isinstance(problem, signing.VersionConflict | signing.AlreadySigned):
        # Consent was given to another text, or to what is signed already: it has to be given again.
        form = {name: values for name, values in form.items() if name not in ("esign_consent", "intent")}
        if isinstance(problem, signing.AlreadySigned):
            signed = problem.token
            new = _new_form(context.charter.event_id, now)
            form |= {**new, "signature_typed": [""], "signature_strokes": [""]}
    elif not isinstance(problem, TooManyTries | signing.FilledByMachine):
        raise problem
    return _form(context, options, form, problems, problem.STATUS_CODE, problem.headers, signed)


def _new_form(event_id: str, now: datetime) -> Typed:
    return {"submission_id": [str(uuid.uuid4())], "opened": [signing_form.tag_opening(event_id, now)]}


def _form(
    context: SigningContext,
    options: PageOptions,
    form: Typed,
    problems: Mapping[str, str],
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    signed: str = "",
) -> Response:
    """`signed` leads to the signature that this form has become before."""
    version = waiver_versions.choose(context.versions, options.language)
    blank = [""] * MAX_MINORS
    names, births = [*form.get("minor_name", []), *blank], [*form.get("minor_birth_date", []), *blank]
    minors = [{"name": names[row], "birth_date": births[row]} for row in range(MAX_MINORS)]
    filled = [row for row in minors if row["name"] or row["birth_date"]]
    typed = {name: values[0] for name, values in form.items()}
    return _page(
        "waiver.html",
        options,
        status_code,
        headers,
        script=_script(),
        charter=context.charter,
        version=version,
        text_html=markdown.to_html(version["text"], links=not options.kiosk),
        languages=_LANGUAGE_NAMES,
        guests=_guests_to_pick(context.charter, typed.get("guest_id", "")),
        typed=typed,
        minors=minors,
        open_rows=max(OPEN_MINOR_ROWS, len(filled)),
        minors_open=bool(filled),
        problems=problems,
        signed=signed,
        relationships=RELATIONSHIPS,
        statements=sealing.statements(options.language),
    )


def _guests_to_pick(charter: Charter, picked_id: str) -> list[ListedGuest]:
    """The listed guests who have not signed, and the one already picked; nobody once the charter has departed."""
    if charter.status != "scheduled":
        return []
    open_ids = {guest["guest_id"] for guest in event_json.missing_guests(charter)} | {picked_id}
    return [guest for guest in charter.details["guests"] if guest["guest_id"] in open_ids]


def _signed(charter: Charter, stored: StoredRecord, options: PageOptions) -> Response:
    if options.kiosk:
        # The next guest holds the tablet, so no name is shown.
        return _page("waiver-kiosk.html", options, charter=charter, script=_script())
    record = sealing.open_record(stored)
    mail = mail_store.read_mail(mails.copy_mail_id(record["waiver_id"])) if record["signer_email"] else None
    return _page(
        "waiver-signed.html",
        PageOptions(record["language"], kiosk=False),
        charter=charter,
        record=record,
        copy_sent=mail is not None and mail.status != "cancelled",
    )


def _copy(event_id: str, copy_link: str, options: PageOptions, request: Request, now: datetime) -> Response:
    """The signer's own copy: what was signed, as it was shown. Only the link in their mail leads here."""
    waiver_id, records = waiver_records.find_copy(event_id, copy_link, now=now)
    if not records:
        return _refusal(charters.unknown_charter(), options)
    record = records[0]
    version = waiver_records.read_text(record["waiver_version"])
    # Link previews ask with HEAD, without a reader. Programs that look into mails fetch it too: who it was is unknown.
    if request.method == "GET":
        actor = Actor("copy link", http.viewer_address(request), "link")
        opened = audit_event("link_opened", actor, times.format_instant(now), user_agent=_user_agent(request))
        waiver_records.note_read(waiver_id, opened)
    return _page(
        "waiver-copy.html",
        PageOptions(record["language"], kiosk=False),
        charter=charters.find_charter(event_id),
        record=record,
        records=records,
        version=version,
        text_html=markdown.to_html(version["text"]),
        drawing=_drawing(record["signature_strokes"]),
    )


def _drawing(strokes: list[Stroke]) -> Drawing | None:
    if not strokes:
        return None
    xs, ys = ([point[axis] for stroke in strokes for point in stroke] for axis in (0, 1))
    box = (min(xs) - 4, min(ys) - 4, max(xs) - min(xs) + 8, max(ys) - min(ys) + 8)
    lines = [" ".join(f"{point[0]},{point[1]}" for point in stroke) for stroke in strokes]
    # A line of a single point would not be seen.
    dots = [(x, y) for stroke in strokes for x, y, _ in stroke[:1] if all(point[:2] == [x, y] for point in stroke)]
    return {"box": " ".join(map(str, box)), "lines": lines, "dots": dots}


def lead_nowhere(request: Request) -> Response:
    """The page of a private link that opens nothing, as for a waiver: it does not say why."""
    options = PageOptions(_language((request.query_params or {}).get("language", ""), request), kiosk=False)
    return _message("This link opens nothing", "Please ask for a new one.", options, 404)


def _refusal(problem: DomainError, options: PageOptions) -> Response:
    if isinstance(problem, waiver_records.LinkExpired):
        return _message("This link has expired", str(problem), options, 404)
    if isinstance(problem, NotFound):
        message = "This link does not lead to a charter. Please ask for it again."
        return _message("No such charter", message, options, 404)
    return _message("This did not work", str(problem), options, problem.STATUS_CODE, problem.headers)


def _message(
    heading: str,
    message: str,
    options: PageOptions,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    charter: Charter | None = None,
    script: str = "",
) -> Response:
    translate = templates.translator(options.language)
    texts = {"heading": translate(heading), "message": translate(message)}
    # A kiosk stays at the waiver.
    return _page(
        "message.html", options, status_code, headers, script, charter=None if options.kiosk else charter, **texts
    )


def _script() -> str:
    """What the page can do more with JavaScript."""
    return templates.read_file("waivers", "templates/waiver.js")


def _page(
    template: str,
    options: PageOptions,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    script: str = "",
    charter: Charter | None = None,
    **data: Any,
) -> Response:
    return page_response(
        "waivers",
        template,
        style=templates.read_file("waivers", "templates/page.css"),
        script=script,
        status_code=status_code,
        headers=headers,
        operator=operator_service.get_settings(),
        settings=settings(),
        charter=charter,
        link=event_json.guest_link(charter) if charter else "",
        **options._asdict(),
        **data,
    )
