"""The table, added up anew and compared (check), written out without loss (export), read back (import).

check reads the whole table and recomputes every sum, count and list from rows and acts. export writes every record but
sessions and throttles as JSON lines. import reads such a file into an empty table, then checks and compares.
docs/audit.md says more.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chalicelib.core.dynamo import Item
from chalicelib.waivers.evidence import checkpoint
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from tools.audit import transfer
from tools.audit.book_formats import FORMATS
from tools.audit.books import transactions
from tools.audit.checks import find_differences
from tools.audit.records import Difference, Records, gather
from tools.common.cloud import LOCAL_STAGE, Cloud, find_cloud
from tools.common.console import Refused, confirm, note, run_tool
from tools.common.functions import find_api_environment
from tools.common.table import live_table, scan

# A table is read page by page while people work: only what differs each time is a difference.
READS = 3
PAUSE_S = 1.0
SUMMARY = (
    "{charters} charters, {payments} payments, {acts} acts, {waivers} waivers ({erased} erased), {leaves} leaves, "
    "{waiting} waiting for the log: all sums agree"
)


def check(cloud: Cloud, options: argparse.Namespace) -> int:
    dynamodb, table = open_table(cloud, options.table)
    kept = [one for path in options.checkpoint for one in read_checkpoints(Path(path))]
    return show(*read_differences(lambda: watched(scan(dynamodb, table)), kept), options.json)


def read_checkpoints(path: Path) -> list[Checkpoint]:
    """Those of the ledger in a mail, or in several."""
    try:
        found = checkpoint.find_all(path.read_bytes().decode("utf-8", "replace"))
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}") from problem
    of_ledger = [one for one in found if one.origin.endswith(checkpoint.LEDGER)]
    if not of_ledger:
        raise Refused(f"{path} holds no checkpoint of the ledger")
    return of_ledger


def read_differences(
    read: Callable[[], Iterable[Item]], kept: Sequence[Checkpoint] = ()
) -> tuple[Records, list[Difference]]:
    """The records, and what differs in them at every reading; `kept` as in `find_differences`."""
    records = gather(read())
    differences = find_differences(records, kept)
    for _ in range(READS - 1):
        if not differences:
            break
        time.sleep(PAUSE_S)
        seen = {(each.subject, each.what) for each in differences}
        records = gather(read())
        differences = [each for each in find_differences(records, kept) if (each.subject, each.what) in seen]
    return records, differences


def show(records: Records, differences: list[Difference], as_json: bool, **more: str) -> int:
    totals = records.totals()._asdict()
    if as_json:
        print(json.dumps({**more, "differences": [asdict(each) for each in differences], "totals": totals}))
    elif differences:
        print("\n".join(map(str, differences)))
    else:
        print(SUMMARY.format(**totals))
    return 1 if differences else 0


def export(cloud: Cloud, options: argparse.Namespace) -> int:
    dynamodb, table = open_table(cloud, options.table)
    lines, differing = read_lines(lambda: watched(scan(dynamodb, table)))
    content, what = transfer.export_content(lines), f"{len(lines)} records"
    if options.format:
        timezone = (find_api_environment(cloud) or {}).get("SCC_TIMEZONE", "UTC")
        books = transactions(gather(map(transfer.to_item, lines)), timezone)
        content = (part.encode() for part in FORMATS[options.format](books, timezone))
        what = f"{len(books)} transactions"
    if options.file == "-":
        sys.stdout.buffer.writelines(content)
        sys.stdout.buffer.flush()
    else:
        transfer.write_private(Path(options.file), content)
        done = {"file": options.file, "table": table, "records": len(lines), "differences": differing}
        print(json.dumps(done) if options.json else f"{what} of {table} in {options.file}")
    if differing:
        print(f"written as it stands; `check` finds {differing} differences in it", file=sys.stderr)
    return 0


def read_lines(read: Callable[[], Iterable[Item]]) -> tuple[list[bytes], int]:
    """The table's lines, if possible of a moment when all sums agree, and how many differences are in them."""
    lines, differing = transfer.to_lines(read()), 0
    for _ in range(READS - 1):
        differing = len(find_differences(gather(map(transfer.to_item, lines))))
        if not differing:
            break
        time.sleep(PAUSE_S)
        lines = transfer.to_lines(read())
    return lines, differing


def import_(cloud: Cloud, options: argparse.Namespace) -> int:
    lines = transfer.read_export(Path(options.file))
    dynamodb, table = open_table(cloud, options.table)
    transfer.check_index(dynamodb, table)
    there = transfer.what_is_there(dynamodb, table, lines, options.resume)
    confirm(
        f"Put {len(lines) - there} records from {options.file} into {table}, which has {there} of them?", options.yes
    )
    transfer.put_all(dynamodb, table, lines)
    if transfer.to_lines(watched(scan(dynamodb, table))) != lines:
        raise Refused(f"{table} does not hold what the file does: somebody else writes to it")
    expected = gather(map(transfer.to_item, lines)).totals()
    records, differences = read_differences(lambda: scan(dynamodb, table))
    if records.totals() != expected:
        raise Refused(f"{table} and {options.file} come to different totals")
    if not options.json:
        print(f"{len(lines)} records of {options.file} in {table}: the same records, the same totals")
    return show(records, differences, options.json, table=table, file=options.file)


def open_table(cloud: Cloud, named: str | None) -> tuple[Any, str]:
    dynamodb, table = cloud.client("dynamodb"), named or live_table(cloud)
    try:
        dynamodb.describe_table(TableName=table)
    except dynamodb.exceptions.ResourceNotFoundException:
        raise Refused(f"there is no table {table}") from None
    return dynamodb, table


def watched(items: Iterable[Item]) -> Iterator[Item]:
    for number, item in enumerate(items, 1):
        if number % transfer.BATCH == 0:
            note(f"{number} records read")
        yield item


def arguments() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--stage", help="local (default), or a stage of .chalice/config.json")
    common.add_argument("--json", action="store_true", help="the result for a script")
    parser = argparse.ArgumentParser(prog="python -m tools.audit", description=__doc__, parents=[common])
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name: str, run: Callable[[Cloud, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common])
        command.set_defaults(run=run)
        return command

    command = add("check", check, "recompute all sums; without a COMMAND, this")
    command.add_argument("--table", help="another table than the one that the stage works with")
    command.add_argument(
        "--checkpoint",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=argparse.SUPPRESS,
        help="mails of the ledger that were kept: it must continue them",
    )
    text = "every record into FILE, as JSON lines; nothing is lost, sessions are left out. Or the books, with --format"
    command = add("export", export, text)
    command.add_argument("file", metavar="FILE", help="replaced when it is there; - for standard output")
    command.add_argument(
        "--format",
        choices=FORMATS,
        default=argparse.SUPPRESS,
        help="charges, payments and acts as bookkeeping, for an accounting program",
    )
    command.add_argument("--table", help="another table than the one that the stage works with")
    command = add("import", import_, "an export into an empty table, then check it and compare totals")
    command.add_argument("file", metavar="FILE")
    command.add_argument("--table", required=True, help="the empty table")
    command.add_argument("--resume", action="store_true", help="go on with an import that broke off")
    command.add_argument("--yes", action="store_true", help="answer the plan with yes")
    return parser


def main() -> int:
    # The common options may stand before and after the command, so neither place may have a default.
    defaults = {"stage": LOCAL_STAGE, "json": False, "table": None, "checkpoint": [], "format": None, "run": check}
    options = argparse.Namespace(**defaults | vars(arguments().parse_args()))
    return int(options.run(find_cloud(options.stage), options))


if __name__ == "__main__":
    run_tool(main)
