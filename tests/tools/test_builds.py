"""Builds of the SPA: one after the other in one folder, the same bytes from every checkout."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import ROOT, output_of
from tools.common.build import SPA_BUILD, build_spa
from tools.common.console import Refused
from tools.sync.built_spa import read_build
from tools.sync.references import missing_references
from tools.sync.release import identity_of

LEFT_OUT = shutil.ignore_patterns("node_modules", "dist", "__pycache__")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy in which nothing is built yet; the packages are ours."""
    for name in ("tools", "spa", ".chalice"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=LEFT_OUT)
    (tmp_path / "chalicelib").symlink_to(ROOT / "chalicelib")
    (tmp_path / "spa/node_modules").symlink_to(ROOT / "spa/node_modules")
    return tmp_path


def build(checkout: Path, **environment: str) -> "subprocess.Popen[str]":
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        [sys.executable, "-m", "tools.local", "build"],
        cwd=checkout,
        env=os.environ | {"PATH": path} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def reader(checkout: Path) -> Iterator[list[str]]:
    """Reads the build again and again, as `stage` does before its plan; what it got, each time."""
    seen: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                files = read_build(checkout / "spa/dist")
                missing = missing_references({file.name: file.body for file in files})
                seen.append("refused" if missing else identity_of(files))
            except Refused:
                seen.append("refused")
            except BaseException as error:
                seen.append(repr(error))

    thread = threading.Thread(target=read)
    thread.start()
    yield seen
    stop.set()
    thread.join()


def test_two_builds_at_once_take_turns_and_nobody_reads_half_of_one(checkout: Path, reader: list[str]) -> None:
    """With what a shell may have set for other projects."""
    both = [build(checkout), build(checkout, NODE_ENV="development", npm_config_dry_run="true", VITE_X="1")]
    outputs = [output_of(process, 240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sum("waiting for the build that already runs in this folder" in output for output in outputs) == 1
    whole = identity_of(read_build(checkout / "spa/dist"))
    again = build(checkout)
    assert (output_of(again, 240), again.returncode)[1] == 0
    source = checkout / "spa/index.html"
    source.write_text(source.read_text().replace("<body", "<!-- other --><body"))
    other = build(checkout)
    assert (output_of(other, 240), other.returncode)[1] == 0
    assert set(reader) <= {"refused", whole, identity_of(read_build(checkout / "spa/dist"))}
    assert whole in reader


def test_a_build_that_lacks_any_one_of_its_files_is_refused() -> None:
    """Whichever a build that still runs, or a copy that broke off, has not brought yet: the others name it."""
    build_spa()
    bodies = {file.name: file.body for file in read_build(SPA_BUILD)}
    assert len(bodies) > 60
    for name in bodies:
        without = {other: body for other, body in bodies.items() if other != name}
        # These two are asked for by name.
        assert missing_references(without) or name in ("index.html", "sw.js"), name


def test_a_checkout_on_windows_has_the_same_bytes(tmp_path: Path) -> None:
    """As with `core.autocrlf`, which turns a text's line ends on checking out."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), "-c", "core.autocrlf=true", "-c", "core.eol=crlf", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    if not (ROOT / ".git").exists():
        pytest.skip("not in a git repository")
    names = git("ls-files", "*.ts", "*.py", "*.html", "*.css", "*.json", "*.yaml", "*.md", "*.svg", "*.sh").splitlines()
    (tmp_path / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    git(f"--work-tree={tmp_path}", "checkout-index", "-f", f"--prefix={tmp_path}/", "--", *names)
    turned = [name for name in names if b"\r\n" in (tmp_path / name).read_bytes()]
    assert not turned
