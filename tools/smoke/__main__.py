"""Does a deployment answer as it should? A table of passes and failures, against its address and, by stage, its AWS."""

import argparse
import json
import math
import os
import re
import sys
from dataclasses import asdict

from tools.common.cloud import LOCAL_STAGE, Cloud, find_cloud, read_local
from tools.common.console import Refused, run_tool
from tools.common.functions import api_environment
from tools.smoke.checks import TOKEN_VARIABLE, Site, run_until_passed
from tools.smoke.result import failed, require_passed, show
from tools.sync.layout import SLOTS


def address_of(cloud: Cloud) -> str:
    """Where the stage says that it is."""
    if cloud.stage == LOCAL_STAGE:
        return read_local()["base_url"]
    base_url = api_environment(cloud).get("SCC_BASE_URL", "")
    if not base_url:
        raise Refused(f"stage {cloud.stage} has no SCC_BASE_URL: name the address")
    return base_url


def patience_s(text: str) -> float:
    if not 0 < (seconds := float(text)) < math.inf:
        raise argparse.ArgumentTypeError("more than 0 seconds")
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.smoke", description=__doc__)
    parser.add_argument("base_url", nargs="?", metavar="URL", help="the address (default: what the stage says)")
    parser.add_argument(
        "--stage", help="also look into its settings, log and mail; local, or one of .chalice/config.json"
    )
    parser.add_argument("--slot", choices=sorted(SLOTS), default="production", help="which SPA (default production)")
    parser.add_argument(
        "--token-stdin", action="store_true", help=f"read an admin's token from standard input (else {TOKEN_VARIABLE})"
    )
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="repeat until all pass, this long")
    parser.add_argument(
        "--timeout",
        type=patience_s,
        metavar="SECONDS",
        help="what is not answered in this time fails, and is asked once",
    )
    parser.add_argument("--json", action="store_true", help="the result for a script")
    options = parser.parse_args()
    if not options.base_url and not options.stage:
        parser.error("name an address or a --stage")
    if options.base_url and not re.fullmatch(r"https?://[^/?#\s]+/?", options.base_url):
        parser.error("URL is http(s)://host, without a path")
    token = sys.stdin.readline().strip() if options.token_stdin else os.environ.get(TOKEN_VARIABLE, "")
    cloud = find_cloud(options.stage) if options.stage else None
    base_url = (options.base_url or (address_of(cloud) if cloud else "")).rstrip("/")
    results = run_until_passed(Site(base_url, token, options.timeout), cloud, options.slot, options.wait)
    if options.json:
        report = {"base_url": base_url, "passed": not failed(results), "checks": [asdict(each) for each in results]}
        print(json.dumps(report, indent=2))
    else:
        show(results)
    require_passed(base_url, results)
    return 0


if __name__ == "__main__":
    run_tool(main)
