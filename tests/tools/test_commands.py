"""Every command explains itself, and what the README tells to type exists."""

import gc
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.running import ROOT

TOOLS = ROOT / "tools"
COMMANDS = sorted(
    [path.stem for path in TOOLS.glob("*.py") if '__name__ == "__main__"' in path.read_text()]
    + [path.parent.name for path in TOOLS.glob("*/__main__.py")]
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"tools.{name}", "--help"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
    assert len(done.stdout.splitlines()) > 3


# make starts setup, before there is anything that it could import.
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "setup"])
def test_a_reader_that_has_seen_enough_is_no_error(name: str) -> None:
    """As with `| head`: the pipe is closed before anything is written."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", f"tools.{name}", "--help"],
        cwd=ROOT,
        check=False,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    os.close(writing)
    assert done.stderr == ""


def test_the_readme_names_all_that_is_to_be_installed_by_hand() -> None:
    assert "sudo apt-get install python3 python3-venv git make" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "password"])
def test_wrong_usage_exits_2(name: str, monkeypatch: pytest.MonkeyPatch, thresholds: None) -> None:
    monkeypatch.setattr("sys.argv", [name, "--no-such-option"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"tools.{name}", run_name="__main__")
    assert ended.value.code == 2


@pytest.fixture
def thresholds() -> Iterator[None]:
    """Of the garbage collector, which a command sets for itself."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize(
    "page", ["README.md", "CHANGELOG.md", ".env.example", "docs/releases.md", "docs/deploy.md", "docs/security.md"]
)
def test_commands_in_the_docs_exist(page: str) -> None:
    if not (ROOT / page).is_file():
        pytest.skip(f"there is no {page}")
    text = (ROOT / page).read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|\s)(?:[A-Z]+=\S+ )*make ([a-z]+)\b(?=[`\s]|$)", text, re.MULTILINE))
    in_code = {target for target in named if re.search(rf"[`\n ](?:[A-Z]+=\S+ )*make {target}", text)}
    assert not {target for target in in_code if f"`make {target}" in text} - targets
    for tool in re.findall(r"python -m tools\.(\w+)", text):
        assert tool in COMMANDS, f"{page} names tools.{tool}"
