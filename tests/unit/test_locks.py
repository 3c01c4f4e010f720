"""What is installed is the very bytes that were chosen: every package is pinned by its hash."""

import base64
import json
import re
from pathlib import Path

import pytest

from tests.support.running import ROOT

FILES = sorted(ROOT.glob("requirements*.txt"))
PIN = re.compile(r"[A-Za-z0-9._-]+==[^\s;]+((?: --hash=sha256:[0-9a-f]{64})+)")


def requirements(file: Path) -> list[str]:
    """One line each, as pip reads it."""
    joined = re.sub(r"\\\n\s*", "", file.read_text())
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_python_package_is_pinned_with_its_hashes(file: Path) -> None:
    lines = requirements(file)
    assert lines
    for line in lines:
        assert PIN.fullmatch(line), line[:60]


def test_every_package_of_the_spa_has_its_integrity() -> None:
    packages = json.loads((ROOT / "spa/package-lock.json").read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if "node_modules/" in name and "link" not in package}
    assert fetched
    for name, package in fetched.items():
        kind, _, digest = package["integrity"].partition("-")
        assert (kind, len(base64.b64decode(digest))) == ("sha512", 64), name


def test_the_function_needs_few_packages_and_none_that_is_compiled_but_markupsafe() -> None:
    names = {re.split("==", line)[0] for line in requirements(ROOT / "requirements.txt")}
    assert names == {"Jinja2", "MarkupSafe", "icalendar", "mistune", "pyotp", "python-dateutil", "six", "tzdata"}
