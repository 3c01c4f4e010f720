"""The restore drill: the table as it was, as a new table beside it, made safe, and compared with the live one.

Nothing reads the new table until SCC_TABLE names it; the live one is never written.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.core import times
from chalicelib.waivers import log_store
from chalicelib.waivers.evidence import merkle
from chalicelib.waivers.log_store import Tree
from tools.common.cloud import APP, Cloud, find_cloud
from tools.common.console import Refused, confirm, progress, run_tool, wait_for
from tools.common.table import kind_of, live_table, scan

POLL_S = 10.0
RESTORE_TIMEOUT_S = 4 * 3600
RECOVERY_DAYS = 35


@dataclass
class Contents:
    """Of a table: each item's fingerprint by kind and key, what the payments come to, and the log of waivers."""

    fingerprints: dict[str, dict[str, str]] = field(default_factory=dict)
    money_cents: int = 0
    leaves: dict[int, bytes] = field(default_factory=dict)
    """The hash of each record in the log of waivers, by its place there."""
    tree: Tree = field(default_factory=Tree)
    waiting: int = 0
    """What is not in the log yet."""


def restore(cloud: Cloud, at: datetime | None, backup: str, yes: bool, *, poll_s: float = POLL_S) -> str:
    """Returns the name of the restored table, made safe."""
    dynamodb, source = cloud.client("dynamodb"), live_table(cloud)
    target = f"{beginning(cloud)}{datetime.now(UTC):%Y%m%d-%H%M%S}"
    moment = f"backup {backup}" if backup else times.format_instant(at) if at else "the latest restorable moment"
    confirm(f"Restore {source} as of {moment} into the new table {target}?", yes)
    if backup:
        dynamodb.restore_table_from_backup(BackupArn=backup, TargetTableName=target)
    else:
        moment_arguments = {"RestoreDateTime": at} if at else {"UseLatestRestorableTime": True}
        dynamodb.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, **moment_arguments)
    progress(f"should this break off: python -m tools.restore --stage {cloud.stage} --resume {target}")
    return resume(cloud, target, poll_s=poll_s)


def beginning(cloud: Cloud) -> str:
    """Of the names of restored tables: those the functions' policy allows."""
    return f"{APP}-{cloud.resource_stage}-restored-"


def resume(cloud: Cloud, target: str, *, poll_s: float = POLL_S) -> str:
    """The rest of a restore that has begun, from wherever it broke off. Refuses a table that is no restored one."""
    if not target.startswith(beginning(cloud)):
        raise Refused(f"{target} is no restored table of {cloud.stage}: their names begin with {beginning(cloud)}")
    dynamodb = cloud.client("dynamodb")
    try:
        wait_for(
            target,
            "ACTIVE",
            lambda: str(dynamodb.describe_table(TableName=target)["Table"]["TableStatus"]),
            poll_s=poll_s,
            timeout_s=RESTORE_TIMEOUT_S,
        )
    except dynamodb.exceptions.ResourceNotFoundException:
        raise Refused(f"there is no table {target}") from None
    make_safe(dynamodb, target)
    return target


def make_safe(dynamodb: Any, table: str) -> None:
    """A restored table comes without these. DynamoDB refuses to switch on what is on."""
    if not dynamodb.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    recovery = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": RECOVERY_DAYS}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if expiry not in ("ENABLED", "ENABLING"):
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})


def read(dynamodb: Any, table: str) -> Contents:
    """Every record of a table. A drill reads all of it; the function never does."""
    found = Contents()
    for item in scan(dynamodb, table):
        pk, sk = item["PK"]["S"], item["SK"]["S"]
        kind = kind_of(pk, sk)
        found.fingerprints.setdefault(kind, {})[f"{pk}/{sk}"] = hashlib.sha256(
            json.dumps(item, sort_keys=True, default=str).encode()
        ).hexdigest()
        data = json.loads(item["data"]["S"]) if "data" in item else {}
        if kind == "PAYMENT":
            found.money_cents += data["amount_cents"] * (-1 if data.get("kind") == "refund" else 1)
        elif kind in ("RECORD", "SET_ASIDE") and "leaf_index" in item:
            found.leaves[int(item["leaf_index"]["N"])] = merkle.hash_leaf(item["payload"]["S"].encode())
        elif (pk, sk) == (log_store.LOG, "TREE"):
            found.tree = log_store.to_tree(item)
        elif pk == log_store.WAITING:
            found.waiting += 1
    return found


def compare(live: Contents, restored: Contents) -> list[str]:
    """One line a kind: how many, how many are the same to the letter, missing, other."""
    lines = []
    for kind in sorted({*live.fingerprints, *restored.fingerprints}):
        ours, theirs = live.fingerprints.get(kind, {}), restored.fingerprints.get(kind, {})
        states = {
            "same": len(ours.items() & theirs.items()),
            "only live": len(ours.keys() - theirs.keys()),
            "only restored": len(theirs.keys() - ours.keys()),
        }
        states["differ"] = len(ours.keys() & theirs.keys()) - states["same"]
        summary = ", ".join(f"{count} {state}" for state, count in states.items() if count)
        lines.append(f"{kind:16} {len(ours):6} live {len(theirs):6} restored   {summary}")
    lines.append(f"{'payments, cents':16} {live.money_cents} live, {restored.money_cents} restored")
    return lines


def check_log(contents: Contents) -> str:
    """Whether the log of waivers is whole: its root is that of the records. Refuses at the first that is not there."""
    tree = contents.tree
    for index in range(tree.size):
        if index not in contents.leaves:
            raise Refused(f"leaf {index} of the restored log of waivers is missing: its record is gone")
    if beyond := sorted(index for index in contents.leaves if index >= tree.size):
        raise Refused(f"the restored log of waivers ends before its leaf {beyond[0]}")
    root = merkle.root_of([contents.leaves[index] for index in range(tree.size)])
    if tree.size and root != tree.root:
        raise Refused(f"the root of the restored log of waivers is not that of its {tree.size} leaves")
    return f"{tree.size} leaves, {contents.waiting} waiting, log of waivers whole, root {merkle.encode_hash(root)}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.restore", description=__doc__)
    parser.add_argument("--stage", required=True, help="local, or a stage of .chalice/config.json")
    moment = parser.add_mutually_exclusive_group()
    moment.add_argument("--at", metavar="TIME", help="an RFC 3339 instant of the last 35 days (default: the latest)")
    moment.add_argument("--backup", default="", metavar="ARN", help="an on-demand backup instead")
    moment.add_argument("--resume", default="", metavar="TABLE", help="go on with a restored table; makes no new one")
    parser.add_argument("--yes", action="store_true", help="answer the plan with yes")
    options = parser.parse_args()
    try:
        at = datetime.fromisoformat(options.at) if options.at else None
    except ValueError:
        parser.error("--at is an instant such as 2026-11-22T14:00:00Z")
    if at and at.tzinfo is None:
        parser.error("--at needs its offset, for instance 2026-11-22T14:00:00Z")
    cloud = find_cloud(options.stage)
    source = live_table(cloud)
    target = resume(cloud, options.resume) if options.resume else restore(cloud, at, options.backup, options.yes)
    live, restored = (read(cloud.client("dynamodb"), table) for table in (source, target))
    print("\n".join(compare(live, restored)))
    print(check_log(restored))
    print(f"to work with it: python -m tools.env merge --stage {cloud.stage} SCC_TABLE={target}")
    return 0


if __name__ == "__main__":
    run_tool(main)
