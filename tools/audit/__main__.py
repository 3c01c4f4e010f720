"""The books, added up anew and compared (check), written out without loss (export), read back (import).

check reads the whole table and recomputes every sum, count and list from rows and acts. export writes every record but
sessions and throttles as JSON lines. import reads such a file into an empty table, then checks and compares.
docs/audit.md says more.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.dynamo import Item
from tools import restore
from tools.audit import checks as books
from tools.audit.checks import Books, Difference
from tools.common.cloud import LOCAL_STAGE, Cloud, find_cloud
from tools.common.console import Refused, confirm, note, run_tool

FORMAT = "scc-table/1"
# A table is read page by page while people work: only what differs each time is a difference.
READS = 3
PAUSE_S = 1.0
WRITERS = 16
BATCH = 2_000


# --- check ----------------------------------------------------------------------------------------


def check(cloud: Cloud, options: argparse.Namespace) -> int:
    dynamodb, table = open_table(cloud, options.table)
    found, differences = read_books(lambda: watched(restore.scan(dynamodb, table)))
    return told(found, differences, options.json)


def read_books(read: Callable[[], Iterable[Item]]) -> tuple[Books, list[Difference]]:
    """The books and what differs in them at every reading."""
    found = books.gather(read())
    differences = books.find_differences(found)
    for _ in range(READS - 1):
        if not differences:
            break
        time.sleep(PAUSE_S)
        seen = {(each.subject, each.what) for each in differences}
        found = books.gather(read())
        differences = [each for each in books.find_differences(found) if (each.subject, each.what) in seen]
    return found, differences


def told(found: Books, differences: list[Difference], as_json: bool, **more: Any) -> int:
    totals = found.totals()
    if as_json:
        print(json.dumps({**more, "differences": [asdict(each) for each in differences], "totals": totals}))
    elif differences:
        print("\n".join(map(str, differences)))
    else:
        print("{charters} charters, {payments} payments, {acts} acts, {waivers} waivers".format(**totals), end="")
        print(": all sums agree")
    return 1 if differences else 0


# --- export ---------------------------------------------------------------------------------------


def export(cloud: Cloud, options: argparse.Namespace) -> int:
    dynamodb, table = open_table(cloud, options.table)
    lines, differing = read_lines(lambda: watched(restore.scan(dynamodb, table)))
    if options.file == "-":
        sys.stdout.buffer.writelines(export_content(lines))
        sys.stdout.buffer.flush()
    else:
        write_private(Path(options.file), export_content(lines))
        told = {"file": options.file, "table": table, "records": len(lines), "differences": differing}
        print(json.dumps(told) if options.json else f"{len(lines)} records of {table} in {options.file}")
    if differing:
        print(f"written as it stands; `check` finds {differing} differences in it", file=sys.stderr)
    return 0


def read_lines(read: Callable[[], Iterable[Item]]) -> tuple[list[bytes], int]:
    """The table's lines, if it can be had from a moment when its books agree, and how many differences are in them."""
    lines, differing = to_lines(read()), 0
    for _ in range(READS - 1):
        differing = len(books.find_differences(books.gather(map(to_item, lines))))
        if not differing:
            break
        time.sleep(PAUSE_S)
        lines = to_lines(read())
    return lines, differing


def to_lines(items: Iterable[Item]) -> list[bytes]:
    """One line an item, in the order of their keys: the same table is the same lines, byte for byte."""
    keyed = [((item["PK"]["S"], item["SK"]["S"]), to_line(item)) for item in items]
    keyed.sort()
    return [line for _, line in keyed]


