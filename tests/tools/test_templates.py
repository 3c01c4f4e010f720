"""The CloudFormation templates: what is waived is explained, and a finding is no success."""

import sys
from pathlib import Path

import pytest
import yaml

from tests.support.running import ROOT
from tools import templates
from tools.common.console import Refused


def test_each_rule_that_is_waived_has_its_reason_above_it() -> None:
    lines = templates.WAIVED.read_text().splitlines()
    waived = yaml.safe_load(templates.WAIVED.read_text())["skip-check"]
    rules = lines[lines.index("skip-check:") + 1 :]
    assert rules[0].startswith("  # ")
    assert [line.removeprefix("  - ") for line in rules if not line.startswith("  # ")] == waived
    assert len(set(waived)) == len(waived)


def test_every_template_of_the_project_is_looked_at() -> None:
    assert set(templates.OWN) == set((ROOT / ".chalice").glob("*.yaml")) - {templates.WAIVED}


def test_what_is_found_is_shown_and_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text((ROOT / ".chalice/budget.yaml").read_text().replace("Budgets::Budget", "Budgets::Purse"))
    lint = Path(sys.executable).with_name("cfn-lint")
    with pytest.raises(Refused, match="cfn-lint has found something"):
        templates.check([lint, "--regions", "us-east-1", "--", wrong])
    assert "AWS::Budgets::Purse" in capsys.readouterr().out
    templates.check([lint, "--regions", "us-east-1", "--", *templates.OWN])


def test_the_viewer_function_fits_into_a_parameter() -> None:
    assert len((ROOT / ".chalice/viewer-request.js").read_bytes()) < 4096
