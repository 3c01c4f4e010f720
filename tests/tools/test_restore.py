"""The restore drill, rehearsed: charters, payments and waivers made by the product come back to the letter."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib import events, payments, waivers
from tests.support import operator
from tests.support.functions import create_functions
from tests.support.operator import ADMIN, NOW
from tests.support.stores import fresh_store
from tools import env, restore
from tools.cloud import Cloud
from tools.console import Refused
from tools.embedded import EmbeddedAws


@dataclass(frozen=True)
class Desk:
    """A table with a day's work in it, and the cloud it stands in."""

    cloud: Cloud
    dynamodb: Any
    table: str

    def log_payment(self, event_id: str, amount_cents: int, **more: Any) -> str:
        payment_id = operator.uuid()
        body = {"method": "cash", "amount_cents": amount_cents, "notify": False, **more}
        payments.log_payment(event_id, payments.parse_payment(payment_id, body, now=NOW), actor=ADMIN, now=NOW)
        return payment_id

    def create_event(self) -> str:
        body = {"title": "Sail", "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T12:00:00Z"}
        return str(events.create_event(body, request_key=None, actor=ADMIN, now=NOW)[0]["event_id"])

    def sign_waiver(self, event_id: str) -> None:
        form = {
            "submission_id": operator.uuid(),
            "waiver_version": str(waivers.default_version()["waiver_version"]),
            "signer_name": "Ana Rivera",
            "esign_consent": "on",
            "intent": "on",
            "signature_typed": "Ana Rivera",
        }
        visitor = waivers.Visitor("192.0.2.7", "test")
        waivers.sign(event_id, {name: [value] for name, value in form.items()}, visitor=visitor, now=NOW)

    def read(self, table: str = "") -> restore.Contents:
        return restore.read(self.dynamodb, table or self.table)


@pytest.fixture
def desk(embedded_aws: EmbeddedAws) -> Iterator[Desk]:
    cloud = Cloud(f"r{operator.uuid()[-8:]}", embedded_aws.endpoint)
    with fresh_store(embedded_aws.endpoint) as dynamodb:
        from chalicelib.settings import settings

        table = settings().table
        create_functions(cloud, operator.environment(SCC_TABLE=table))
        found = Desk(cloud, dynamodb, table)
        first, second = found.create_event(), found.create_event()
        found.log_payment(first, 40_000, kind="deposit")
        wrong = found.log_payment(first, 99_900)
        payments.void_payment(first, wrong, {"reason": "typed twice"}, actor=ADMIN, now=NOW)
        found.log_payment(second, 12_345, method="check")
        for _ in range(3):
            found.sign_waiver(first)
        yield found


def test_the_restored_table_holds_every_record_to_the_letter_and_is_made_safe(desk: Desk) -> None:
    live = desk.read()
    target = restore.restore(desk.cloud, None, "", yes=True, poll_s=0.1)
    restored = desk.read(target)
    assert restored.marks == live.marks
    assert (len(restored.marks["PAYMENT"]), len(restored.marks["ACT"]), len(restored.marks["WAIVER"])) == (3, 1, 3)
    assert restored.money_cents == live.money_cents == 152_245
    assert restore.check_chain(restored).startswith("3 waivers, chain whole")

    assert desk.dynamodb.describe_table(TableName=target)["Table"]["DeletionProtectionEnabled"]
    backups = desk.dynamodb.describe_continuous_backups(TableName=target)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    ttl = desk.dynamodb.describe_time_to_live(TableName=target)["TimeToLiveDescription"]
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("ttl", "ENABLED")


def test_what_was_recorded_after_the_backup_is_told_as_only_live(desk: Desk) -> None:
    backup = desk.dynamodb.create_backup(TableName=desk.table, BackupName="drill")["BackupDetails"]["BackupArn"]
    event_id = desk.create_event()
    desk.log_payment(event_id, 500)
    target = restore.restore(desk.cloud, None, backup, yes=True, poll_s=0.1)
    lines = {line.split()[0]: line for line in restore.compare(desk.read(), desk.read(target))}
    assert lines["PAYMENT"].endswith("4 live      3 restored   3 same, 1 only live")
    assert lines["payments,"].endswith("152745 live, 152245 restored")


def test_the_product_works_on_the_restored_table(desk: Desk) -> None:
    target = restore.restore(desk.cloud, None, "", yes=True, poll_s=0.1)
    env.plan_and_merge(desk.cloud, {"SCC_TABLE": target}, yes=True)
    assert restore.live_table(desk.cloud) == target
    with operator.operating(SCC_TABLE=target):
        page = events.list_events(events.parse_board_page({}, now=NOW))
        balances = sorted(each["balance"]["received_cents"] for each in page["events"])
        desk.log_payment(page["events"][0]["event_id"], 1)
    assert balances == [12_345, 40_000]
    assert "1 only live" in "\n".join(restore.compare(desk.read(target), desk.read()))


def test_a_chain_with_a_waiver_missing_is_refused(desk: Desk) -> None:
    contents = desk.read()
    contents.chain_links = [each for each in contents.chain_links if each["seq"] != 2]
    with pytest.raises(Refused, match="breaks at record 2"):
        restore.check_chain(contents)
