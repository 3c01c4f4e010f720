"""The table is added up anew, written out and read back; what does not agree is named, and no person is."""

import base64
import json
import random
import stat
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import calendars, sweep
from chalicelib.boats import service as boats
from chalicelib.charters import service as charters
from chalicelib.core.settings import settings
from chalicelib.mail import outbox
from chalicelib.mail import store as mail_store
from chalicelib.operator import service as desk_settings
from chalicelib.payments.acts import bounce_payment, clear_payment, void_payment
from chalicelib.people import service as people
from chalicelib.schedule import holds
from chalicelib.waivers import mails as waiver_mails
from chalicelib.waivers import versions as waiver_versions
from tests.support import operator
from tests.support.altering import Change, Items, attribute, data, differences, of_kind, under, without
from tests.support.api import new_boat, new_person, new_settings
from tests.support.desk import Desk, open_desk
from tests.support.operator import ADMIN, NOW
from tests.support.stores import fresh_store
from tests.support.table import create_table
from tools.audit import __main__ as audit
from tools.audit import transfer
from tools.audit.records import gather
from tools.common.cloud import Cloud
from tools.common.console import Refused
from tools.common.table import scan
from tools.local.embedded import EmbeddedAws

PRIVATE = ("Ana", "Rivera", "example.com", "192.0.2", "555", "typed twice", "Sunset", "Petrel", "Luis", "Gate")
ALL_AGREES = "2 charters, 3 payments, 1 acts, 3 waivers (0 erased), 3 leaves, 0 waiting for the log: all sums agree"


# --- check: what the product makes agrees, and what does not is named -----------------------------


@pytest.fixture(scope="module")
def made(dynamodb_local: str) -> list[Items]:
    """Every record after all that the product can do to a ledger and its waivers."""
    with fresh_store(dynamodb_local) as dynamodb, pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
        desk = Desk(Cloud("none"), dynamodb, settings().table)
        details = {"patron": {"name": "Ana Rivera", "email": "ana@example.com", "phone": "+1 415 555 0100"}}
        body = {"title": "Sunset", "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T12:00:00Z"}
        body |= {**details, "charter_fee_cents": 90_000}
        charter = charters.create_charter(body, request_key=operator.uuid(), actor=ADMIN, now=NOW)[0]["event_id"]
        desk.log_payment(charter, 40_000, kind="deposit", notify=True)
        check = desk.log_payment(charter, 30_000, method="check")
        clear_payment(charter, check, {}, actor=ADMIN, now=NOW)
        desk.log_payment(charter, 5_000, kind="refund", refund_of=check)
        bounced = desk.log_payment(charter, 20_000, method="check")
        bounce_payment(charter, bounced, {"reason": "no cover"}, actor=ADMIN, now=NOW)
        voided = desk.log_payment(charter, 99_900, kind="tip")
        void_payment(charter, voided, {"reason": "typed twice"}, actor=ADMIN, now=NOW)
        desk.log_payment(charter, 1_000, method="zelle")
        fee = {"reason": "storm", "cancellation_fee_cents": 80_000}
        charters.cancel_charter(charter, fee, actor=ADMIN, now=NOW)
        other = desk.create_charter()
        desk.sign_waiver(other, signer_email="bo@example.com")
        waiver_versions.publish_version({"title": "New", "text": "new text"}, actor=ADMIN, now=NOW)
        waiver_versions.publish_version(
            {"title": "Nuevo", "text": "texto nuevo", "language": "es"}, actor=ADMIN, now=NOW
        )
        boat = boats.create_boat(new_boat(), request_key=operator.uuid(), actor=ADMIN, now=NOW)[0]["boat_id"]
        free = {"boat_id": boat, "kind": "blocked", "ends_at": "2026-12-05T12:00:00Z"}
        once = {**free, "title": "Once", "starts_at": "2026-11-20T10:00:00Z"}
        weekly = {**free, "title": "Yard", "starts_at": "2026-12-05T10:00:00Z", "weekly_until": "2026-12-31"}
        for hold in (once, {**weekly, "override_reason": "both"}):
            holds.create_hold(hold, request_key=None, actor=ADMIN, now=NOW)
        no_charters: Any = lambda *_: []  # noqa: E731
        boats.edit_boat(boat, {"version": 1, "active": False}, coming_charters=no_charters, actor=ADMIN, now=NOW)
        person = people.create_person(new_person(), request_key=None, actor=ADMIN, now=NOW)[0]["person_id"]
        people.renew_link(person, actor=ADMIN, now=NOW)
        desk_settings.put_settings(new_settings(), actor=ADMIN, now=NOW)
        for calendar in ("desk", boat):
            calendars.renew_link(calendar, actor=ADMIN, now=NOW)
        sweep.queue_paper_mails(NOW.replace(minute=sweep.PAPERS_MINUTE))
        sweep.mail_checkpoint(NOW.replace(hour=sweep.CHECKPOINT_HOUR))
        (copy,) = (mail for mail in mail_store.list_mail("queued", "", 100)[0] if mail.kind == "waiver_copy")
        noted = waiver_mails.MAIL_KINDS["waiver_copy"].status_writes(copy, "sent", NOW)
        mail_store.finish_mail(copy, "sent", "2026-11-22T20:00:00Z", "SES: 1", noted)
        return list(scan(dynamodb, desk.table))