def to_line(item: Item) -> bytes:
    typed = {name: to_plain(value) for name, value in item.items()}
    return json.dumps(typed, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def to_plain(value: Item) -> Item:
    """A value in DynamoDB's typed JSON: bytes as base64, sets in order."""
    ((kind, held),) = value.items()
    if kind == "B":
        held = base64.b64encode(held).decode()
    elif kind == "BS":
        held = sorted(base64.b64encode(each).decode() for each in held)
    elif kind in ("SS", "NS"):
        held = sorted(held)
    elif kind == "L":
        held = [to_plain(each) for each in held]
    elif kind == "M":
        held = {name: to_plain(each) for name, each in held.items()}
    return {kind: held}


def export_content(lines: list[bytes]) -> Iterator[bytes]:
    header = json.dumps({"format": FORMAT, "records": len(lines)}).encode() + b"\n"
    digest = hashlib.sha256()
    for line in (header, *lines):
        digest.update(line)
        yield line
    yield json.dumps({"sha256": digest.hexdigest()}).encode() + b"\n"


def write_private(path: Path, content: Iterable[bytes]) -> None:
    """The whole file or none of it, for its owner's eyes only."""
    try:
        # mkstemp makes it with mode 0600.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror}") from problem


# --- import ---------------------------------------------------------------------------------------


def import_(cloud: Cloud, options: argparse.Namespace) -> int:
    lines = read_export(Path(options.file))
    dynamodb, table = open_table(cloud, options.table)
    check_index(dynamodb, table)
    there = what_is_there(dynamodb, table, lines, options.resume)
    confirm(
        f"Put {len(lines) - there} records from {options.file} into {table}, which has {there} of them?", options.yes
    )
    put_all(dynamodb, table, lines)
    if to_lines(watched(restore.scan(dynamodb, table))) != lines:
        raise Refused(f"{table} does not hold what the file does: somebody else writes to it")
    expected = books.gather(map(to_item, lines)).totals()
    found, differences = read_books(lambda: restore.scan(dynamodb, table))
    if found.totals() != expected:
        raise Refused(f"{table} and {options.file} come to different totals")
    if not options.json:
        print(f"{len(lines)} records of {options.file} in {table}: the same records, the same totals")
    return told(found, differences, options.json, table=table, file=options.file)


def read_export(path: Path) -> list[bytes]:
    """The records' lines of a whole and unaltered file."""
    try:
        *lines, last, rest = path.read_bytes().split(b"\n")
    except ValueError:
        raise Refused(f"{path} is no export, or was cut off") from None
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}") from problem
    lines = [line + b"\n" for line in lines]
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    end, header = _parsed(last), _parsed(lines[0]) if lines else {}
    if rest or "sha256" not in end or not lines:
        raise Refused(f"{path} is no export, or was cut off: its last line is no checksum")
    if end["sha256"] != digest.hexdigest():
        raise Refused(f"{path} was altered: its checksum is not that of its content")
    if header.get("format") != FORMAT or header.get("records") != len(lines) - 1:
        raise Refused(f"{path} is not in the format {FORMAT}, or its header counts wrong")
    return lines[1:]


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def check_index(dynamodb: Any, table: str) -> None:
    """Without the index every record would be there and no list would show one."""
    indexes = dynamodb.describe_table(TableName=table)["Table"].get("GlobalSecondaryIndexes", [])
    if "by_date" not in [index["IndexName"] for index in indexes]:
        raise Refused(f"{table} has no index by_date: make the table as .chalice/resources.yaml does")


def what_is_there(dynamodb: Any, table: str, lines: list[bytes], resume: bool) -> int:
    """How many of the records the table has. Refuses one that has any, or, going on, one that has others."""
    wanted = {hashlib.sha256(line).digest() for line in lines} if resume else set()
    count = 0
    for item in restore.scan(dynamodb, table):
        if not resume:
            raise Refused(f"{table} is not empty; --resume goes on with an import that broke off")
        if hashlib.sha256(to_line(item)).digest() not in wanted:
            raise Refused(f"{table} holds a record that is not in the file: nothing was written")
        count += 1
    return count


def put_all(dynamodb: Any, table: str, lines: list[bytes]) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        for start in range(0, len(lines), BATCH):
            note(f"{start} of {len(lines)} records")
            # Batch by batch: after a failure nothing more is begun.
            for _ in pool.map(lambda line: put_new(dynamodb, table, line), lines[start : start + BATCH]):
                pass


def put_new(dynamodb: Any, table: str, line: bytes) -> None:
    """Never over another record. The same one again is fine: an import, or its request, was tried before."""
    item = to_item(line)
    try:
        dynamodb.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(PK)")
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        key = {"PK": item["PK"], "SK": item["SK"]}
        there = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        if there is None or to_line(there) != line:
            raise Refused(
                f"{table} holds another record under a key of the file's: somebody else writes to it"
            ) from None


def to_item(line: bytes) -> Item:
    return {name: to_typed(value) for name, value in json.loads(line).items()}


def to_typed(value: Item) -> Item:
    """The value that `to_plain` wrote."""
    ((kind, held),) = value.items()
    if kind == "B":
        held = base64.b64decode(held)
    elif kind == "BS":
        held = [base64.b64decode(each) for each in held]
    elif kind == "L":
        held = [to_typed(each) for each in held]
    elif kind == "M":
        held = {name: to_typed(each) for name, each in held.items()}
    return {kind: held}


# --- the command ----------------------------------------------------------------------------------


def open_table(cloud: Cloud, named: str | None) -> tuple[Any, str]:
    dynamodb, table = cloud.client("dynamodb"), named or restore.live_table(cloud)
    try:
        dynamodb.describe_table(TableName=table)
    except dynamodb.exceptions.ResourceNotFoundException:
        raise Refused(f"there is no table {table}") from None
    return dynamodb, table


def watched(items: Iterable[Item]) -> Iterator[Item]:
    for number, item in enumerate(items, 1):
        if number % BATCH == 0:
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
    command = add("export", export, "every record into FILE, as JSON lines; nothing is lost, sessions are left out")
    command.add_argument("file", metavar="FILE", help="replaced when it is there; - for standard output")
    command.add_argument("--table", help="another table than the one that the stage works with")
    command = add("import", import_, "an export into an empty table, then check it and compare totals")
    command.add_argument("file", metavar="FILE")
    command.add_argument("--table", required=True, help="the empty table")
    command.add_argument("--resume", action="store_true", help="go on with an import that broke off")
    command.add_argument("--yes", action="store_true", help="answer the plan with yes")
    return parser


def main() -> int:
    # The common options may stand before and after the command, so neither place may have a default.
    defaults = {"stage": LOCAL_STAGE, "json": False, "table": None, "run": check}
    options = argparse.Namespace(**defaults | vars(arguments().parse_args()))
    try:
        return int(options.run(find_cloud(options.stage), options))
    except (BotoCoreError, ClientError) as error:
        raise Refused(str(error)) from error


if __name__ == "__main__":
    run_tool(main)
