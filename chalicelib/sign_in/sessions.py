"""The session of a signed-in admin. A module of its own: every request needs it, and few need to sign in."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.core import times
from chalicelib.core.errors import NotSignedIn
from chalicelib.core.settings import settings
from chalicelib.sign_in import store

IDLE, ABSOLUTE, KEPT = timedelta(hours=12), timedelta(days=7), timedelta(days=30)
# A session's idle end is moved at most this often, so that hardly any reading of the board writes.
EXTEND_AFTER = timedelta(minutes=15)
_TOKEN_CHARS = 43


class Session(NamedTuple):
    admin: str
    expires_at: str
    token_hash: str

    def to_json(self) -> dict[str, str]:
        return {"role": "admin", "expires_at": self.expires_at}


def authenticate(headers: Mapping[str, str], *, now: datetime) -> Session:
    """The session of the bearer token. Raises NotSignedIn."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or len(token) != _TOKEN_CHARS or not token.isascii():
        raise NotSignedIn
    token_hash = digest(token)
    found = store.read_session(token_hash)
    if found is None:
        raise NotSignedIn
    session, idle_until_s = found
    now_s = int(now.timestamp())
    absolute_end_s = int(times.parse_instant(session["absolute_end"]).timestamp())
    # A changed password or second factor, or a removed admin, ends every session that was opened with the old one.
    same_password = hmac.compare_digest(session["fingerprint"], fingerprint(session["admin"]))
    if now_s >= min(idle_until_s, absolute_end_s) or not same_password:
        raise NotSignedIn
    if not session["kept"]:
        renewed_s = min(now_s + int(IDLE.total_seconds()), absolute_end_s)
        if renewed_s - idle_until_s > EXTEND_AFTER.total_seconds():
            store.extend_session(token_hash, renewed_s)
            idle_until_s = renewed_s
    expires_at = datetime.fromtimestamp(min(idle_until_s, absolute_end_s), tz=now.tzinfo)
    return Session(admin=session["admin"], expires_at=times.format_instant(expires_at), token_hash=token_hash)


def log_out(session: Session) -> None:
    store.delete_session(session.token_hash)


def fingerprint(name: str) -> str:
    """Changes with the password or second factor of an admin."""
    return digest(settings().admins.get(name, "") + settings().totp_secrets.get(name, ""))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
