"""The restore drill, rehearsed: charters, payments and waivers made by the product come back to the letter."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.charters import board
from chalicelib.waivers.evidence import merkle
from tests.support import operator
from tests.support.desk import Desk, open_desk
from tests.support.operator import NOW
from tools import restore
from tools.common.console import Refused
from tools.common.functions import merge
from tools.common.table import live_table, scan
from tools.local.embedded import EmbeddedAws


@pytest.fixture
def desk(embedded_aws: EmbeddedAws) -> Iterator[Desk]:
    with open_desk(embedded_aws.endpoint) as found:
        yield found


def test_the_restored_table_holds_every_record_to_the_letter_and_is_made_safe(desk: Desk) -> None:
    live = desk.read()
    target = restore.restore(desk.cloud, None, "", yes=True, poll_s=0.1)
    restored = desk.read(target)
    assert restored.fingerprints == live.fingerprints
    assert (
        len(restored.fingerprints["PAYMENT"]),
        len(restored.fingerprints["ACT"]),
        len(restored.fingerprints["RECORD"]),
    ) == (3, 1, 3)
    assert restored.money_cents == live.money_cents == 152_245
    assert restore.check_log(restored).startswith("3 leaves, 0 waiting, log of waivers whole, root ")

    assert desk.dynamodb.describe_table(TableName=target)["Table"]["DeletionProtectionEnabled"]
    backups = desk.dynamodb.describe_continuous_backups(TableName=target)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    ttl = desk.dynamodb.describe_time_to_live(TableName=target)["TimeToLiveDescription"]
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("ttl", "ENABLED")


def test_a_drill_that_broke_off_goes_on_with_the_table_that_it_had_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = restore.make_safe
    monkeypatch.setattr(restore, "make_safe", interrupt)
    with pytest.raises(KeyboardInterrupt):
        restore.restore(desk.cloud, None, "", yes=True, poll_s=0.1)
    monkeypatch.setattr(restore, "make_safe", real)
    target = capsys.readouterr().out.partition("--resume ")[2].split()[0]
    tables = desk.dynamodb.list_tables()["TableNames"]
    assert restore.resume(desk.cloud, target, poll_s=0.1) == target
    assert desk.dynamodb.describe_table(TableName=target)["Table"]["DeletionProtectionEnabled"]
    assert desk.read(target).fingerprints == desk.read().fingerprints
    assert desk.dynamodb.list_tables()["TableNames"] == tables

    # And once more, when all is on: AWS refuses to switch on what is.
    asked: list[str] = []
    desk.dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    restore.make_safe(desk.dynamodb, target)
    assert not {"UpdateTable", "UpdateTimeToLive"} & set(asked)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_only_a_restored_table_is_gone_on_with(desk: Desk) -> None:
    with pytest.raises(Refused, match="is no restored table"):
        restore.resume(desk.cloud, desk.table)
    with pytest.raises(Refused, match="there is no table"):
        restore.resume(desk.cloud, f"{restore.beginning(desk.cloud)}20200101-000000", poll_s=0.1)


def test_what_was_recorded_after_the_backup_is_told_as_only_live(desk: Desk) -> None:
    backup = desk.dynamodb.create_backup(TableName=desk.table, BackupName="drill")["BackupDetails"]["BackupArn"]
    event_id = desk.create_charter()
    desk.log_payment(event_id, 500)
    target = restore.restore(desk.cloud, None, backup, yes=True, poll_s=0.1)
    lines = {line.split()[0]: line for line in restore.compare(desk.read(), desk.read(target))}
    assert lines["PAYMENT"].endswith("4 live      3 restored   3 same, 1 only live")
    assert lines["payments,"].endswith("152745 live, 152245 restored")


def test_the_product_works_on_the_restored_table(desk: Desk) -> None:
    target = restore.restore(desk.cloud, None, "", yes=True, poll_s=0.1)
    merge(desk.cloud, {"SCC_TABLE": target})
    assert live_table(desk.cloud) == target
    with operator.operating(SCC_TABLE=target):
        page = board.list_charters(board.parse_board_page({}, now=NOW))
        balances = sorted(each["balance"]["received_cents"] for each in page["events"])
        desk.log_payment(page["events"][0]["event_id"], 1)
    assert balances == [12_345, 40_000]
    assert "1 only live" in "\n".join(restore.compare(desk.read(target), desk.read()))


def test_a_log_that_is_not_whole_is_refused(desk: Desk) -> None:
    whole = desk.read()
    root = merkle.encode_hash(whole.tree.root)
    assert restore.check_log(whole) == f"3 leaves, 0 waiting, log of waivers whole, root {root}"
    for changed, named in (
        (replace(whole, leaves={0: whole.leaves[0], 2: whole.leaves[2]}), "leaf 1 .* is missing"),
        (replace(whole, leaves={**whole.leaves, 1: whole.leaves[0]}), "the root .* is not that of its 3 leaves"),
        (replace(whole, tree=whole.tree._replace(size=2)), "ends before its leaf 2"),
        (replace(whole, tree=whole.tree._replace(root=bytes(32))), "the root .* is not that of its 3 leaves"),
    ):
        with pytest.raises(Refused, match=named):
            restore.check_log(changed)


def test_the_restored_log_is_that_of_the_records_as_they_came_back(desk: Desk) -> None:
    """A payload that was edited in the backup is told, though the tiles and the log's end are as they were."""
    backup = desk.dynamodb.create_backup(TableName=desk.table, BackupName="edited")["BackupDetails"]["BackupArn"]
    target = restore.restore(desk.cloud, None, backup, yes=True, poll_s=0.1)
    items = [item for item in scan(desk.dynamodb, target) if item["SK"]["S"].startswith("RECORD#")]
    edited = items[0]["payload"]["S"].replace("2026-11-22T20:00:00Z", "2026-11-23T20:00:00Z")
    desk.dynamodb.put_item(TableName=target, Item={**items[0], "payload": {"S": edited}})
    with pytest.raises(Refused, match=r"the root .* is not that of its 3 leaves"):
        restore.check_log(desk.read(target))
