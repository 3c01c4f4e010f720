"""Which path goes where: the one table that the edge's template, `tools.edge`, the SPA and the tests hold to.

CloudFront takes the first behaviour whose pattern matches, so the order is part of the data; "*" is the default one.
"""

import functools
import re
from dataclasses import dataclass
from typing import Literal

# CloudFront's managed policies; their ids are the same in every account.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

READ_METHODS = ("GET", "HEAD")
ALL_METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE")
# Errors that CloudFront keeps by itself, for ten seconds unless told otherwise, whatever the cache policy says.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
KEPT_ERRORS = (404, 414, 500, 501, 502, 503, 504)
SECRET_HEADER = "X-Origin-Verify"  # noqa: S105 - its name


@dataclass(frozen=True)
class Route:
    pattern: str
    origin: Literal["api", "spa"]
    cache_policy: str
    request_policy: str = ""
    """The origin-request policy; without one, CloudFront sends the origin no query, no Authorization, no cookie."""
    methods: tuple[str, ...] = READ_METHODS
    headers: Literal["ApiHeaders", "PageHeaders"] = "PageHeaders"
    """The response-headers policy, by its name in edge.yaml."""
    has_function: bool = False
    """Whether viewer-request.js picks the slot and the page."""


ROUTES = (
    Route("/api/*", "api", CACHING_DISABLED, ALL_VIEWER_EXCEPT_HOST, ALL_METHODS, "ApiHeaders"),
    Route("/g/*/waiver", "api", CACHING_DISABLED, ALL_VIEWER_EXCEPT_HOST, ALL_METHODS, "ApiHeaders"),
    Route("/c/*", "api", CACHING_DISABLED, ALL_VIEWER_EXCEPT_HOST, ALL_METHODS, "ApiHeaders"),
    Route("/assets/*", "spa", CACHING_OPTIMIZED),
    Route("/_staging/*", "spa", CACHING_DISABLED, has_function=True),
    Route("/_preview/*", "spa", CACHING_DISABLED, has_function=True),
    Route("*", "spa", CACHING_OPTIMIZED, has_function=True),
)
DEFAULT = ROUTES[-1]
# Below these viewer-request.js knows pages only, whatever the path ends with.
PAGE_FOLDERS = ("/g/", "/events/")
# Files and pages of the default behaviour (spa/src/shell/pages.tsx); a behaviour that somebody added must not swallow
# them.
_ID = 22 * "A"
PAGES = (
    "/",
    "/index.html",
    "/sw.js",
    "/manifest.webmanifest",
    "/week",
    f"/events/{_ID}",
    f"/events/{_ID}/statement",
    f"/events/{_ID}/manifest",
    f"/events/{_ID}/dock-card",
    f"/events/{_ID}/waivers/{_ID}",
    "/payments",
    "/payments/owed",
    "/payments/to-clear",
    "/payments/reports",
    "/payments/deposit",
    "/payments/tips",
    "/people",
    "/boats",
    "/mail",
    "/waiver",
    "/waivers",
    "/settings",
    "/g/waiver",
    f"/g/{_ID}",
)


def route_of(path: str) -> Route:
    return next(route for route in ROUTES if matches(route.pattern, path))


def is_file(path: str) -> bool:
    """Whether viewer-request.js takes the path for a file of the slot; any other is a page of the SPA."""
    return bool(re.search(r"\.[a-z0-9]+\Z", path, re.ASCII | re.IGNORECASE)) and not path.startswith(PAGE_FOLDERS)


def compresses(path: str) -> bool:
    """Whether text gets to a browser compressed: by CloudFront where it caches, by the gateway where that answers."""
    route = route_of(path)
    return route.origin == "api" or route.cache_policy == CACHING_OPTIMIZED


def matches(pattern: str, path: str) -> bool:
    """CloudFront's rule: * is any text, ? any one character, case counts, the first slash may be left out."""
    parts = {"*": ".*", "?": "."}
    return bool(re.fullmatch("".join(parts.get(c) or re.escape(c) for c in _rooted(pattern)), path, re.DOTALL))


def covers(pattern: str, route: str) -> bool:
    """Whether every path of the route's pattern is one of this pattern."""
    return matches(pattern, _rooted(route).replace("*", "\0\0\0").replace("?", "\0"))


def overlaps(pattern: str, other: str) -> bool:
    """Whether some path is one of both patterns."""
    return _overlaps(_rooted(pattern), _rooted(other))


@functools.cache
def _overlaps(first: str, second: str) -> bool:
    if not first or not second:
        return not (first + second).strip("*")
    if first[0] == "*":
        return _overlaps(first[1:], second) or _overlaps(first, second[1:])
    if second[0] == "*":
        return _overlaps(second, first)
    return (first[0] == second[0] or "?" in (first[0], second[0])) and _overlaps(first[1:], second[1:])


def _rooted(pattern: str) -> str:
    return pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
