"""The CloudFormation templates: clean by cfn-lint, and strict where it counts."""

import subprocess
import sys
from pathlib import Path

from tests.support.running import ROOT


def test_templates_pass_cfn_lint() -> None:
    """Both by one run: its start takes longer than its work."""
    lint = Path(sys.executable).with_name("cfn-lint")
    templates = [ROOT / ".chalice/resources.yaml", ROOT / ".chalice/edge.yaml"]
    done = subprocess.run(
        [lint, "--regions", "us-east-1", "--", *templates], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_viewer_function_fits_into_a_parameter() -> None:
    assert len((ROOT / ".chalice/viewer-request.js").read_bytes()) < 4096