def test_all_that_the_product_does_agrees(made: list[Items]) -> None:
    assert differences(made) == []
    assert gather(made).totals()._asdict() == {
        "charters": 2,
        "payments": 6,
        "acts": 3,
        "waivers": 1,
        "erased": 0,
        "leaves": 1,
        "waiting": 0,
        # A notice about a paper of the person among them; the boat is not active.
        "mails": 5,
        "records": len(made),
        "money": {
            "USD": {"received_cents": 71_000, "refunded_cents": 5_000, "tips_cents": 0, "uncleared_cents": 1_000}
        },
    }


def money(**changes: Any) -> Change:
    def change(item: Items) -> None:
        item["money"] = {"S": json.dumps({**json.loads(item["money"]["S"]), **changes})}

    return change


NOWHERE = f"EVENT#{'A' * 22}"
ALTERED: list[tuple[str, str, Change, str]] = [
    ("EVENT", "Sunset", money(received_cents=1), "received_cents is 1 on the charter, 71000 by its rows"),
    ("EVENT", "Sunset", money(uncleared_cents=0), "uncleared_cents is 0 on the charter, 1000 by its rows"),
    ("EVENT", "Sunset", money(payment_method="check"), "payment_method is check on the charter"),
    ("EVENT", "Sunset", attribute("ledger_seq", {"N": "8"}), "ledger_seq is 8, but it has 9 rows and acts"),
    ("EVENT", "Sail", attribute("signed_count", {"N": "2"}), "signed_count is 2, but 1 people have signed"),
    ("EVENT", "Sunset", attribute("by_date_sk", {"S": "2020"}), "the index lists it in another place"),
    ("EVENT", "Sunset", attribute("version", {"N": "x"}), "it cannot be read"),
    ("PAYMENT", "40000", data(amount_cents=40_001), "received_cents is 71000 on the charter, 71001 by its rows"),
    ("PAYMENT", '"refund"', data(amount_cents=30_001), "30001 cents of its 30000 are refunded"),
    ("PAYMENT", '"refund"', data(refund_of=operator.uuid()), "it refunds no payment of this charter"),
    ("PAYMENT", '"refund"', data(refunds_tip=True), "it counts for the wrong kind of payment"),
    ("PAYMENT", '"deposit"', data(address=None), "it lacks address"),
    ("PAYMENT", '"deposit"', data(recorded_by="", recorded_at="x"), "it lacks recorded_by"),
    ("PAYMENT", '"deposit"', data(amount_cents="7"), "it is not whole"),
    ("PAYMENT", '"deposit"', data(event_id="A" * 22), "it stands under the key of another"),
    ("PAYMENT", '"deposit"', attribute("data", {"S": "{"}), "it cannot be read"),
    ("PAYMENT", '"deposit"', attribute("data", {"S": "[]"}), "it cannot be read"),
    ("EVENT", "Sunset", data(details={}), "it cannot be read"),
    ("MAIL", '"receipt"', data(data={"charter": None}), "it cannot be read"),
    ("PAYMENT", '"deposit"', attribute("by_date_pk", {"S": "LEDGER#2026-11"}), "the index lists it in another place"),
    ("PAYMENT", '"check"', attribute("receipt", {"S": "pending"}), "its receipt is pending, but no mail is queued"),
    # What is voided adds up to nothing, and a payer to no sum at all.
    ("PAYMENT", "99900", data(amount_cents=99_901), "its amount_cents changed since it was logged"),
    ("PAYMENT", '"deposit"', data(kind="balance", payer="Ana R."), "its kind, payer changed since it was logged"),
    ("PAYMENT", '"deposit"', attribute("answer", {"S": "{}"}), "it cannot be read"),
    ("PAYMENT", '"check"', attribute("receipt", {"S": "sent"}), "its receipt was mailed, but there is no such mail"),
    ("ACT", "#VOID", data(by=None), "it lacks by"),
    ("ACT", "#VOID", data(address=""), "it lacks address"),
    ("ACT", "#VOID", data(at=None), "it is not whole"),
    ("ACT", "#VOID", data(act="clear"), "it is not whole"),
    ("ACT", "#VOID", under(f"PAYMENT#{operator.uuid()}#VOID"), "there is no such payment on this charter"),
    ("ACT", "#BOUNCE", attribute("by_date_sk", {"S": "x"}), "the index lists it in another place"),
    ("AUDIT", "cancelled", data(address=""), "lacks address"),
    ("AUDIT", "cancelled", data(by="system", address=""), "lacks address"),
    ("AUDIT", "cancelled", data(actor_type=None), "lacks actor_type"),
    ("AUDIT", "cancelled", under("AUDIT#x", NOWHERE), "it does not exist, but has audit events"),
    ("AUDIT", "published", data(by=None), "lacks by"),
    ("AUDIT", "BOAT#", data(by=None), "lacks by"),
    ("AUDIT", "SETTINGS", data(address=""), "lacks address"),
    ("AUDIT", "PERSON#", under("AUDIT#x", f"PERSON#{'A' * 22}"), "person AAAAAAAAAAAAAAAAAAAAAA: it does not exist"),
    ("BOATS", "Petrel", attribute("schedule_seq", None), "it cannot be read"),
    ("PEOPLE", "Luis", attribute("data", {"S": "{"}), "it cannot be read"),
    ("BOATS", "Petrel", attribute("weekly_holds", {"S": "[]"}), "its boat does not know it"),
    ("HOLDS", "Yard", attribute("status", {"S": "released"}), "its boat says something else of it"),
    ("HOLDS", "Once", attribute("status", {"S": "released"}), "the schedule has another entry of it, or none"),
    ("HOLDS", "Once", attribute("version", None), "it cannot be read"),
    ("SCHEDULE", "Sail", data(title="x"), "the schedule has another entry of it, or none"),
    ("SCHEDULE", "Once", data(ends_at="x"), "the schedule has another entry of it, or none"),
    ("DIRECTORY", "", attribute("text", {"S": "x"}), "the directory of charters says something else of it"),
    ("DIRECTORY", "", attribute("signed", {"S": "x"}), "the directory of charters has others who signed"),
    ("SETTINGS", "Gate", attribute("version", None), "it cannot be read"),
    ("SETTINGS", "DESK_LINK", attribute("link_number", {"N": "x"}), "it cannot be read"),
    ("WAIVER_VERSION", "sample", data(text="else"), "its text was altered"),
    ("WAIVER_VERSION", "Nuevo", data(language="en"), "it is not one of the versions"),
    ("WAIVER_VERSION", "VERSION {", data(published_by=""), "it lacks published_by"),
    ("WAIVER_VERSION", "CURRENT", data(waiver_version="0" * 64), "it is not one of the versions"),
    ("MAIL", '"receipt"', data(data={"charter": {"event_id": "A" * 22}}), "a charter that does not exist"),
    ("MAIL", '"bounce"', attribute("status", {"S": "sent"}), "the index lists it in another place"),
    ("RECEIVABLES", "", data(due_cents=1), "the list of receivables says something else of it"),
    ("RECEIVABLES", "", under(f"EVENT#{'A' * 22}"), "the list of receivables says something else of it"),
    ("TO_CLEAR", "", under("2026-11-22T20:00:00Z#x#y"), "it is on the list to clear"),
]


