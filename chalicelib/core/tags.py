"""Short proofs that a text came from us (HMAC)."""

import hashlib
import hmac

from chalicelib.core.settings import settings


def tag(text: str) -> str:
    """What later shows that this text came from us. The key is made of secrets that every function has."""
    secrets = [*sorted(settings().admins.values()), *settings().origin_secrets]
    key = hashlib.sha256("\n".join(secrets).encode()).digest()
    return hmac.new(key, text.encode(), "sha256").hexdigest()[:32]


def is_tag(text: str, given: str) -> bool:
    return hmac.compare_digest(tag(text).encode(), given.encode())
