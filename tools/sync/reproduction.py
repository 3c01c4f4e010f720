"""Of what a release was made, and building it again: the same commit gives the same release."""

import contextlib
import functools
import hashlib
import json
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.common.build import SPA_STAMP, fingerprint_of, spa_sources
from tools.common.cloud import ROOT
from tools.common.console import Refused
from tools.setup import SetupFailed, call
from tools.sync.built_spa import read_build
from tools.sync.release import MadeOf, Release, identity_of

# What makes the build, by the names of their packages.
BUILDERS = ("vite", "typescript", "preact")
DIRTY, STALE = "-dirty", "-stale"
COMMIT = re.compile(r"[0-9a-f]{7,40}")

Say = Callable[[str], None]


def own_commit() -> str:
    """What is checked out here; `-dirty` behind it: files differ from it, or there are more below spa."""
    commit = git("describe", "--always", f"--dirty={DIRTY}", "--abbrev=12", "--exclude=*") or "unknown"
    if not commit.endswith(DIRTY) and git("status", "--porcelain", "--", "spa"):
        return commit + DIRTY
    return commit


def built_commit(build: Path) -> str:
    """The commit that a build was made from; `-stale` behind it: its sources were not those that are here now."""
    with contextlib.suppress(OSError):
        if (build / SPA_STAMP).read_text() == fingerprint_of(spa_sources()):
            return own_commit()
    return own_commit() + STALE


@functools.cache
def made_of(root: Path = ROOT) -> MadeOf:
    """The lock files' hashes and the versions of what builds, in this checkout."""
    files = [*sorted(root.glob("requirements*.txt")), root / "spa/package-lock.json"]
    locks = {str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    tools = {"python": platform.python_version(), "node": _node_version()}
    for name in BUILDERS:
        with contextlib.suppress(OSError, ValueError, KeyError):
            tools[name] = json.loads((root / f"spa/node_modules/{name}/package.json").read_text())["version"]
    return MadeOf(locks, tools)


def _node_version() -> str:
    with contextlib.suppress(OSError, SetupFailed):
        return call("node", "--version").strip().removeprefix("v")
    return "unknown"


def install_packages(spa: Path) -> None:
    call("npm", "ci", "--include=dev", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", folder=spa)


def reproduce(record: Release, say: Say, install: Callable[[Path], None] = install_packages) -> str:
    """Builds the recorded commit in a worktree of its own; a sentence about it. Refused when another release comes out.

    `install` puts the packages of the lock file into a folder.
    """
    commit = buildable_commit(record)
    with worktree(commit) as folder:
        try:
            say(f"installing the packages of {commit}")
            install(folder / "spa")
            say(f"building {commit}")
            call("npm", "run", "build", folder=folder / "spa")
        except SetupFailed as error:
            raise Refused(f"{commit} cannot be built here: {str(error).strip().splitlines()[-1]}") from error
        built, here = identity_of(read_build(folder / "spa/dist")), made_of(folder)
    if built != record.release:
        others = differing_tools(record.made_of, here)
        why = f"; other tools than then: {', '.join(others)}" if others else ""
        raise Refused(f"{commit} builds {built}, not {record.release}{why}")
    return f"{commit} builds {record.release} again"


def names_commit(text: str) -> bool:
    """Whether this is a commit that can be built again."""
    return bool(COMMIT.fullmatch(text))


def buildable_commit(record: Release) -> str:
    what = f"release {record.release}, staged by {record.by} at {record.at}"
    if DIRTY in record.commit:
        raise Refused(
            f"{what}, was built from changes that no commit holds, on top of {record.commit.partition('-')[0]}"
        )
    if STALE in record.commit:
        raise Refused(f"{what}, was built from other sources than the checkout's: nobody knows its commit")
    if not names_commit(record.commit):
        raise Refused(f"the record of {what}, names no commit")
    return record.commit


def differing_tools(then: MadeOf, now: MadeOf) -> list[str]:
    return [
        f"{name} {version}, here {now.tools.get(name, 'none')}"
        for name, version in then.tools.items()
        if now.tools.get(name) != version
    ]


@contextlib.contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """What the commit holds, and nothing else, until the end."""
    above = Path(tempfile.mkdtemp(prefix="scc-build-"))
    folder = above / "checkout"
    try:
        # Not the hooks of whoever works here.
        if git("-c", "core.hooksPath=/dev/null", "worktree", "add", "--detach", str(folder), commit) is None:
            raise Refused(f"commit {commit} is not in this repository: `git fetch` it")
        yield folder
    finally:
        git("worktree", "remove", "--force", str(folder))
        shutil.rmtree(above, ignore_errors=True)


def git(*arguments: str) -> str | None:
    """Its output; None when it fails or there is no git."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
