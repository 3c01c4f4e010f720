"""What a deployment must answer, over HTTP and in its AWS, check by check."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import urllib3

from chalicelib import __version__
from tools.common.cloud import LOCAL_STAGE, Cloud
from tools.common.console import progress
from tools.common.website import Website
from tools.smoke import account, function
from tools.smoke.result import Check, NotAsExpected, Result, Skipped, failed, run_check
from tools.sync.layout import CONTENT_TYPES, PAGE, SLOTS, path_of, suffix_of
from tools.sync.references import references

TOKEN_VARIABLE = "SCC_SMOKE_TOKEN"  # noqa: S105 - its name
RETRY_S = 5.0
MAX_WRONG_FILES = 5
NO_EVENT = "A" * 22
# A calendar, a person's page and a captain's manifest that there are none of.
NO_LINKS = (f"/c/d{'A' * 43}.ics", f"/c/p{'A' * 65}", f"/c/p{'A' * 65}/{NO_EVENT}")
WORKER = "/c/worker.js"
NO_PAYMENT = "00000000-0000-7000-8000-000000000000"
SECURITY_HEADERS = {
    "Content-Security-Policy": r"default-src 'none'",
    "Strict-Transport-Security": r"max-age=\d{7,}",
    "X-Content-Type-Options": r"nosniff$",
    "X-Frame-Options": r"DENY$",
    "Referrer-Policy": r"no-referrer$",
}

Answer = urllib3.BaseHTTPResponse


class Site(Website):
    """A deployment, as a browser sees it; the token is an admin's."""

    def __init__(self, base_url: str, token: str = "", timeout_s: float | None = None) -> None:
        super().__init__(base_url, timeout_s=timeout_s)
        self.token = token

    def look(self, path: str, method: str = "GET", body: bytes | None = None, *, with_token: bool = False) -> Answer:
        headers = {"User-Agent": f"ship-captain-crew-smoke/{__version__}", "Content-Type": "application/json"}
        return self.ask(path, method, body, headers | ({"Authorization": f"Bearer {self.token}"} if with_token else {}))


def kind(answer: Answer) -> str:
    return answer.headers.get("Content-Type", "no type").split(";")[0]


def seen(answer: Answer) -> str:
    return f"{answer.status} {kind(answer)}"


def is_spa(answer: Answer) -> bool:
    return b'id="app"' in answer.data


# --- over HTTP ------------------------------------------------------------------------------------


def payment_endpoint(site: Site) -> str:
    answer = site.look(f"/api/events/{NO_EVENT}/payments/{NO_PAYMENT}", "PUT", b"{}")
    if kind(answer) == "text/html":
        raise NotAsExpected(f"{seen(answer)}: the SPA is masking the API; look at `tools.edge check`")
    if answer.status == 404:
        raise NotAsExpected("404: the payment endpoint is not wired; deploy the API")
    if answer.status == 403:
        raise NotAsExpected("403: refused before it was read; does the edge send a secret of SCC_ORIGIN_SECRETS?")
    _require(answer, 401, "application/json", "instead of 401 without a token")
    _require_uncached(answer)
    return "401 without a token"


def health(site: Site) -> str:
    answer = site.look("/api/health")
    if answer.status >= 500:
        raise NotAsExpected(f"{seen(answer)}: the function fails; its log names the reason, most often a setting")
    _require(answer, 200, "application/json")
    _require_uncached(answer)
    found = answer.json()
    if found.get("status") != "ok":
        raise NotAsExpected(f"status {found.get('status')!r} instead of ok")
    return f"ok, version {found.get('version')}"


def events(site: Site) -> str:
    if not site.token:
        raise Skipped(f"no token given ({TOKEN_VARIABLE}, or --token-stdin)")
    answer = site.look("/api/events", with_token=True)
    if answer.status == 401:
        raise NotAsExpected("401: the token is stale; log in for a new one")
    _require(answer, 200, "application/json")
    return f"{len(answer.json()['events'])} charters on the first page"


def unknown_call(site: Site) -> str:
    answer = site.look("/api/nope")
    if kind(answer) != "application/json" or answer.status < 400:
        raise NotAsExpected(f"{seen(answer)} for an unknown call, instead of an error in JSON")
    return seen(answer)


def waiver_page(site: Site) -> str:
    event_id = _an_event(site)
    answer = site.look(f"/g/{event_id or NO_EVENT}/waiver")
    if is_spa(answer):
        raise NotAsExpected(f"{seen(answer)}: the SPA answers instead of the function; look at `tools.edge check`")
    _require(answer, 200 if event_id else 404, "text/html", "instead of the function's HTML")
    _require_uncached(answer)
    return "the function's HTML" + ("" if event_id else " (for an unknown charter: no token given, or no charter)")


def private_links(site: Site) -> str:
    for path in NO_LINKS:
        answer = site.look(path)
        if is_spa(answer):
            raise NotAsExpected(f"{seen(answer)}: the SPA answers instead of the function; look at `tools.edge check`")
        _require(answer, 404, "text/html", "instead of the function's 404 for a link that opens nothing")
        _require_uncached(answer)
    worker = site.look(WORKER)
    _require(worker, 200, "text/javascript", "instead of the worker of the crew's pages")
    return "the function's 404 for a link that opens nothing"


