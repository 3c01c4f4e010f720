"""Private links: whoever has one sees a person's page, or a calendar of a boat or of the desk.

A link is made of a secret, the record's id and the number of times that it was renewed. So an admin can always see it,
and nothing in the table opens it.
"""

import base64
import hmac
import re
from typing import Literal

from chalicelib.core.settings import settings

LinkKind = Literal["person", "boat", "desk"]
# What pages and calendars behind them show.
DAYS_BACK, DAYS_AHEAD = 30, 366
_TOKEN = re.compile(r"(?:([pb])([\w-]{22})|d)[\w-]{43}", re.ASCII)


def page_url(kind: LinkKind, record_id: str, link_number: int) -> str:
    return f"{settings().base_url}/c/{make_token(kind, record_id, link_number)}"


def feed_url(kind: LinkKind, record_id: str, link_number: int) -> str:
    return f"{page_url(kind, record_id, link_number)}.ics"


def make_token(kind: LinkKind, record_id: str, link_number: int) -> str:
    """One letter for the kind, the id (the desk has none), and what only we can make (256 bits)."""
    proof = hmac.digest(_key(), f"{kind}|{record_id}|{link_number}".encode(), "sha256")
    return kind[0] + record_id + base64.urlsafe_b64encode(proof).decode().rstrip("=")


def parse_token(token: str) -> tuple[LinkKind, str] | None:
    """The kind and the id that a token names, whether or not it `opens` anything; None if it is no token."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    kinds: dict[str | None, LinkKind] = {"p": "person", "b": "boat", None: "desk"}
    return kinds[match[1]], match[2] or ""


def opens(token: str, kind: LinkKind, record_id: str, link_number: int) -> bool:
    """Whether the token was made for this record and not renewed since. In constant time."""
    return hmac.compare_digest(token, make_token(kind, record_id, link_number))


def _key() -> bytes:
    """Without a secret of its own it is made of the admins' passwords; then links change with a password."""
    if settings().link_secret:
        return settings().link_secret.encode()
    return hmac.digest("\n".join(sorted(settings().admins.values())).encode(), b"private links", "sha256")
