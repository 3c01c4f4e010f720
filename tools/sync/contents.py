"""The files of a build, a slot or a release, wherever they are: for `diff` and for `pull`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tools.sync.bucket import Bucket
from tools.sync.built_spa import read_build
from tools.sync.layout import POOL, SLOTS, FileInfo, SpaFile
from tools.sync.references import references
from tools.sync.release import Live, Release, identity_of


class Contents(NamedTuple):
    name: str
    """What it is called: a slot's name with what it holds, a release's id, or local."""
    token: str | None
    """The release's id, or what stands for files without a record; None where a slot holds nothing."""
    files: Mapping[str, FileInfo]
    read: Callable[[str], bytes]
    """A file's bytes, by its name."""


def find_contents(bucket: Bucket, name: str, build: Path) -> Contents:
    """`name` is local, a slot or a release's id."""
    if name == "local":
        files = {file.name: file for file in read_build(build)}
        infos = {key: file.info for key, file in files.items()}
        return Contents("local", identity_of(files.values()), infos, lambda key: files[key].body)
    if name in SLOTS:
        return slot_contents(bucket, name)
    return recorded(bucket, name, bucket.record(name))


def slot_contents(bucket: Bucket, slot: str) -> Contents:
    head, seen = bucket.look()
    held, live = head.slot(slot), seen[slot]
    if held and live.kind in ("recorded", "unsettled"):
        return recorded(bucket, f"{slot} ({held.describe()})", bucket.record(held.release))
    bodies = crawl(bucket, slot, live)
    infos = {key: SpaFile(key, body).info for key, body in bodies.items()}
    return Contents(f"{slot} ({live.token or 'empty'})", live.token, infos, bodies.__getitem__)


def recorded(bucket: Bucket, name: str, record: Release) -> Contents:
    def read(key: str) -> bytes:
        return record.pointers[key] if key in record.pointers else bucket.read(key)

    return Contents(name, record.release, record.files, read)


def crawl(bucket: Bucket, slot: str, live: Live) -> dict[str, bytes]:
    """The files of a slot that was filled without this tool: its own, and all that they name in turn."""
    found: dict[str, bytes] = {}
    pool = bucket.pool_etags()
    wave = set(live.etags)
    while wave:
        found |= {name: bucket.read(name if name.startswith(POOL) else f"{slot}/{name}") for name in wave}
        named = {each for name in wave for each in references(name, found[name])}
        wave = {name for name in named if name in pool and name not in found}
    return found
