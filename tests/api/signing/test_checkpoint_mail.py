"""The daily mail that carries the log's checkpoint out of the system, and the alarm that comes instead."""

import base64
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import sweep
from chalicelib.core import dynamo
from chalicelib.waivers import log_store
from chalicelib.waivers.evidence import checkpoint, merkle, verify
from tests.support.api import Api
from tests.support.mails import text_of
from tests.support.signed import sign_all

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def unwrapped(message: EmailMessage) -> str:
    return " ".join(text_of(message).split())


def told_in(message: EmailMessage) -> checkpoint.Checkpoint:
    [found] = checkpoint.find_all(text_of(message))
    return found


def proof_in(message: EmailMessage) -> list[bytes]:
    after = text_of(message).partition("Consistency proof")[2]
    return [base64.b64decode(one) for one in re.findall(r"^  ([A-Za-z0-9+/]{43}=)$", after, re.MULTILINE)]


def run(*times: datetime) -> None:
    for now in times:
        sweep.run(now)


def test_once_a_day_from_noon_the_operator_is_told_where_a_log_that_has_grown_ends(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    run(NOON)
    assert mailbox == []
    sign_all(guest, event, "Ana", "Ben", "Cleo")
    run(NOON - timedelta(minutes=1))
    assert mailbox == []
    run(*(NOON + timedelta(minutes=minutes) for minutes in range(3)))
    [first] = mailbox
    assert first["To"].addresses[0].addr_spec == "ops@sail.example.com"
    assert first["Subject"] == "Signed waivers on 2026-11-25: 3 leaves in the log"
    assert checkpoint.format(told_in(first)) == api.get("/api/waivers/checkpoint").text
    assert "It is the first that was mailed." in text_of(first)
    for words in ("proves later", "python -m tools.verify_waivers", "--checkpoint"):
        assert words in text_of(first)
    # Nothing new is no mail; what comes after the mail is told the next day.
    run(NOON + DAY)
    assert len(mailbox) == 1
    sign_all(guest, event, "Dora")
    run(NOON + DAY + timedelta(minutes=5))
    sign_all(guest, event, "Eve")
    run(NOON + DAY + timedelta(minutes=6))
    assert [told_in(message).size for message in mailbox] == [3, 4]
    run(NOON + 2 * DAY)
    assert [told_in(message).size for message in mailbox] == [3, 4, 5]


def test_each_mail_proves_that_the_log_continues_the_one_before(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    for day, count in enumerate((3, 4, 1, 8)):
        sign_all(guest, event, *(f"Guest {day} {number}" for number in range(count)))
        run(NOON + day * DAY)
    told = [told_in(message) for message in mailbox]
    assert [one.size for one in told] == [3, 7, 8, 16]
    for before, after, message in zip(told, told[1:], mailbox[1:], strict=False):
        proof = proof_in(message)
        assert proof
        assert merkle.verify_consistency(before.size, before.root, after.size, after.root, proof)
        assert f"of {before.size} leaves with the head\n{merkle.encode_hash(before.root)}" in text_of(message)
    found = verify.find_fault_in(api.get("/api/waivers.json").text.encode(), told)
    assert (found.fault, found.leaves) == (None, 16)


# --- alarms ---------------------------------------------------------------------------------------


def put(key: dict[str, Any], **attributes: Any) -> None:
    """Changes these attributes of the item."""
    item = {**(dynamo.read_item(key) or key), **attributes}
    dynamo.db().put_item(TableName=dynamo.table_name(), Item=item)


def shrink() -> None:
    """The last records are taken away, with tree and head, as if they had never been."""
    tree = log_store.read_tree()
    hashes = [log_store.read_tile(0, 0)[at : at + 32] for at in range(0, 32 * (tree.size - 2), 32)]
    rewrite(hashes)


def forge() -> None:
    """A record is replaced, and all hashes above it made anew."""
    hashes = [log_store.read_tile(0, 0)[at : at + 32] for at in range(0, 32 * log_store.read_tree().size, 32)]
    rewrite([merkle.hash_leaf(b"forged"), *hashes[1:]])


def rewrite(hashes: list[bytes]) -> None:
    put(log_store.tile_key(0, 0), hashes={"S": base64.b64encode(b"".join(hashes)).decode()})
    root = merkle.encode_hash(merkle.root_of(hashes))
    put(dynamo.item_key("WAIVER_LOG", "TREE"), size={"N": str(len(hashes))}, root={"S": root})


def another_head() -> None:
    """At the told size."""
    put(dynamo.item_key("WAIVER_LOG", "TREE"), root={"S": merkle.encode_hash(bytes(32))})


def rename() -> None:
    put(dynamo.item_key("WAIVER_LOG", "TREE"), origin={"S": "evil.example/waivers"})


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (shrink, "it has 3 leaves, and 5 were told of"),
        (forge, "its first 5 leaves have another head than was told of"),
        (another_head, "its 5 leaves do not have the head that is written down"),
        (rename, "it is called evil.example/waivers, and was called sail.example.com/waivers"),
    ],
    ids=["a shrunken log", "a rewritten log", "another head", "another name"],
)
@pytest.mark.parametrize("grown", [False, True], ids=["as it was told of", "grown since"])
def test_a_log_that_is_not_the_one_told_of_is_an_alarm_each_day_and_never_a_cheerful_mail(
    api: Api,
    guest: Api,
    event: dict[str, Any],
    mailbox: list[EmailMessage],
    caplog: pytest.LogCaptureFixture,
    tamper: Any,
    problem: str,
    grown: bool,
) -> None:
    sign_all(guest, event, *(f"Guest {number}" for number in range(5)))
    run(NOON)
    if grown and tamper is not shrink:
        sign_all(guest, event, "Late")
    before = told_in(mailbox.pop())
    tamper()
    run(NOON + DAY, NOON + DAY + timedelta(minutes=1), NOON + 2 * DAY)
    assert [message["Subject"] for message in mailbox] == ["Alarm: the log of signed waivers is not what it was"] * 2
    size = log_store.read_tree().size
    expected = problem.replace("its 5 leaves", f"its {size} leaves")
    for message in mailbox:
        assert expected in unwrapped(message)
        assert checkpoint.find_all(text_of(message))[0] == before
        assert "Please keep this mail" not in text_of(message)
        assert "change nothing" in text_of(message)
    assert f"waiver-log-alarm: {expected}" in caplog.text
    # What was told of stays told of, until somebody has looked into it.
    told = log_store.read_mailed()
    assert (told.size, told.root) == (before.size, before.root)
    # Signing goes on.
    assert guest.get(f"/g/{event['event_id']}/waiver").status == 200


