"""The board: charters by their start, and by what is searched; and who chartered before."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.charters import directory, service, store
from chalicelib.charters.directory import Listed
from chalicelib.charters.fields import BOARD_QUERY, CharterPage, Contact, PatronJson, PatronList
from chalicelib.charters.store import Charter
from chalicelib.core import names, paging, times
from chalicelib.core.fields import Form
from chalicelib.core.settings import settings


class BoardPage(NamedTuple):
    first: str
    last: str
    status: str
    limit: int
    words: tuple[str, ...]
    """All of them must be found; without any, every charter is."""
    now: datetime


def parse_board_page(query: Mapping[str, str], *, now: datetime) -> BoardPage:
    """By default from today's midnight in the operator's time zone; a search begins with the first charter."""
    form = Form(query)
    given = form.read_all(BOARD_QUERY)
    form.finish()
    words = tuple(names.fold(given["q"]).split())
    today = times.start_of_day(times.day_of(now, settings().timezone), settings().timezone)
    start = times.format_instant(given["from"] or today) if given["from"] or not words else ""
    return BoardPage(
        first=max(given["cursor"], start),
        last=times.format_instant(given["to"]) if given["to"] else "9",
        status=given["status"],
        limit=given["limit"],
        words=words,
        now=now,
    )


def list_charters(page: BoardPage) -> CharterPage:
    if page.first >= page.last:
        return {"events": [], "next_cursor": None}
    if page.words:
        found, more = _search(page)
        events = service.show_all(found, page.now)
    else:
        found, more = store.list_charters(page.first, page.last, page.status, page.limit)
        events = service.show_listed(found, page.now)
    cursor = paging.make_cursor("events", store.board_key(found[-1])) if more else None
    return {"events": events, "next_cursor": cursor}


def _search(page: BoardPage) -> tuple[list[Charter], bool]:
    """The charters in which all words are found, by start; and whether there are more. One Query and one read."""
    found = [
        listed
        for listed in directory.list_directory()
        if page.first <= listed.board_key < page.last
        and (not page.status or listed.status == page.status)
        and all(word in listed.text for word in page.words)
    ]
    found.sort(key=lambda listed: listed.board_key)
    shown = [listed.event_id for listed in found[: page.limit]]
    return store.read_charters(shown), len(found) > page.limit


def list_patrons() -> PatronList:
    """Who chartered what was not cancelled; one by email, else by name and phone. The latest first. One Query."""
    latest: dict[tuple[str, ...], Listed] = {}
    counts: dict[tuple[str, ...], int] = {}
    for listed in sorted(directory.list_directory(), key=lambda listed: listed.board_key):
        if listed.status != "cancelled" and any(listed.patron.values()):
            key = _identity(listed.patron)
            latest[key], counts[key] = listed, counts.get(key, 0) + 1
    patrons: list[PatronJson] = [
        {**listed.patron, "charters": counts[key], "last_at": listed.starts_at} for key, listed in latest.items()
    ]
    return {"patrons": sorted(patrons, key=lambda patron: patron["last_at"], reverse=True)}


def _identity(patron: Contact) -> tuple[str, ...]:
    if patron["email"]:
        return (patron["email"].casefold(),)
    return names.fold(patron["name"]), "".join(filter(str.isdigit, patron["phone"]))
