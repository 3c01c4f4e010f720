"""Releases and journal entries as the bucket keeps them: JSON with a format number."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tools.common.console import Refused
from tools.sync.layout import SLOTS, FileInfo
from tools.sync.release import Act, Head, MadeOf, Proof, Release, Slot

# What is written; those before it can be read, as what they lack has a default.
FORMAT = 3
Decoded = TypeVar("Decoded")


def encode_release(release: Release) -> bytes:
    return _encode(release)


def decode_release(text: bytes) -> Release:
    def build(data: dict[str, Any]) -> Release:
        data["files"] = {name: FileInfo(**info) for name, info in data["files"].items()}
        data["pointers"] = _pointers(data["pointers"])
        if "made_of" in data:
            data["made_of"] = MadeOf(**data["made_of"])
        return Release(**data)

    return _decode(text, "release record", build)


def encode_head(head: Head) -> bytes:
    return _encode(head)


def decode_head(text: bytes) -> Head:
    def build(data: dict[str, Any]) -> Head:
        for name in (*SLOTS, "before"):
            if data.get(name):
                data[name] = Slot(**{**data[name], "pointers": _pointers(data[name]["pointers"])})
        data["proof"] = Proof(**data["proof"]) if data["proof"] else None
        data["history"] = tuple(Act(**act) for act in data["history"])
        return Head(**data)

    return _decode(text, "journal", build)


def _encode(data: Release | Head) -> bytes:
    return json.dumps({"format": FORMAT, **_plain(data)}, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    """As JSON holds it: a named tuple is an object, bytes are base64."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _decode(text: bytes, what: str, build: Callable[[dict[str, Any]], Decoded]) -> Decoded:
    try:
        data = json.loads(text)
        if data.pop("format") in range(1, FORMAT + 1):
            return build(data)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Refused(f"the {what} in the bucket is damaged: it cannot be read") from None
    raise Refused(f"the {what} was written by a newer tools.sync: update this checkout")


def _pointers(data: Mapping[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(body) for name, body in data.items()}
