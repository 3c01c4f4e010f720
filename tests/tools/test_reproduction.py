"""A release's record says of what it was made, and its commit, built again, is the same release."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.releases import Site, new_site, write_build
from tests.support.running import ROOT
from tools.common.build import SPA_STAMP
from tools.common.console import Refused
from tools.local.embedded import EmbeddedAws
from tools.setup import call
from tools.sync import records, release, reproduction
from tools.sync.built_spa import read_build
from tools.sync.layout import SpaFile
from tools.sync.release import MadeOf, Release, identity_of
from tools.sync.reproduction import built_commit, made_of, own_commit, reproduce

WHO = release.Who("ana", "2026-06-01T10:00:00Z", "c0ffee", "n1")
LEFT_OUT = shutil.ignore_patterns("node_modules", "dist", "*.tsbuildinfo")


@pytest.fixture
def site(embedded_aws: EmbeddedAws, tmp_path: Path) -> Iterator[Site]:
    with new_site(embedded_aws, tmp_path / "home") as site:
        yield site


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "core.hooksPath=/dev/null")
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "as it is")
        return self.git("rev-parse", "--short=12", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """With the SPA's sources in it, and no commit yet."""
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / "spa", folder / "spa", ignore=LEFT_OUT)
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, folder)
    monkeypatch.setattr(reproduction, "ROOT", folder)
    return Repository(folder)


def link_packages(spa: Path) -> None:
    """Those of this checkout, whose lock file is the same."""
    (spa / "node_modules").symlink_to(ROOT / "spa/node_modules")


def recorded(release_id: str, commit: str, tools: dict[str, str] | None = None) -> Release:
    return Release(release_id, "ana", "2026-06-01T10:00:00Z", commit, {}, {}, {}, MadeOf({}, tools or {}))


def test_a_commit_built_again_is_the_same_release_and_another_one_is_told(repository: Repository) -> None:
    first = repository.commit()
    link_packages(repository.folder / "spa")
    call("npm", "run", "build", folder=repository.folder / "spa")
    built = identity_of(read_build(repository.folder / "spa/dist"))
    said: list[str] = []
    assert reproduce(recorded(built, first), said.append, link_packages) == f"{first} builds {built} again"
    assert said == [f"installing the packages of {first}", f"building {first}"]

    (repository.folder / "spa/node_modules").unlink()
    page = repository.folder / "spa/index.html"
    page.write_text(page.read_text().replace("<title>Your charter<", "<title>Your sail<"))
    second = repository.commit()
    with pytest.raises(
        Refused, match=rf"{second} builds \w{{12}}, not {built}; other tools than then: node 1\.2, here"
    ):
        reproduce(recorded(built, second, {"node": "1.2"}), said.append, link_packages)
    # What was built in is gone.
    assert len(repository.git("worktree", "list").splitlines()) == 1


@pytest.mark.parametrize(
    ("commit", "reason"),
    [
        ("0123456789ab-dirty", r"built from changes that no commit holds, on top of 0123456789ab"),
        ("0123456789ab-stale", r"built from other sources than the checkout's"),
        ("0123456789ab-dirty-stale", r"built from changes that no commit holds"),
        ("", "names no commit"),
        ("unknown", "names no commit"),
        ("--help", "names no commit"),
        ("0123456789ab", r"commit 0123456789ab is not in this repository: `git fetch` it"),
    ],
)
def test_what_cannot_be_built_again_is_refused_with_the_reason(
    repository: Repository, commit: str, reason: str
) -> None:
    repository.commit()
    with pytest.raises(Refused, match=reason) as refused:
        reproduce(recorded("0123456789ab", commit), lambda _: None, link_packages)
    assert len(str(refused.value).splitlines()) == 1


def test_a_commit_is_dirty_as_soon_as_a_build_of_it_could_differ(repository: Repository) -> None:
    commit = repository.commit()
    assert own_commit() == commit
    (repository.folder / "notes.txt").write_text("not of the build")
    assert own_commit() == commit
    more = repository.folder / "spa/src/more.ts"
    more.write_text("export {};")
    assert own_commit() == f"{commit}-dirty"
    more.unlink()
    (repository.folder / "spa/index.html").write_text("other")
    assert own_commit() == f"{commit}-dirty"


