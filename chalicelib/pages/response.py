"""HTML pages that the function answers: one request each, with a policy that allows their own style and script only."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from chalice.app import Response

from chalicelib.core import http
from chalicelib.pages import templates


def page_response(
    room: str,
    template: str,
    *,
    style: str,
    script: str = "",
    has_worker: bool = False,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **data: Any,
) -> Response:
    """A page of a room. `style` and `script` stand inline in it; with a script it may ask the site, and only that.

    `has_worker` lets it register a service worker.
    """
    html = templates.render(room, template, style=style, script=script, **data)
    scripts = f"script-src 'sha256-{_hash(script)}'; connect-src 'self'; " if script else ""
    workers = "worker-src 'self'; " if has_worker else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; {scripts}{workers}img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return http.html_response(html, status_code, {"Content-Security-Policy": policy, **(headers or {})})


@cache
def _hash(text: str) -> str:
    """For a policy that allows this text inline and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
