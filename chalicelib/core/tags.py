"""Short proofs that a text came from us (HMAC)."""

import hashlib
import hmac

from chalicelib.core.settings import settings


def tag(text: str) -> str:
    """What shows later that this text came from us. The secrets behind it are those that every function has."""
    here = settings()
    key = hashlib.sha256("\n".join([*sorted(here.admins.values()), *here.origin_secrets]).encode()).digest()
    return hmac.new(key, text.encode(), "sha256").hexdigest()[:32]


def is_tag(text: str, given: str) -> bool:
    return hmac.compare_digest(tag(text).encode(), given.encode())
