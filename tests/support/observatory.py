"""Response headers graded as the HTTP Observatory does, from its published scoring.

https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring: a score of 100, less the penalties; from 90 on,
the bonuses are added. Left out is what one answer cannot show: redirection to HTTPS, and whether HSTS is preloaded.
"""

import re
from collections.abc import Mapping

BONUSES_FROM = 90
SIX_MONTHS_S = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}
UNSAFE = BROAD | {"data:", "'unsafe-inline'"}


def score(headers: Mapping[str, str], html: str) -> int:
    found = {name.lower(): value for name, value in headers.items()}
    policy = parse_policy(found.get("content-security-policy", ""))
    modifiers = [
        content_security_policy(policy),
        cookies(found),
        -50 if found.get("access-control-allow-origin") == "*" else 0,
        cross_origin_resource_policy(found),
        referrer_policy(found),
        strict_transport_security(found),
        subresource_integrity(html if "html" in found.get("content-type", "") else ""),
        0 if found.get("x-content-type-options") == "nosniff" else -5,
        frame_options(found, policy),
    ]
    punished = 100 + sum(one for one in modifiers if one < 0)
    return max(0, punished + sum(one for one in modifiers if one > 0) if punished >= BONUSES_FROM else punished)


def parse_policy(text: str) -> dict[str, set[str]]:
    directives = [part.split() for part in text.split(";") if part.strip()]
    return {name.lower(): set(sources) for name, *sources in directives}


def content_security_policy(policy: Mapping[str, set[str]]) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    script, style, objects = (policy.get(name, default) for name in ("script-src", "style-src", "object-src"))
    if without_hashed_inline(script) & UNSAFE or objects & BROAD:
        return -20
    everything = set().union(*policy.values())
    if any(source.startswith(("http:", "ftp:")) for source in everything):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    if without_hashed_inline(style) & UNSAFE:
        return 0
    return 10 if default == {"'none'"} else 5


def without_hashed_inline(sources: set[str]) -> set[str]:
    """Browsers that know a nonce or a hash pass over 'unsafe-inline'."""
    hashed = any(source.startswith(("'sha", "'nonce-")) for source in sources)
    return sources - {"'unsafe-inline'"} if hashed else sources


def cookies(headers: Mapping[str, str]) -> int:
    given = headers.get("set-cookie", "").lower()
    if not given:
        return 0
    if "secure" not in given:
        return -40
    return (5 if "samesite" in given else 0) if "httponly" in given else -30


def cross_origin_resource_policy(headers: Mapping[str, str]) -> int:
    given = headers.get("cross-origin-resource-policy", "")
    return {"": 0, "cross-origin": 0, "same-origin": 10, "same-site": 10}.get(given, -5)


def referrer_policy(headers: Mapping[str, str]) -> int:
    given = headers.get("referrer-policy", "")
    if not given:
        return 0
    return 5 if given in PRIVATE else -5


def strict_transport_security(headers: Mapping[str, str]) -> int:
    age = re.search(r"max-age=(\d+)", headers.get("strict-transport-security", ""))
    if not age:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS_S else -10


def subresource_integrity(html: str) -> int:
    """Of scripts from elsewhere; those of the site itself need none."""
    scripts = re.findall(r"<script\b[^>]*\bsrc=[\"']?([^\"'\s>]+)[^>]*>", html)
    foreign = [source for source in scripts if source.startswith(("http:", "https:", "//"))]
    return -50 if any(not source.startswith("https:") for source in foreign) else -5 if foreign else 0


def frame_options(headers: Mapping[str, str], policy: Mapping[str, set[str]]) -> int:
    if "frame-ancestors" in policy and not policy["frame-ancestors"] & BROAD:
        return 5
    return 0 if headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN") else -20
