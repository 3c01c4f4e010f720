"""The restore drill: the table as it was, as a new table beside it, made safe, and compared with the live one.

Nothing reads the new table until SCC_TABLE names it; the live one is never written.
"""

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import times
from chalicelib.core.dynamo import Item
from chalicelib.waivers import evidence
from tools import env
from tools.common.cloud import APP, Cloud, find_cloud
from tools.common.console import Refused, confirm, progress, run_tool

POLL_S = 10.0
RESTORE_TIMEOUT_S = 4 * 3600
RECOVERY_DAYS = 35
# Sessions and throttles come and go by the minute; they are no records.
PASSING = ("SESSION", "THROTTLE")


@dataclass
class Contents:
    """A table's items by kind: what each one is, and what the payments come to."""

    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    money_cents: int = 0
    chain_links: list[dict[str, Any]] = field(default_factory=list)


def restore(cloud: Cloud, at: datetime | None, backup: str, yes: bool, *, poll_s: float = POLL_S) -> str:
    """Returns the name of the restored table."""
    dynamodb, source = cloud.client("dynamodb"), live_table(cloud)
    target = f"{APP}-{cloud.resource_stage}-restored-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    moment = f"backup {backup}" if backup else times.format_instant(at) if at else "the latest restorable moment"
    confirm(f"Restore {source} as of {moment} into the new table {target}?", yes)
    if backup:
        dynamodb.restore_table_from_backup(BackupArn=backup, TargetTableName=target)
    else:
        moment_arguments = {"RestoreDateTime": at} if at else {"UseLatestRestorableTime": True}
        dynamodb.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, **moment_arguments)
    wait_until_active(dynamodb, target, poll_s)
    make_safe(dynamodb, target)
    return target


def live_table(cloud: Cloud) -> str:
    functions = env.existing_functions(cloud)
    named = env.live_environment(cloud, functions[0])[0].get("SCC_TABLE") if functions else None
    return named or f"{APP}-{cloud.resource_stage}"


def wait_until_active(dynamodb: Any, table: str, poll_s: float) -> None:
    started_at = time.monotonic()
    while time.monotonic() - started_at < RESTORE_TIMEOUT_S:
        status = dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
        progress(f"{table}: {status}")
        if status == "ACTIVE":
            return
        time.sleep(poll_s)
    raise Refused(f"{table} is not ready after {RESTORE_TIMEOUT_S} s: look again later")


def make_safe(dynamodb: Any, table: str) -> None:
    """A restored table comes without these."""
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    dynamodb.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": RECOVERY_DAYS,
        },
    )
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})


def read(dynamodb: Any, table: str) -> Contents:
    """Every record of a table. A drill reads all of it; the function never does."""
    found = Contents()
    for item in scan(dynamodb, table):
        pk, sk = item["PK"]["S"], item["SK"]["S"]
        kind = kind_of(pk, sk)
        found.marks.setdefault(kind, {})[f"{pk}/{sk}"] = hashlib.sha256(
            json.dumps(item, sort_keys=True, default=str).encode()
        ).hexdigest()
        facts = json.loads(item["data"]["S"]) if "data" in item else {}
        if kind == "PAYMENT":
            found.money_cents += facts["amount_cents"] * (-1 if facts.get("kind") == "refund" else 1)
        elif kind == "WAIVER":
            found.chain_links.append(facts)
    return found


def scan(dynamodb: Any, table: str) -> Iterator[Item]:
    """Every item that is a record: all but sessions and throttles."""
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            if kind_of(item["PK"]["S"], item["SK"]["S"]) not in PASSING:
                yield item


def kind_of(pk: str, sk: str) -> str:
    if not pk.startswith("EVENT#"):
        return "AUDIT" if sk.startswith("AUDIT#") else pk.partition("#")[0]
    parts = sk.split("#")
    return "ACT" if parts[0] == "PAYMENT" and len(parts) > 2 else parts[0]


def compare(live: Contents, restored: Contents) -> list[str]:
    """One line a kind: how many, how many are the same to the letter, missing, other."""
    lines = []
    for kind in sorted({*live.marks, *restored.marks}):
        ours, theirs = live.marks.get(kind, {}), restored.marks.get(kind, {})
        states = Counter(
            "same"
            if ours.get(key) == theirs.get(key)
            else "only live"
            if key not in theirs
            else "only restored"
            if key not in ours
            else "differ"
            for key in {*ours, *theirs}
        )
        told = ", ".join(
            f"{count} {state}" for state, count in sorted(states.items(), key=lambda each: each[0] != "same")
        )
        lines.append(f"{kind:16} {len(ours):6} live {len(theirs):6} restored   {told}")
    lines.append(f"{'payments, cents':16} {live.money_cents} live, {restored.money_cents} restored")
    return lines


def check_chain(contents: Contents) -> str:
    """Whether the waivers are one whole chain; refuses at the first that is not in its place."""
    head = ""
    records = sorted(contents.chain_links, key=lambda record: int(record["seq"]))
    for place, record in enumerate(records, 1):
        if (record["seq"], record["prev_hash"]) != (place, head) or evidence.record_hash(record) != record[
            "record_hash"
        ]:
            raise Refused(f"the restored chain of waivers breaks at record {place}")
        head = record["record_hash"]
    return f"{len(records)} waivers, chain whole, head {head or 'none'}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.restore", description=__doc__)
    parser.add_argument("--stage", required=True, help="local, or a stage of .chalice/config.json")
    moment = parser.add_mutually_exclusive_group()
    moment.add_argument("--at", metavar="TIME", help="an RFC 3339 instant of the last 35 days (default: the latest)")
    moment.add_argument("--backup", default="", metavar="ARN", help="an on-demand backup instead")
    parser.add_argument("--yes", action="store_true", help="answer the plan with yes")
    options = parser.parse_args()
    try:
        at = datetime.fromisoformat(options.at) if options.at else None
    except ValueError:
        parser.error("--at is an instant such as 2026-11-22T14:00:00Z")
    if at and at.tzinfo is None:
        parser.error("--at needs its offset, for instance 2026-11-22T14:00:00Z")
    try:
        cloud = find_cloud(options.stage)
        source = live_table(cloud)
        target = restore(cloud, at, options.backup, options.yes)
        dynamodb = cloud.client("dynamodb")
        live, restored = read(dynamodb, source), read(dynamodb, target)
    except (BotoCoreError, ClientError) as error:
        raise Refused(str(error)) from error
    print("\n".join(compare(live, restored)))
    print(check_chain(restored))
    print(f"to work with it: python -m tools.env merge --stage {cloud.stage} SCC_TABLE={target}")
    return 0


if __name__ == "__main__":
    run_tool(main)
