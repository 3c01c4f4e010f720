"""The built SPA in a folder: read as it can be released, or refused with the names of what cannot."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from tools.common.build import SPA_STAMP
from tools.common.console import Refused, first_few
from tools.edge.routing import DEFAULT, is_file, route_of
from tools.sync.layout import CONTENT_TYPES, PAGE, POOL, WORKER, SpaFile, suffix_of

# A name must be the same in a URL, in CloudFront's list of invalidations and in S3, without any encoding.
SAFE_NAME = re.compile(r"[A-Za-z0-9._~@-]+(/[A-Za-z0-9._~@-]+)*")
# S3's keys have 1024 bytes; the slot's name comes before ours.
MAX_NAME = 1000


def read_build(folder: Path) -> list[SpaFile]:
    """The files of a built SPA in the order to upload: pool, the slot's other files, index.html last."""
    if not (folder / PAGE).is_file():
        raise Refused(f"{folder} holds no built SPA: run `make build`")
    try:
        before = dict(entries(folder))
        if problems := [f"{name!r} {fault}" for name, seen in sorted(before.items()) if (fault := _fault(name, seen))]:
            raise Refused(f"the build cannot be released: {first_few(problems)}")
        files = [SpaFile(name, _read(folder, name)) for name in before]
        is_same = {name: _version(seen) for name, seen in before.items()} == {
            name: _version(seen) for name, seen in entries(folder)
        }
    except OSError as error:
        raise Refused(f"{folder} cannot be read ({error}): does a build still run?") from error
    if not is_same:
        raise Refused(f"{folder} changed while it was read: wait until the build is done")
    # The build puts it there last, under its name only when it is whole.
    if not any(file.name == WORKER and file.body for file in files):
        raise Refused(
            f"the build has no {WORKER}: it is not finished, or the devices that have the app would keep their "
            "release for good. To remove the worker, ship one that removes itself"
        )
    if not any(file.name == PAGE and file.body.strip() for file in files):
        raise Refused(f"{PAGE} of the build is empty: run `make build`")
    return sorted(files, key=lambda file: (not file.pooled, file.name == PAGE, file.name))


def entries(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """All that is in a folder and below, folders left out: its name, and what it is. Links are not followed.

    By os.scandir: pathlib takes three times as long for thousands of files.
    """
    return _entries(str(folder), "")


def _entries(folder: str, above: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as found:
        for entry in found:
            name = f"{above}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, f"{name}/")
            elif name != SPA_STAMP:
                yield name, entry.stat(follow_symlinks=False)


def _fault(name: str, seen: os.stat_result) -> str:
    """Why this cannot be released; empty when it can."""
    if stat.S_ISLNK(seen.st_mode):
        return "is a link: put the file itself there"
    if not stat.S_ISREG(seen.st_mode):
        return "is no plain file"
    if not SAFE_NAME.fullmatch(name) or len(name) > MAX_NAME:
        return "has a name that is not safe in an address: letters, digits and . _ ~ @ - only"
    if suffix_of(name) not in CONTENT_TYPES:
        return "has no content type: tools/sync/layout.py knows none for it"
    route = route_of(f"/{name}")
    if not name.startswith(POOL) and route is not DEFAULT:
        return f"would not be found: the edge sends /{name} elsewhere, by {route.pattern}"
    if not name.startswith(POOL) and not is_file(f"/{name}"):
        return f"would not be found: the edge answers /{name} with the SPA's page"
    return ""


def _version(seen: os.stat_result) -> tuple[int, int, int]:
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def _read(folder: Path, name: str) -> bytes:
    with open(f"{folder}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
        return file.read()
