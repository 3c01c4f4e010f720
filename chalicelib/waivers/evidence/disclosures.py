"""Personal fields that can be erased one by one: the disclosures of SD-JWT (RFC 9901).

A disclosure is the base64url text of the JSON `[salt, name, value]`. The payload that is logged holds only its digest,
under `_sd`. So a field can be forgotten and the payload, with all proofs of it, stays as it is. The salt keeps a
forgotten value from being found by trying.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from chalicelib.waivers.evidence import canonical

Value = str | int | bool | None

DIGESTS: Final = "_sd"
ALGORITHM: Final = "_sd_alg"
_SHA_256: Final = "sha-256"
# RFC 9901 section 4.2.1: names that no disclosed field may have.
_RESERVED: Final = {DIGESTS, ALGORITHM, "..."}


def make(name: str, value: Value, salt: str) -> str:
    """The disclosure of one field. RFC 9901 section 9.3 asks for a salt of at least 128 random bits."""
    return _to_base64url(canonical.encode([salt, name, value]))


def digest(disclosure: str) -> str:
    """SHA-256 of the disclosure's text as it stands, not of what it says (RFC 9901 section 4.2.3)."""
    return _to_base64url(hashlib.sha256(disclosure.encode("ascii")).digest())


def _to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def seal(
    payload: Mapping[str, object], fields: Mapping[str, Value], new_salt: Callable[[], str]
) -> tuple[dict[str, object], list[str]]:
    """The payload with the digests of these fields, and the fields' disclosures; both in the order of the digests.

    The order says nothing about the fields, so nobody learns which of them was erased.
    """
    if taken := fields.keys() & (payload.keys() | _RESERVED):
        raise ValueError(f"a payload cannot disclose {min(taken)!r}")
    made = sorted((make(name, value, new_salt()) for name, value in fields.items()), key=digest)
    return {**payload, DIGESTS: [digest(one) for one in made], ALGORITHM: _SHA_256}, made


def read(disclosures: Iterable[str]) -> dict[str, Value]:
    """The fields that are still disclosed, by name. Raises ValueError for a text that is no disclosure."""
    return dict(_read_one(disclosure) for disclosure in disclosures)


def _read_one(disclosure: str) -> tuple[str, Value]:
    padded = disclosure + "=" * (-len(disclosure) % 4)
    try:
        content = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (ValueError, RecursionError):
        raise ValueError("it is not a disclosure") from None
    match content:
        case [str(), str(name), None | str() | int() as value]:
            return name, value
    raise ValueError("it is not the disclosure of a field")


def find_fault(payload: Mapping[str, object], disclosures: Sequence[str]) -> str | None:
    """What is wrong with the disclosures of this payload, as the end of a sentence; None if nothing is.

    There may be fewer of them than digests: fields were erased. Whether the payload is what was logged, a proof says.
    """
    digests = payload.get(DIGESTS)
    if not isinstance(digests, list) or payload.get(ALGORITHM) != _SHA_256:
        return "its payload has no digests of its fields"
    seen: list[str] = []
    names = set(payload)
    for disclosure in disclosures:
        try:
            name, _ = _read_one(disclosure)
        except ValueError:
            return f"its field number {len(seen) + 1} was changed: it cannot be read"
        seen.append(digest(disclosure))
        if seen[-1] not in digests:
            return f"its field {name[:40]!r} was changed"
        if name in names:
            return f"its field {name[:40]!r} stands in it twice"
        names.add(name)
    return None if seen == sorted(seen) else "its fields were put in another order"