def test_a_log_that_is_gone_is_an_alarm(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    sign_all(guest, event, "Ana", "Ben")
    run(NOON)
    for key in (dynamo.item_key("WAIVER_LOG", "TREE"), log_store.tile_key(0, 0)):
        dynamo.db().delete_item(TableName=dynamo.table_name(), Key=key)
    run(NOON + DAY)
    assert [message["Subject"][:5] for message in mailbox] == ["Signe", "Alarm"]
    assert "it has 0 leaves, and 2 were told of" in unwrapped(mailbox[1])


def test_a_tile_that_is_missing_or_cut_is_an_alarm_and_not_a_failure_of_the_schedule(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage], caplog: pytest.LogCaptureFixture
) -> None:
    sign_all(guest, event, "Ana", "Ben", "Cleo")
    run(NOON)
    put(log_store.tile_key(0, 0), hashes={"S": base64.b64encode(log_store.read_tile(0, 0)[:32]).decode()})
    # Nothing can be appended any more, either; guests sign all the same.
    sign_all(guest, event, "Dora")
    run(NOON + DAY)
    assert [message["Subject"][:5] for message in mailbox] == ["Signe", "Alarm"]
    assert "some of its hashes are gone: tile 0 of level 0 ends before" in unwrapped(mailbox[1])
    assert caplog.text.count("waiver-log-alarm: a batch was not appended") == 2