@pytest.mark.parametrize(("kind", "part", "change", "named"), ALTERED)
def test_what_was_altered_is_named(made: list[Items], kind: str, part: str, change: Change, named: str) -> None:
    items = deepcopy(made)
    change(of_kind(items, kind, part))
    found = differences(items)
    assert any(named in line for line in found), found
    assert not any(private in line for line in found for private in PRIVATE)


@pytest.mark.parametrize(
    ("kind", "part", "named"),
    [
        ("EVENT", "Sunset", "it does not exist, but has 9 rows and acts"),
        ("PAYMENT", '"deposit"', "received_cents is 71000 on the charter, 31000 by its rows"),
        ("PAYMENT", "99900", "there is no such payment on this charter"),
        ("ACT", "#VOID", "ledger_seq is 9, but it has 8 rows and acts"),
        ("BOATS", "Petrel", "it does not exist, but has audit events"),
        ("PEOPLE", "Luis", "it does not exist, but has audit events"),
        ("HOLDS", "Once", "it does not exist, but has audit events"),
        ("HOLDS", "Yard", "its boat says something else of it"),
        ("SCHEDULE", "Once", "the schedule has another entry of it, or none"),
        ("DIRECTORY", "", "the directory of charters says something else of it"),
        ("WAIVER_VERSION", "Release of Liability", "the text that it signs is missing"),
        ("WAIVER_VERSION", "CURRENT", "it is not one of the versions"),
        ("MAIL", '"receipt"', "its receipt is pending, but no mail is queued"),
        ("RECEIVABLES", "", "the list of receivables says something else of it"),
        ("TO_CLEAR", "", "it waits to be cleared, but is not on that list"),
    ],
)
def test_what_is_missing_is_named(made: list[Items], kind: str, part: str, named: str) -> None:
    missing = of_kind(made, kind, part)
    found = differences(without(made, missing))
    assert any(named in line for line in found), found


