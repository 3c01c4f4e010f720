"""What an upload does, file by file and with a reason, and how it is shown. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from tools.sync.layout import PAGE, SpaFile, paths_of
from tools.sync.release import Slot

LONGEST_LIST = 60


class Step(NamedTuple):
    action: str
    """upload, replace, keep, delete, or clash: the pool has other bytes under this name."""
    key: str
    reason: str


def plan(files: Sequence[SpaFile], pool: Mapping[str, str], slot: str, live: Mapping[str, str]) -> list[Step]:
    """What brings these files into the pool and the slot, in this order; `pool` and `live` are ETags by name."""
    steps = [_plan_file(file, pool, slot, live) for file in files]
    gone = sorted(set(live) - {file.name for file in files})
    return steps + [Step("delete", f"{slot}/{name}", "not part of this release") for name in gone]


def _plan_file(file: SpaFile, pool: Mapping[str, str], slot: str, live: Mapping[str, str]) -> Step:
    key = file.key(slot)
    found = pool.get(file.name) if file.pooled else live.get(file.name)
    if found is None:
        return Step("upload", key, "new in the pool" if file.pooled else "new in the slot")
    if found == file.info.etag:
        return Step("keep", key, "already in the pool" if file.pooled else "unchanged")
    if file.pooled:
        return Step("clash", key, "the pool has other bytes under this name")
    return Step("replace", key, "differs from what the slot holds")


def changed_names(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Files of a slot to write or delete, the page last."""
    names = [name for name in set(before) | set(after) if before.get(name) != after.get(name)]
    return sorted(names, key=lambda name: (name == PAGE, name))


def viewer_paths(slot: str, names: Iterable[str]) -> list[str]:
    """Exact paths to invalidate: as viewers ask, and as the viewer-request function rewrites: CloudFront wants both."""
    return sorted(path for name in names for path in (*paths_of(slot, name), f"/{slot}/{quote(name)}"))


def show_steps(steps: Sequence[Step]) -> list[str]:
    """The plan, file by file; what stays is only counted."""
    lines = [f"{step.action:8} {step.key}  ({step.reason})" for step in steps if step.action != "keep"]
    kept = len(steps) - len(lines)
    return shorten(lines) + ([f"  keep     {kept} files as they are"] if kept else [])


def show_swap(slot: str, live: Mapping[str, str], wanted: Slot) -> list[str]:
    """What is written to a slot whose assets are all in the pool; `live` are the ETags it shows."""
    names = changed_names(live, wanted.etags)
    lines = []
    for name in names:
        verb = "delete" if name not in wanted.pointers else "replace" if name in live else "create"
        lines.append(f"  {verb:8} {slot}/{name}")
    return [*lines, f"  invalidate {', '.join(viewer_paths(slot, names))}"]


def shorten(lines: Sequence[str]) -> list[str]:
    """Indented; a long list is cut before its last lines, which are the slot's."""
    if len(lines) > LONGEST_LIST:
        lines = [*lines[: LONGEST_LIST - 10], f"… {len(lines) - LONGEST_LIST} more …", *lines[-10:]]
    return [f"  {line}" for line in lines]
