"""tools.dependencies: pins keep their comments when they are locked; what is not known is not called clean."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import dependencies
from tools.common.console import Refused

CLEAN: dict[str, Any] = {"name": "jinja2", "version": "3.1.6", "vulns": []}
HOLE = {"id": "CVE-2030-1", "fix_versions": ["3.1.7"]}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the borrowed tools say, by their name."""
    said: dict[str, Any] = {"pip-audit": {"dependencies": [CLEAN]}, "npm": {"vulnerabilities": {}}}

    def call(command: list[str], **_: Any) -> str:
        answer = said[Path(command[0]).name]
        return answer if isinstance(answer, str) else json.dumps(answer)

    monkeypatch.setattr(dependencies, "call", call)
    monkeypatch.setattr(dependencies, "borrow", lambda requirement: [requirement.partition("==")[0]])
    return said


def test_a_known_hole_is_told_and_fails(answers: dict[str, Any]) -> None:
    assert dependencies.audit() == []
    answers["pip-audit"] = {"dependencies": [CLEAN | {"vulns": [HOLE]}]}
    answers["npm"] = {"vulnerabilities": {"vite": {"severity": "high"}}}
    assert dependencies.audit() == ["jinja2 3.1.6: CVE-2030-1, fixed in ['3.1.7']", "npm: vite: high"]


def test_a_registry_without_advisories_is_not_taken_for_a_clean_bill(answers: dict[str, Any]) -> None:
    answers["npm"] = {"message": "405 Method Not Allowed"}
    with pytest.raises(Refused, match="npm audit could not look: 405"):
        dependencies.audit()
    answers["pip-audit"] = {"dependencies": [{"name": "jinja2", "skip_reason": "not found"}]}
    with pytest.raises(Refused, match="nothing could be learned of 1 packages, jinja2 the first"):
        dependencies.audit()


def test_locking_writes_the_hashes_and_keeps_comments_and_order(answers: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# Why.\nPyYAML==6.0.3 \\\n    --hash=sha256:old\n\n# More.\nattrs==26.1.0\n")
    answers["uv"] = (
        "attrs==26.1.0 \\\n    --hash=sha256:c\npyyaml==6.0.3 \\\n    --hash=sha256:b \\\n    --hash=sha256:a\n"
    )
    assert dependencies.lock(file)
    assert file.read_text() == (
        "# Why.\nPyYAML==6.0.3 \\\n    --hash=sha256:a \\\n    --hash=sha256:b\n\n"
        "# More.\nattrs==26.1.0 \\\n    --hash=sha256:c\n"
    )
    assert not dependencies.lock(file)