def test_a_build_of_other_sources_than_those_here_names_no_commit_of_its_own(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, dist = repository.commit(), repository.folder / "spa/dist"
    monkeypatch.setattr(reproduction, "fingerprint_of", lambda _: "now")
    dist.mkdir()
    assert built_commit(dist) == f"{commit}-stale"
    (dist / SPA_STAMP).write_text("before")
    assert built_commit(dist) == f"{commit}-stale"
    (dist / SPA_STAMP).write_text("now")
    assert built_commit(dist) == commit


def test_a_record_names_lock_files_and_tools(site: Site, tmp_path: Path) -> None:
    ana = site.releaser()
    staged = ana.stage(read_build(write_build(tmp_path / "one", "one")))
    found = ana.bucket.record(staged.release).made_of
    assert found == made_of()
    lock = ROOT / "spa/package-lock.json"
    assert found.locks["spa/package-lock.json"] == hashlib.sha256(lock.read_bytes()).hexdigest()
    assert {"requirements.txt", "requirements-local.txt"} <= set(found.locks)
    assert re.fullmatch(r"\d+\.\d+\.\d+", found.tools["node"])
    assert {"python", "vite", "typescript", "preact"} <= set(found.tools)


def test_a_record_of_an_earlier_tool_says_nothing_of_them() -> None:
    one = release.release_of([SpaFile("index.html", b"<p>")], WHO, {})
    text = (
        records.encode_release(one)
        .replace(f'"format":{records.FORMAT}'.encode(), b'"format":1')
        .replace(b',"made_of":{"locks":{},"tools":{}}', b"")
    )
    assert b"made_of" not in text
    assert records.decode_release(text) == one


def test_the_tool_itself_tells_in_one_line_what_it_cannot_build(site: Site, tmp_path: Path) -> None:
    ana = site.releaser()._replace(commit=lambda: "0123456789ab")
    staged = ana.stage(read_build(write_build(tmp_path / "one", "one")))
    for asked, reason in ((staged.release, "commit 0123456789ab is not in this repository"), ("none", "is no release")):
        refused = site.sync("reproduce", asked)
        assert refused.returncode == 1
        assert reason in refused.stderr
        assert len(refused.stderr.splitlines()) == 1


def test_what_make_run_placed_from_a_commit_needs_no_other_note_of_it(site: Site, tmp_path: Path) -> None:
    build = read_build(write_build(tmp_path / "one", "one"))
    shown: list[str] = []
    ana = site.releaser(ask=shown.extend, open_slot=None)._replace(commit=lambda: "0123456789ab")
    ana.place(build)
    assert not ana.stage(build).changed
    assert shown == []


@pytest.mark.parametrize("between", [False, True])
def test_a_release_that_was_staged_from_changes_and_later_from_their_commit_can_be_built_again(
    site: Site, tmp_path: Path, between: bool
) -> None:
    """Its record never changes; the journal names the commit."""
    build = read_build(write_build(tmp_path / "one", "one"))
    ana = site.releaser()._replace(commit=lambda: "0123456789ab-dirty")
    staged = ana.stage(build)
    if between:
        ana.stage(read_build(write_build(tmp_path / "two", "two")))
    assert "built from changes that no commit holds" in site.sync("reproduce", staged.release).stderr
    shown: list[str] = []
    committed = ana._replace(commit=lambda: "0123456789ab", ask=shown.extend)
    assert committed.stage(build).changed
    assert between or any("0123456789ab builds it" in line for line in shown)
    assert ana.bucket.record(staged.release).commit == "0123456789ab-dirty"
    assert "commit 0123456789ab is not in this repository" in site.sync("reproduce", staged.release).stderr
    assert ana.bucket.head().starts
    for again in (committed, ana):
        assert not again.stage(build).changed
