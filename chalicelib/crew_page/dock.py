"""The manifest of a charter for its captain at the dock: who is aboard, the briefing, Depart."""

import uuid
from datetime import datetime
from typing import NamedTuple

from chalice.app import Request, Response

from chalicelib.charters import service as charters
from chalicelib.charters.readiness import words_for_crew
from chalicelib.charters.store import Charter, read_charter
from chalicelib.core import http
from chalicelib.core.errors import Conflict, DomainError
from chalicelib.core.text import is_event_id
from chalicelib.crew_page import page, reading
from chalicelib.crew_page.fields import BriefingForm, DockForm
from chalicelib.crew_page.reading import Opened
from chalicelib.crew_page.view import has_manifest, in_words
from chalicelib.manifest import service as manifest
from chalicelib.manifest.fields import NoteState, Snapshot
from chalicelib.manifest.store import BRIEFING


class Counts(NamedTuple):
    expected: int
    signed: int
    aboard: int
    no_shows: int


def show(token: str, event_id: str, request: Request, *, now: datetime) -> Response:
    """The manifest, or the one page of all links that open nothing: also before and after its time."""
    opened = reading.open_link(token)
    charter = _find(opened, event_id, now) if opened else None
    return _page(opened, charter, now) if opened and charter else page.lead_nowhere(request)


def tick(token: str, event_id: str, request: Request, *, now: datetime) -> Response:
    """Takes one form: of a person, of the briefing, or that the charter departs. The same again: the same answer."""
    http.check_sender(request.headers)
    opened = reading.open_link(token)
    charter = _find(opened, event_id, now) if opened else None
    if opened is None or charter is None:
        return page.lead_nowhere(request)
    try:
        _take(opened, charter, request, now)
    except manifest.NotReady as problem:
        # Its own words are the desk's: they may tell an amount.
        return _page(
            opened, charters.find_charter(event_id), now, Conflict(words_for_crew(problem.extra["readiness"]).text)
        )
    except DomainError as problem:
        return _page(opened, charters.find_charter(event_id), now, problem)
    return page.see_other(f"{opened.path}/{event_id}")


def _find(opened: Opened, event_id: str, now: datetime) -> Charter | None:
    """None where this person has no manifest to see now."""
    charter = read_charter(event_id) if is_event_id(event_id) else None
    return charter if charter and has_manifest(charter, opened.person.record_id, now) else None


def _take(opened: Opened, charter: Charter, request: Request, now: datetime) -> None:
    event_id, actor = charter.event_id, page.actor_of(opened, request)
    form = page.read_form(request)
    head = form.read(DockForm)
    ticked_at = manifest.ticked_at(charter, head.device_time, head.device_now, now)
    subject: str
    state: NoteState
    if head.form == "depart":
        form.finish()
        manifest.depart(event_id, {}, actor=actor, now=now, left_at=ticked_at)
        return
    if head.form == "briefing":
        done = form.read(BriefingForm).done
        form.finish()
        subject, state = BRIEFING, "done" if done == "yes" else "not_done"
    else:
        wanted = manifest.read_check_in(form)
        form.finish()
        manifest.check_passenger(charter, wanted)
        subject, state = wanted.waiver_id or wanted.guest_id, wanted.state
    manifest.take_note(event_id, head.submission_id, subject, state, ticked_at, actor=actor, now=now)


def _page(opened: Opened, charter: Charter, now: datetime, problem: DomainError | None = None) -> Response:
    found = manifest.get_manifest(charter.event_id)
    trip: Snapshot = found["snapshot"] or found
    readiness = charters.show(charter, now)["readiness"]
    return page.render(
        "manifest.html",
        opened,
        problem,
        path=f"{opened.path}/{charter.event_id}",
        trip=trip,
        departed_at=found["frozen"]["at"] if found["frozen"] else "",
        words=in_words(readiness),
        counts=count(trip),
        unnamed=trip["missing"] - len(trip["missing_names"]),
        new_id=lambda: str(uuid.uuid4()),
    )


def count(trip: Snapshot) -> Counts:
    passengers = trip["passengers"]
    return Counts(
        expected=trip["party_size"],
        signed=sum(one["waiver"] != "missing" for one in passengers),
        aboard=sum(one["checked_in_at"] is not None for one in passengers),
        no_shows=sum(one["no_show"] for one in passengers),
    )
