"""A bank's file of 5 000 rows: read, and proposed against payments that wait; beside the CSV parser alone."""

import json
import subprocess

from tests.benchmarks.tables import show, spread
from tests.support.running import ROOT


def main() -> None:
    program = ROOT / "tests/benchmarks/bank.mjs"
    run = subprocess.run(["node", program], cwd=ROOT / "spa", check=True, capture_output=True, text=True)
    rows = [(what, spread(times_ms)) for what, times_ms in json.loads(run.stdout)]
    show("a bank's file of 5 000 rows (ms)", ["what", "median (middle half)"], rows)