def test_a_payment_that_was_ended_twice_is_named(made: list[Items]) -> None:
    bounce = deepcopy(of_kind(made, "ACT", "#BOUNCE"))
    data(act="void")(bounce)
    under(bounce["SK"]["S"].replace("BOUNCE", "VOID"))(bounce)
    assert any("BOUNCE and VOID cannot have been done to it" in line for line in differences([*made, bounce]))


def test_an_audit_event_that_stands_twice_is_named(made: list[Items]) -> None:
    twin = deepcopy(of_kind(made, "AUDIT", "cancelled"))
    under(twin["SK"]["S"] + "x")(twin)
    assert any("stands twice" in line for line in differences([*made, twin]))


def test_what_moves_while_it_is_read_is_no_difference(made: list[Items], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAUSE_S", 0)
    torn = [item for item in made if item is not of_kind(made, "ACT", "#VOID")]
    readings = [made, torn, made, torn]
    assert audit.read_differences(readings.pop)[1] == []
    assert audit.read_lines(readings.pop) == (transfer.to_lines(made), 0)
    assert readings == []
    assert audit.read_differences(lambda: torn)[1] != []
    assert audit.read_lines(lambda: torn)[1] > 0


# --- the commands ---------------------------------------------------------------------------------


@pytest.fixture
def desk(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(embedded_aws.endpoint) as found:
        monkeypatch.setattr(audit, "find_cloud", lambda _: found.cloud)
        monkeypatch.setattr(audit, "PAUSE_S", 0)
        yield found


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["audit", *arguments])
    return audit.main()


def test_check_tells_in_one_line_that_all_agrees(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch) == 0
    assert (
        capsys.readouterr().out
        == "2 charters, 3 payments, 1 acts, 3 waivers (0 erased), 3 leaves, 0 waiting for the log: all sums agree\n"
    )
    assert run(monkeypatch, "--json", "check") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["differences"], report["totals"]["money"]["USD"]["received_cents"]) == ([], 52_345)


