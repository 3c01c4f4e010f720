"""What differs between two releases, file by file. Pure."""

import difflib
import re
from collections.abc import Mapping
from typing import NamedTuple

from tools.sync.layout import FileInfo

HASHED = r"^(.+)-[\w-]{8}(\.\w+(?:\.map)?)$"


def plain_name(name: str) -> str:
    """`assets/index-C7tlzI37.js` without the hash that Vite put in."""
    return re.sub(HASHED, r"\1\2", name)


class Pair(NamedTuple):
    state: str
    before: str | None
    after: str | None


def pair(a: Mapping[str, FileInfo], b: Mapping[str, FileInfo]) -> list[Pair]:
    """Files of a and b side by side: by their names, the rest by their plain names."""
    pairs = [
        Pair("same" if a[name].sha256 == b[name].sha256 else "changed", name, name) for name in sorted(set(a) & set(b))
    ]
    waiting: dict[str, list[str]] = {}
    for name in sorted(set(a) - set(b)):
        waiting.setdefault(plain_name(name), []).append(name)
    for name in sorted(set(b) - set(a)):
        partner = waiting.get(plain_name(name))
        if partner:
            before = partner.pop(0)
            pairs.append(Pair("renamed" if a[before].sha256 == b[name].sha256 else "changed", before, name))
        else:
            pairs.append(Pair("added", None, name))
    pairs += [Pair("removed", name, None) for names in waiting.values() for name in names]
    return sorted(pairs, key=lambda one: one.after or one.before or "")


def unified(one: Pair, before: bytes, after: bytes, width: int = 400) -> list[str]:
    """A unified diff of two texts; a minified line is cut."""
    lines = difflib.unified_diff(
        before.decode(errors="replace").splitlines(),
        after.decode(errors="replace").splitlines(),
        f"a/{one.before or one.after}",
        f"b/{one.after or one.before}",
        lineterm="",
    )
    return [line if len(line) <= width else f"{line[:width]}… ({len(line)} characters)" for line in lines]
