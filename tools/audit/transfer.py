"""A whole table as a file of JSON lines, without loss; and such a file into an empty table."""

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core.dynamo import Item
from tools.common.console import Refused, note
from tools.common.table import scan

FORMAT = "scc-table/1"
WRITERS = 16
BATCH = 2_000


def to_lines(items: Iterable[Item]) -> list[bytes]:
    """One line an item, in the order of their keys: the same table is the same lines, byte for byte."""
    keyed = [((item["PK"]["S"], item["SK"]["S"]), to_line(item)) for item in items]
    keyed.sort()
    return [line for _, line in keyed]


def to_line(item: Item) -> bytes:
    typed = {name: encode_value(value) for name, value in item.items()}
    return json.dumps(typed, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def encode_value(value: Item) -> Item:
    """A value in DynamoDB's typed JSON: bytes as base64, sets in order."""
    ((kind, held),) = value.items()
    if kind == "B":
        held = base64.b64encode(held).decode()
    elif kind == "BS":
        held = sorted(base64.b64encode(each).decode() for each in held)
    elif kind in ("SS", "NS"):
        held = sorted(held)
    elif kind == "L":
        held = [encode_value(each) for each in held]
    elif kind == "M":
        held = {name: encode_value(each) for name, each in held.items()}
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
    for item in scan(dynamodb, table):
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
    return {name: decode_value(value) for name, value in json.loads(line).items()}


def decode_value(value: Item) -> Item:
    """The value that `encode_value` wrote."""
    ((kind, held),) = value.items()
    if kind == "B":
        held = base64.b64decode(held)
    elif kind == "BS":
        held = [base64.b64decode(each) for each in held]
    elif kind == "L":
        held = [decode_value(each) for each in held]
    elif kind == "M":
        held = {name: decode_value(each) for name, each in held.items()}
    return {kind: held}