def test_check_exits_1_and_prints_a_line_for_each_difference(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    event_id = desk.create_charter()
    desk.dynamodb.update_item(
        TableName=desk.table,
        Key={"PK": {"S": f"EVENT#{event_id}"}, "SK": {"S": "EVENT"}},
        UpdateExpression="SET ledger_seq = :wrong, signed_count = :wrong",
        ExpressionAttributeValues={":wrong": {"N": "7"}},
    )
    lines = [
        f"charter {event_id}: ledger_seq is 7, but it has 0 rows and acts",
        f"charter {event_id}: signed_count is 7, but 0 people have signed",
    ]
    assert run(monkeypatch, "check") == 1
    assert capsys.readouterr().out.splitlines() == lines
    assert run(monkeypatch, "check", "--json") == 1
    assert len(json.loads(capsys.readouterr().out)["differences"]) == 2


def test_an_export_is_private_repeatable_and_without_sessions(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert run(monkeypatch, "export", str(first)) == 0
    desk.dynamodb.put_item(TableName=desk.table, Item={"PK": {"S": "SESSION#a"}, "SK": {"S": "SESSION#a"}})
    assert run(monkeypatch, "export", str(second)) == 0
    assert first.read_bytes() == second.read_bytes()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"first", "second"}
    capsysbinary.readouterr()
    assert run(monkeypatch, "export", "-") == 0
    assert capsysbinary.readouterr().out == first.read_bytes()
    header, *records, end = first.read_bytes().splitlines()
    assert json.loads(header) == {"format": "scc-table/1", "records": len(records)}
    assert list(json.loads(end)) == ["sha256"]


def test_the_books_are_exported_in_the_operators_time_zone_for_the_owners_eyes_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "books"
    for form in ("json", "beancount", "hledger"):
        assert run(monkeypatch, "export", str(file), "--format", form) == 0
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"America/Los_Angeles" in file.read_bytes()
        capsysbinary.readouterr()
        assert run(monkeypatch, "export", "-", "--format", form) == 0
        assert capsysbinary.readouterr().out == file.read_bytes()


def test_check_compares_the_ledger_with_mails_that_were_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
    sweep.mail_ledger_checkpoint(
        (NOW + timedelta(days=1)).replace(hour=sweep.CHECKPOINT_HOUR, minute=sweep.LEDGER_MINUTE)
    )
    [mail] = mail_store.list_mail("queued", "", 100)[0]
    kept = tmp_path / "mail.eml"
    kept.write_bytes(outbox.compose(mail, desk_settings.defaults(), NOW).as_bytes())
    assert run(monkeypatch, "check", "--checkpoint", str(kept)) == 0
    kept.write_text(mail.data["checkpoint"].replace("\n6\n", "\n7\n"))
    assert run(monkeypatch, "check", "--checkpoint", str(kept)) == 1
    assert "7 leaves were told of, and the log has 6" in capsys.readouterr().out
    kept.write_text("nothing")
    with pytest.raises(Refused, match="no checkpoint of the ledger"):
        run(monkeypatch, "check", "--checkpoint", str(kept))


def test_an_export_that_cannot_be_written_leaves_no_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        run(monkeypatch, "export", str(tmp_path / "none" / "file"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        run(monkeypatch, "export", str(tmp_path / "folder"))
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_import_brings_every_record_and_the_same_totals(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, target = tmp_path / "export", create_table(desk.dynamodb)
    run(monkeypatch, "export", str(file))
    capsys.readouterr()
    assert run(monkeypatch, "import", str(file), "--table", target, "--yes") == 0
    assert (
        capsys.readouterr().out.splitlines()[1]
        == "2 charters, 3 payments, 1 acts, 3 waivers (0 erased), 3 leaves, 0 waiting for the log: all sums agree"
    )
    assert desk.read(target).fingerprints == desk.read().fingerprints
    again = tmp_path / "again"
    run(monkeypatch, "export", str(again), "--table", target)
    assert again.read_bytes() == file.read_bytes()
    with pytest.raises(Refused, match="is not empty"):
        run(monkeypatch, "import", str(file), "--table", target, "--yes")
    with operator.operating(SCC_TABLE=target):
        desk.log_payment(desk.create_charter(), 1)


def test_an_import_that_broke_off_goes_on_when_told_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, target = tmp_path / "export", create_table(desk.dynamodb)
    run(monkeypatch, "export", str(file))
    put, left = transfer.put_new, [5]

    def die_after_five(*call: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        put(*call)

    monkeypatch.setattr(transfer, "put_new", die_after_five)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, "import", str(file), "--table", target, "--yes")
    monkeypatch.setattr(transfer, "put_new", put)
    assert 0 < len(list(scan(desk.dynamodb, target))) <= 5
    with pytest.raises(Refused, match="--resume goes on"):
        run(monkeypatch, "import", str(file), "--table", target, "--yes")
    capsys.readouterr()
    assert run(monkeypatch, "import", str(file), "--table", target, "--yes", "--resume") == 0
    assert desk.read(target).fingerprints == desk.read().fingerprints


def test_an_import_never_writes_over_another_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, target = tmp_path / "export", create_table(desk.dynamodb)
    run(monkeypatch, "export", str(file))
    lines = transfer.read_export(file)
    foreign = {**transfer.to_item(lines[0]), "note": {"S": "another"}}
    desk.dynamodb.put_item(TableName=target, Item=foreign)
    with pytest.raises(Refused, match="not in the file"):
        run(monkeypatch, "import", str(file), "--table", target, "--yes", "--resume")
    with pytest.raises(Refused, match="another record"):
        transfer.put_new(desk.dynamodb, target, lines[0])
    assert list(scan(desk.dynamodb, target)) == [foreign]
    with pytest.raises(Refused, match="there is no table"):
        run(monkeypatch, "import", str(file), "--table", "none-such", "--yes")


def test_an_import_into_a_table_without_the_index_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, target = tmp_path / "export", f"bare-{operator.uuid()}"
    run(monkeypatch, "export", str(file))
    keys = {"PK": "HASH", "SK": "RANGE"}
    desk.dynamodb.create_table(
        TableName=target,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
    )
    with pytest.raises(Refused, match="has no index by_date"):
        run(monkeypatch, "import", str(file), "--table", target, "--yes")
    assert list(scan(desk.dynamodb, target)) == []


# --- the file -------------------------------------------------------------------------------------


def test_a_file_that_was_cut_off_or_altered_is_refused_wherever(made: list[Items], tmp_path: Path) -> None:
    file = tmp_path / "export"
    transfer.write_private(file, transfer.export_content(transfer.to_lines(made)))
    whole = file.read_bytes()
    assert transfer.read_export(file) == transfer.to_lines(made)
    draw = random.Random(7)  # noqa: S311 - draws places
    lines = whole.splitlines(keepends=True)
    broken = [b"", b"\n", b"[]\n", b"null\nnull\n", lines[-1], whole + b"x", whole + b"\n", b"".join(lines[1:])]
    broken += [whole[: draw.randrange(len(whole))] for _ in range(200)] + [whole[:-1]]
    for _ in range(200):
        position = draw.randrange(len(whole))
        broken.append(whole[:position] + bytes([whole[position] ^ draw.randrange(1, 256)]) + whole[position + 1 :])
    for position in range(len(lines)):
        broken.append(b"".join(lines[:position] + lines[position + 1 :]))
    for content in broken:
        file.write_bytes(content)
        with pytest.raises(Refused, match=r"export|altered|cut off|format"):
            transfer.read_export(file)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        transfer.read_export(tmp_path / "none")


values = st.recursive(
    st.builds(lambda text: {"S": text}, st.text(st.characters(exclude_categories=["Cs"])))
    | st.builds(lambda number: {"N": str(number)}, st.integers())
    | st.builds(lambda content: {"B": content}, st.binary())
    | st.builds(lambda flag: {"BOOL": flag}, st.booleans())
    | st.just({"NULL": True})
    | st.builds(lambda held: {"SS": sorted(held)}, st.sets(st.text("abc é\n\x00"), min_size=1))
    | st.builds(lambda held: {"NS": sorted(map(str, held))}, st.sets(st.integers(), min_size=1))
    | st.builds(lambda held: {"BS": sorted(held, key=base64.b64encode)}, st.sets(st.binary(), min_size=1)),
    lambda inner: (
        st.builds(lambda held: {"L": held}, st.lists(inner))
        | st.builds(lambda held: {"M": held}, st.dictionaries(st.text("ab "), inner))
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abcS"), values))
def test_whatever_dynamodb_can_hold_comes_back_from_its_line(attributes: Items) -> None:
    item = {"PK": {"S": "a"}, "SK": {"S": "b"}, **attributes}
    line = transfer.to_line(item)
    assert line.count(b"\n") == 1
    assert transfer.to_item(line) == item
