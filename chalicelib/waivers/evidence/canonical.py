"""Canonical JSON (RFC 8785), so that a value has one spelling and one hash.

Floats are left out: a hash must not depend on how a float is written. Whole numbers go to 2^53 - 1, as in the RFC.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

MAX_INTEGER: Final = 2**53 - 1


def encode(value: object) -> bytes:
    """The canonical JSON of str, int, bool, None, lists and dicts, in UTF-8: no spaces, names sorted.

    Raises ValueError for anything else, for larger numbers and for half characters (lone surrogates).
    """
    try:
        return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _ordered(value: object) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return {name: _ordered(value[name]) for name in sorted(value, key=_utf16)}
    raise ValueError(f"canonical JSON cannot hold this {type(value).__name__}")


def _utf16(name: str) -> bytes:
    """RFC 8785 sorts names by their UTF-16 code units."""
    return name.encode("utf-16-be", "surrogatepass")


def text_hash(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def json_hash(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical JSON, in hex. Raises ValueError as `encode` does."""
    return hashlib.sha256(encode(content)).hexdigest()
