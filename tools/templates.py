"""The CloudFormation templates, what `chalice package` makes included: `lint` by cfn-lint, `audit` by checkov.

checkov is borrowed as the other auditors are: it and what it needs are 290 MB.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from tools.common.borrowed import borrow
from tools.common.build import package_function
from tools.common.cloud import ROOT
from tools.common.console import Refused, run_tool

AUDITOR = "checkov==3.3.30"
OWN = tuple(ROOT / f".chalice/{which}.yaml" for which in ("resources", "budget", "edge"))
WAIVED = ROOT / ".chalice/checkov.yaml"
STAGE = "prod"


def all_templates() -> list[Path]:
    package = ROOT / ".cache/package"
    package_function(package, STAGE)
    return [*OWN, package / "sam.json"]


def check(command: list[str | Path]) -> None:
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr)
        raise Refused(f"{Path(command[0]).name} has found something, see above")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.templates", description=__doc__)
    parser.add_argument("command", choices=["lint", "audit"])
    command, templates = parser.parse_args().command, all_templates()
    if command == "lint":
        check([Path(sys.executable).with_name("cfn-lint"), "--regions", "us-east-1", "--", *templates])
    else:
        files: list[str | Path] = [part for template in templates for part in ("--file", template)]
        check([*borrow(AUDITOR), "--config-file", WAIVED, *files])
    print(f"{len(templates)} templates: nothing found")
    return 0


if __name__ == "__main__":
    run_tool(main)
