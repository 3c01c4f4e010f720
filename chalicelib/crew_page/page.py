"""A person's own page: what they are asked, where they sail, their papers. Works without JavaScript."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalice.app import Request, Response

from chalicelib.core import http, times
from chalicelib.core.audit import Actor
from chalicelib.core.errors import BadInput, DomainError
from chalicelib.core.fields import Form
from chalicelib.core.lazy import lazy_imports
from chalicelib.core.settings import settings
from chalicelib.crew_page import reading
from chalicelib.crew_page.fields import AnswerForm
from chalicelib.crew_page.reading import Opened
from chalicelib.crew_page.view import paper_lines
from chalicelib.operator import links
from chalicelib.pages import templates
from chalicelib.pages.response import page_response

with lazy_imports():
    from chalicelib.crew import service as crew
    from chalicelib.waivers import page as waiver_page

WORKER = "worker.js"


def show(token: str, request: Request, *, now: datetime) -> Response:
    """The page, or the one page of all links that open nothing. It changes nothing: programs that look into mails
    follow links, too.
    """
    opened = reading.open_link(token)
    return _page(opened, now) if opened else lead_nowhere(request)


def answer(token: str, request: Request, *, now: datetime) -> Response:
    """Takes what a person answers; the page again, with what holds now, where that is not possible any more."""
    http.check_sender(request.headers)
    opened = reading.open_link(token)
    if opened is None:
        return lead_nowhere(request)
    try:
        form = read_form(request)
        given = form.read(AnswerForm)
        form.finish()
        crew.answer(opened.person.record_id, *given, now, address=http.viewer_address(request))
    except DomainError as problem:
        return _page(opened, now, problem)
    return see_other(opened.path)


def read_form(request: Request) -> Form:
    """A posted form, each field of which is given once."""
    typed = http.read_form(request)
    if doubled := [name for name, values in typed.items() if len(values) > 1]:
        raise BadInput(dict.fromkeys(doubled, "is given twice"))
    return Form({name: values[0] for name, values in typed.items()})


def lead_nowhere(request: Request) -> Response:
    return waiver_page.lead_nowhere(request)


def actor_of(opened: Opened, request: Request) -> Actor:
    return Actor(opened.person.details["name"], http.viewer_address(request), "link")


def see_other(path: str) -> Response:
    return http.html_response("", 303, {"Location": path})


def _page(opened: Opened, now: datetime, problem: DomainError | None = None) -> Response:
    return render(
        "crew.html",
        opened,
        problem,
        sails=reading.read_page(opened, now),
        papers=paper_lines(opened.person, times.day_of(now, settings().timezone)),
        feed_url=links.feed_url("person", opened.person.record_id, opened.person.link_number),
    )


def render(template: str, opened: Opened, problem: DomainError | None = None, **data: Any) -> Response:
    headers: Mapping[str, str] = {"X-Robots-Tag": "noindex", **(problem.headers if problem else {})}
    return page_response(
        "crew_page",
        template,
        style=templates.read_file("crew_page", "templates/page.css"),
        script=templates.read_file("crew_page", "templates/crew.js"),
        has_worker=True,
        status_code=problem.STATUS_CODE if problem else 200,
        headers=headers,
        opened=opened,
        operator=opened.settings,
        problem=str(problem) if problem else "",
        spell_period=times.spell_period,
        spell_moment=times.spell_moment,
        **data,
    )


def get_worker() -> Response:
    """What keeps the pages on the device, as they were seen last. The same for everybody."""
    headers = {
        "Content-Type": "text/javascript; charset=utf-8",
        # It asks the site for the pages, and nothing else.
        "Content-Security-Policy": "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
    }
    return Response(templates.read_file("crew_page", f"templates/{WORKER}"), headers=headers)
