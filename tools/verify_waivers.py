"""Check the log of signed waivers (`GET /api/waivers.json`) or one record's bundle offline, with nothing but Python."""

import argparse
import json
import sys
from pathlib import Path

from chalicelib.waivers.evidence import checkpoint, verify
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from chalicelib.waivers.evidence.verify import Verdict
from tools.common.console import Refused, run_tool


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.verify_waivers", description=__doc__)
    parser.add_argument("file", metavar="FILE", type=Path, help="the export or the bundle, as it was downloaded")
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        help="mails, or other texts, with checkpoints that were told before; each may hold several",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args()
    told: list[Checkpoint] = []
    for path in arguments.checkpoint:
        found = checkpoint.find_all(read(path).decode("utf-8", "replace"))
        # A mailbox has those of the ledger, too; `tools.audit check` compares them.
        found = [one for one in found if not one.origin.endswith(checkpoint.LEDGER)]
        if not found:
            parser.error(f"{path} holds no checkpoint")
        told += found
    verdict = verify.find_fault_in(read(arguments.file), told)
    if arguments.json:
        print(json.dumps(verdict._asdict()))
    elif verdict.fault is None:
        print(describe(verdict, len(told)))
    else:
        print(verdict.fault, file=sys.stderr)
    return 0 if verdict.fault is None else 1


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem}") from None


def describe(verdict: Verdict, told: int) -> str:
    """The line for a person."""
    if verdict.position is None:
        what = f"{verdict.records} records, log whole"
    else:
        what = f"1 record, in the log at position {verdict.position} of {verdict.leaves}"
    judged = told - verdict.unjudged
    remarks = [
        f"{count_of(judged, 'checkpoint')} confirmed" if judged else "",
        f"{count_of(verdict.unjudged, 'checkpoint')} of another size: compare the whole export"
        if verdict.unjudged
        else "",
        f"{count_of(verdict.erased, 'field')} erased" if verdict.erased else "",
        f"{verdict.set_aside} set aside" if verdict.set_aside else "",
    ]
    said = ", ".join(filter(None, remarks))
    return f"{what}, head {verdict.head}" + (f" ({said})" if said else "")


def count_of(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    run_tool(main)
