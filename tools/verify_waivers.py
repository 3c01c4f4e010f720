"""Check an exported chain of signed waivers (`GET /api/waivers.json`) offline: nothing but Python is needed."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from chalicelib import chain
from tools.console import Refused, run_tool


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A second value under the same name would be one that the hash never saw."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.verify_waivers", description=__doc__)
    parser.add_argument("file", metavar="FILE", type=Path, help="what GET /api/waivers.json answered")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args()
    try:
        export = json.loads(arguments.file.read_bytes(), object_pairs_hook=unique)
    except (OSError, ValueError, RecursionError) as problem:
        raise Refused(f"{arguments.file} cannot be read as JSON: {problem}") from None
    fault = chain.find_fault(export) if isinstance(export, dict) else "the file is not an export"
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
