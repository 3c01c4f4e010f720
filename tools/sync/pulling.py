"""The live files into a folder of this machine: written beside it, then put into its place."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from tools.common.console import Refused, first_few
from tools.sync.bucket import Bucket
from tools.sync.built_spa import entries
from tools.sync.contents import Contents, slot_contents
from tools.sync.layout import SpaFile
from tools.sync.releaser import Memory

READERS = 16
# What each folder got by the last pull: file names and their SHA-256, by the folder's path.
NOTES = "pulled"


def pull(bucket: Bucket, memory: Memory, slot: str, into: Path | None) -> tuple[str, str]:
    """Returns what these files are, and a sentence about them. Without `into`, beside what is remembered.

    Refused before anything is written when the folder holds anything that no pull of this copy put there.
    """
    notes = memory.read(NOTES)
    try:
        folder = (into or memory.folder / "pulled" / slot).resolve()
        if into is not None:
            _require_replaceable(folder, notes.get(str(folder), {}))
        contents = slot_contents(bucket, slot)
        if contents.token is None:
            raise Refused(f"{slot} is empty: nothing to pull")
        draft = folder.with_name(f"{folder.name}.{os.urandom(4).hex()}")
        try:
            _write(contents, draft)
            _swap(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except (OSError, RuntimeError) as error:
        raise Refused(f"{into} cannot be written: {error}") from error
    memory.write(NOTES, notes | {str(folder): {name: info.sha256 for name, info in contents.files.items()}})
    return contents.token, f"{len(contents.files)} files of {contents.name} are in {folder}; it is the base now"


def _require_replaceable(folder: Path, pulled: Mapping[str, str]) -> None:
    if Path.cwd().is_relative_to(folder):
        raise Refused(f"{folder} is where you are: name a folder of its own, such as pulled")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    foreign = sorted(name for name, _ in entries(folder) if not _is_as_pulled(folder / name, pulled.get(name)))
    if foreign:
        raise Refused(
            f"{folder} holds what no pull put there: {first_few(foreign)}. Nothing was changed; "
            "name a new or an empty folder"
        )


def _is_as_pulled(path: Path, sha256: str | None) -> bool:
    is_plain = path.is_file() and not path.is_symlink()
    return is_plain and sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def _write(contents: Contents, draft: Path) -> None:
    def fetch(name: str) -> None:
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise Refused(f"{name!r} would be written outside of the folder: nothing was pulled")
        body = contents.read(name)
        if SpaFile(name, body).info.sha256 != contents.files[name].sha256:
            raise Refused(f"{name} is not what was released: nothing was pulled")
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    with ThreadPoolExecutor(READERS) as workers:
        list(workers.map(fetch, contents.files))


def _swap(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    old = draft.with_name(f"{draft.name}.old")
    folder.rename(old)
    try:
        draft.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
