"""Requests in, responses out: sizes, types, headers; no rule of the business."""

import hmac
import ipaddress
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from chalice.app import Request, Response

from chalicelib.core import fields, times
from chalicelib.core.errors import BadInput, DomainError, Forbidden, NotJson, TooLarge
from chalicelib.core.settings import settings

MAX_JSON_BYTES, MAX_FORM_BYTES = 64 * 1024, 128 * 1024
# A field that is too long by itself is named; only for that it is read at all.
MAX_READ_BYTES = 512 * 1024
MAX_FORM_FIELDS = 100

# CloudFront sets them too; these are for errors, and for requests that reach the function by another way.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def check_origin(headers: Mapping[str, str]) -> None:
    """Refuses a request that did not come through the edge, where a secret for that is configured."""
    accepted = settings().origin_secrets
    given = headers.get("x-origin-verify", "").encode()
    # Each secret is compared, in constant time: the answer's time shows neither which one matched nor how far.
    matches = [hmac.compare_digest(given, secret.encode()) for secret in accepted]
    if accepted and not any(matches):
        raise Forbidden("Please use the public address of this service.")


def check_sender(headers: Mapping[str, str]) -> None:
    """Refuses a form that another site's page has sent. Browsers hide the origin of a page that sends no referrer."""
    scheme, _, rest = settings().base_url.partition("://")
    site = f"{scheme}://{rest.partition('/')[0]}".lower()
    if headers.get("origin", "null") not in ("null", site):
        raise Forbidden("Please send this form from its own page.")


def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object."""
    raw = _read_body(request, MAX_JSON_BYTES)
    if not raw.strip():
        return {}
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise NotJson("Send JSON, with Content-Type: application/json.")
    return parse_json(raw)


def parse_json(raw: bytes) -> dict[str, Any]:
    """One JSON object. Refuses NaN, Infinity, doubled keys, broken UTF-8 and endless nesting."""
    try:
        body = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        known = problem.args[0] if isinstance(problem, _NotStrictJson) else "it cannot be parsed"
        raise BadInput(message=f"The body is not valid JSON: {known}.") from None
    if not isinstance(body, dict):
        raise BadInput(message="The body must be a JSON object.")
    return body


class _NotStrictJson(ValueError):
    pass


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise _NotStrictJson("a field stands in it twice")
    return body


def _refuse_constant(name: str) -> Any:
    raise _NotStrictJson(f"{name} is not a JSON number")


def read_nothing(request: Request) -> None:
    """For a call that takes no fields: each one that is sent is refused by name."""
    fields.Form(read_json(request)).finish()


def read_form(request: Request, *, judged_later: str = "") -> dict[str, list[str]]:
    """The fields of a posted HTML form, each with all its values.

    What makes the form too large is refused as a whole, but for a field whose length is judged with the others.
    """
    raw = _read_body(request, MAX_READ_BYTES)
    try:
        form = parse_qs(
            raw.decode(), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError:
        raise BadInput(message="The form cannot be read: it is broken, or has too many fields.") from None
    if len(raw) - len(urlencode({judged_later: form.get(judged_later, [])}, doseq=True)) > MAX_FORM_BYTES:
        raise _too_large(MAX_FORM_BYTES)
    return form


def read_query(request: Request) -> dict[str, str]:
    """The query's fields. Raises BadInput for one that is given twice, as JSON and forms do."""
    query = request.query_params
    if query is None:
        return {}
    if doubled := [name for name in query if len(query.getlist(name)) > 1]:
        raise BadInput(dict.fromkeys(doubled, "is given twice"))
    return dict(query)


def _read_body(request: Request, max_bytes: int) -> bytes:
    raw = request.raw_body
    raw = raw.encode() if isinstance(raw, str) else raw
    if len(raw) > max_bytes:
        raise _too_large(max_bytes)
    return raw


def viewer_address(request: Request) -> str:
    """The address of the viewer, as `ipaddress` writes it.

    CloudFront appends the viewer's address to X-Forwarded-For, and API Gateway appends CloudFront's, its peer. So one
    entry at most is taken off: a client can invent all before the one that CloudFront wrote, and may well write the
    peer's address there. Without the edge's secret nothing of it is believed, nor where no address stands.
    """
    peer = str(request.context.get("identity", {}).get("sourceIp", ""))
    peer = _read_address(peer) or peer[:64]
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    if not settings().origin_secrets or not hops:
        return peer
    if len(hops) > 1 and _read_address(hops[-1]) == peer:
        hops.pop()
    return _read_address(hops[-1]) or peer


def _read_address(text: str) -> str:
    """An IP address in its one short form, without brackets and port; empty when it is none."""
    bracketed = re.fullmatch(r"\[(.*)\](:\d+)?", text)
    with_port = re.fullmatch(r"([\d.]+):\d+", text)
    found = bracketed or with_port
    try:
        # A zone ("fe80::1%eth0") may be any text, and means nothing on another machine.
        ip = ipaddress.ip_address((found[1] if found else text).partition("%")[0])
    except ValueError:
        return ""
    return str(ip.ipv4_mapped or ip) if ip.version == 6 else str(ip)


def json_response(text: str, status_code: int, headers: Mapping[str, str] | None = None) -> Response:
    """For a body that is JSON text already."""
    return Response(text, status_code=status_code, headers={"Content-Type": "application/json", **(headers or {})})


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"The body is larger than {max_bytes // 1024} KB.")


def csv_response(text: str, name: str) -> Response:
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers)


def text_response(text: str) -> Response:
    return Response(text, headers={"Content-Type": "text/plain; charset=utf-8"})


def html_response(text: str, status_code: int, headers: Mapping[str, str]) -> Response:
    return Response(text, status_code=status_code, headers={"Content-Type": "text/html; charset=utf-8", **headers})


def error_response(error: DomainError) -> Response:
    return Response(error.body(), status_code=error.STATUS_CODE, headers=dict(error.headers))


def failure_response() -> Response:
    message = "Something failed on our side. Nothing was lost; please try again."
    return Response({"Code": "InternalServerError", "Message": message}, status_code=500)


def operator_headers(now: datetime) -> dict[str, str]:
    """For the desk: the server's time, whatever the device thinks it is, and the operator's time zone and currency."""
    own = settings()
    return {"Operator-Time": times.format_zoned(now, own.timezone), "Operator-Currency": own.currency}


def add_security_headers(response: Response) -> Response:
    response.headers = {**_HEADERS, **response.headers}
    return response