def _an_event(site: Site) -> str:
    if not site.token:
        return ""
    answer = site.look("/api/events?limit=1", with_token=True)
    found = answer.json()["events"] if answer.status == 200 else []
    return str(found[0]["event_id"]) if found else ""


def _require(answer: Answer, status: int, content_type: str, instead: str = "") -> None:
    if (answer.status, kind(answer)) != (status, content_type):
        raise NotAsExpected(f"{seen(answer)} {instead or f'instead of {status} {content_type}'}")


def _require_uncached(answer: Answer) -> None:
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        raise NotAsExpected(f"Cache-Control {answer.headers.get('Cache-Control')!r} instead of no-store")
    if "Hit" in answer.headers.get("X-Cache", ""):
        raise NotAsExpected("it came from the edge's cache")


def spa(site: Site, slot: str) -> str:
    root = SLOTS[slot]
    page = site.look(root)
    if page.status in (403, 404) and slot == "production":
        raise NotAsExpected(f"{seen(page)}: nothing is promoted yet")
    if (page.status, kind(page)) != (200, "text/html") or not is_spa(page):
        raise NotAsExpected(f"{seen(page)} instead of the SPA's page")
    deep = site.look(f"{root}events/{NO_EVENT}")
    if deep.data != page.data:
        raise NotAsExpected(f"an address inside the SPA answers {seen(deep)}, not the SPA's page")
    files, wrong = _look_at_files(site, slot, page.data)
    if wrong:
        raise NotAsExpected("; ".join(wrong[:MAX_WRONG_FILES]))
    missing = site.look("/assets/no-such-file-00000000.js")
    if missing.status < 400:
        raise NotAsExpected(f"a missing asset answers {seen(missing)}, so a broken page would look whole")
    return f"the page and {files} files"


def _look_at_files(site: Site, slot: str, page: bytes) -> tuple[int, list[str]]:
    """How many files the page names, by itself or through one of them, and what is wrong with which."""
    to_see, done, wrong = references(PAGE, page), set[str](), []
    while to_see:
        name = min(to_see)
        done.add(name)
        # The same bytes serve both slots: what is not in the pool stands in the slot that is looked at.
        path = path_of(slot, name)
        answer, expected = site.look(path), CONTENT_TYPES.get(suffix_of(name), "").split(";")[0]
        if answer.status != 200 or not answer.data or (expected and kind(answer) != expected):
            wrong.append(f"{path} answers {seen(answer)} instead of 200 {expected}")
        else:
            to_see |= references(name, answer.data)
        to_see -= done
    return len(done), wrong


def security_headers(site: Site, slot: str) -> str:
    paths = (SLOTS[slot], "/api/health", "/api/nope", f"/g/{NO_EVENT}/waiver")
    for path in paths:
        headers = site.look(path).headers
        for name, pattern in SECURITY_HEADERS.items():
            if not re.match(pattern, headers.get(name, "")):
                raise NotAsExpected(f"{path} has {name} {headers.get(name)!r}")
    return f"{len(SECURITY_HEADERS)} headers on {', '.join(paths[:3])} and the waiver"


# --- all of it ------------------------------------------------------------------------------------


def run_checks(site: Site, cloud: Cloud | None, slot: str) -> list[Result]:
    return [run_check(name, look) for name, look in checks(site, cloud, slot)]


def checks(site: Site, cloud: Cloud | None, slot: str) -> Iterator[Check]:
    yield "payment endpoint", lambda: payment_endpoint(site)
    yield "health", lambda: health(site)
    yield "charters", lambda: events(site)
    yield "unknown API call", lambda: unknown_call(site)
    yield "waiver page", lambda: waiver_page(site)
    yield "private links", lambda: private_links(site)
    yield f"SPA ({slot})", lambda: spa(site, slot)
    yield "security headers", lambda: security_headers(site, slot)
    if cloud:
        yield "settings", lambda: function.function_settings(cloud)
        yield "mail", lambda: function.mail_transport(cloud)
        if cloud.stage != LOCAL_STAGE:
            yield "routes", lambda: account.routes(cloud)
            yield "rights", lambda: account.rights(cloud)
            yield "limits", lambda: account.limits(cloud)
            yield "private bucket", lambda: account.private_bucket(cloud, slot)
            yield "what is kept", lambda: account.what_is_kept(cloud)
            yield "alarms", lambda: account.alarms(cloud)
        # Last, so that what the others caused is seen too.
        yield "function's log", lambda: function.recent_log(cloud, datetime.now(UTC))


def run_until_passed(site: Site, cloud: Cloud | None, slot: str, wait_s: float) -> list[Result]:
    """A new distribution takes a while to answer; until then the failing checks are repeated."""
    deadline = time.monotonic() + wait_s
    results = run_checks(site, cloud, slot)
    while (failing := failed(results)) and time.monotonic() < deadline:
        progress(f"waiting for {', '.join(failing)}")
        time.sleep(RETRY_S)
        results = run_checks(site, cloud, slot)
    return results
