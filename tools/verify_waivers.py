"""Check an exported chain of signed waivers (`GET /api/waivers.json`) offline: nothing but Python is needed."""

import argparse
import json
import sys
from pathlib import Path

from chalicelib.waivers import evidence
from tools.common.console import Refused, run_tool


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.verify_waivers", description=__doc__)
    parser.add_argument("file", metavar="FILE", type=Path, help="what GET /api/waivers.json answered")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args()
    try:
        file = arguments.file.read_bytes()
    except OSError as problem:
        raise Refused(f"{arguments.file} cannot be read: {problem}") from None
    fault = evidence.find_fault_in(file)
    export = {} if fault else json.loads(file)
    if arguments.json:
        print(
            json.dumps(
                {"whole": not fault, "fault": fault} | ({} if fault else {k: export[k] for k in ("count", "head")})
            )
        )
        return 1 if fault else 0
    if fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"{export['count']} records, chain whole, head {export['head']}")
    return 0


if __name__ == "__main__":
    run_tool(main)
