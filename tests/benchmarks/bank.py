"""A bank's file of 5 000 rows: read, and proposed against payments that wait; beside the CSV parser alone."""

import json
import subprocess

from tests.benchmarks.tables import ratio, show, spread
from tests.support.running import ROOT


def main() -> None:
    program = ROOT / "tests/benchmarks/bank.mjs"
    run = subprocess.run(["node", program], cwd=ROOT / "spa", check=True, capture_output=True, text=True)
    measured = json.loads(run.stdout)
    (_, yardstick), *_ = measured
    rows = [(what, spread(times_ms), ratio(times_ms, yardstick)) for what, times_ms in measured]
    show("a bank's file of 5 000 rows (ms of processor)", ["what", "median (middle half)", "to papaparse"], rows)
