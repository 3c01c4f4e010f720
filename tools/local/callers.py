"""Whom the local stack answers: it runs on somebody's computer, where pages of other sites are open too.

Such a page can send requests to any port of the machine, and can read answers where it makes its own name stand for
loopback (DNS rebinding). `Host`, `Origin`, `Referer` and `Sec-Fetch-…` are written by the browser; no page can choose
them. https://www.w3.org/TR/fetch-metadata/
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.core.settings import LOOPBACK
from tools.edge.routing import READ_METHODS, SECRET_HEADER

Headers = Iterable[tuple[str, str]]
"""Names and values, as they were sent."""


class Refusal(NamedTuple):
    status: int
    message: str


NOT_HERE = Refusal(421, "This answers to localhost only.")
NO_OTHER_SITE = Refusal(403, "A page of another site may not call this.")


def judge_viewer(method: str, headers: Headers) -> Refusal | None:
    """Why the front door does not answer. Other sites may link to a page here, and do nothing else."""
    sent = _by_name(headers)
    (host, *more_hosts) = sent.get("host", [""])
    if _name_of(host) not in LOOPBACK or more_hosts:
        return NOT_HERE
    # Browsers hide the origin of a page that sends no referrer; then Sec-Fetch-Site tells.
    if any(origin not in ("null", f"http://{host}") for origin in sent.get("origin", [])):
        return NO_OTHER_SITE
    is_own = all(site in ("same-origin", "none") for site in sent.get("sec-fetch-site", []))
    follows_link = (
        method in READ_METHODS
        and sent.get("sec-fetch-mode") == ["navigate"]
        and sent.get("sec-fetch-dest") == ["document"]
    )
    return None if is_own or follows_link else NO_OTHER_SITE


def judge_client(headers: Headers) -> Refusal | None:
    """Why the embedded AWS does not answer. No browser has business there, but for what came through the front door."""
    sent = _by_name(headers)
    (host, *more_hosts) = sent.get("host", [""])
    if is_distribution(host) and not more_hosts:
        # No page can give itself a name of CloudFront's.
        return None
    if _name_of(host) not in LOOPBACK or more_hosts:
        return NOT_HERE
    if SECRET_HEADER.lower() in sent:
        # The distribution asks its origin, in a viewer's name; a page would have to ask first whether it may send that.
        return None
    is_browsers = any(name in ("origin", "referer") or name.startswith("sec-fetch-") for name in sent)
    return NO_OTHER_SITE if is_browsers else None


def is_distribution(host: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9]+\.cloudfront\.net", _name_of(host)))


def _by_name(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value.strip())
    return found


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    return re.sub(r":\d+\Z", "", host.lower())
