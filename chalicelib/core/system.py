"""The one clock and the one source of randomness. Tests put their own in its place."""

import random
import secrets
import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """In whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def monotonic_s() -> float:
    """Seconds that only grow, from an unknown start."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def random_token(size: int) -> str:
    """So many random bytes as URL-safe text."""
    return secrets.token_urlsafe(size)


def sortable_id() -> str:
    """Unlike any other; of two, the one that was made later sorts behind, also within a second."""
    return f"{time.time_ns():019d}-{secrets.token_hex(8)}"


def random_hex(size: int) -> str:
    """So many random bytes as hexadecimal text."""
    return secrets.token_hex(size)


def random_bytes(size: int) -> bytes:
    return secrets.token_bytes(size)


def random_between(low: float, high: float) -> float:
    """Spreads load; never for a secret."""
    return random.uniform(low, high)  # noqa: S311
