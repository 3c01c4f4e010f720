"""Signed waivers and their log are made anew from the records; what does not agree is named, and no person is."""

import base64
import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import erasure, sweep
from chalicelib.charters import service as charters
from chalicelib.core.settings import settings
from chalicelib.waivers import log, mails, requests, striking
from chalicelib.waivers.evidence import canonical, disclosures, merkle
from tests.support.altering import Change, Items, attribute, data, differences, of_kind, under, without
from tests.support.desk import Desk
from tests.support.operator import ADMIN, NOW
from tests.support.stores import fresh_store
from tools.audit.records import gather
from tools.common.cloud import Cloud
from tools.common.table import scan

PRIVATE = ("Ana", "Rivera", "Kim", "Ott", "example.com", "192.0.2", "2015-", "not hers", "asked for it")
SECOND_DAY = NOW + timedelta(days=1)


class Made:
    """A day at the dock: who signed on what, by the names that the tests use."""

    def __init__(self, dynamodb: Any, patch: pytest.MonkeyPatch) -> None:
        patch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
        desk = Desk(Cloud("none"), dynamodb, settings().table)
        self.charter = desk.create_charter()
        guests = [{"name": "Kim Ott", "email": "kim@example.com"}, {"name": "Bo Ott", "email": ""}]
        charters.edit_charter(self.charter, {"version": 1, "guests": guests}, actor=ADMIN, now=NOW)
        requests.remind_guests(self.charter, {}, now=NOW)
        self.kim = desk.sign_waiver(
            self.charter,
            signer_name="Kim Ott",
            signer_email="kim@example.com",
            signature_strokes="[[[1,2,3],[4,5,6]]]",
            minor_name=["Lu Ott", "Mo Ott"],
            minor_birth_date=["2015-05-06", "2017-01-02"],
            guardian_relationship="parent",
            authority_attestation="on",
        )
        self.ana = desk.sign_waiver(self.charter)
        self.again = desk.sign_waiver(self.charter)
        sweep.mail_checkpoint(NOW.replace(hour=sweep.CHECKPOINT_HOUR))
        striking.set_aside(self.charter, self.again, {"reason": "not hers"}, actor=ADMIN, now=NOW)
        self.eve = desk.sign_waiver(
            self.charter,
            signer_name="Eve Ray",
            signer_email="eve@example.com",
            signature_strokes="[[[7,8,9]]]",
            minor_name=["Al Ray"],
            minor_birth_date=["2015-05-06"],
            guardian_relationship="parent",
            authority_attestation="on",
        )
        self.eves_fields = [item for item in scan(dynamodb, desk.table) if item["PK"] == form_of(self.eve)]
        mails.store.put_copy(self.eve, "f" * 64, "2027-01-01T00:00:00Z")
        erasure.erase(self.charter, self.eve, {"reason": "asked for it"}, actor=ADMIN, now=NOW)
        self.twice = desk.sign_waiver(self.charter, signer_name="Tod Ray")
        striking.set_aside(self.charter, self.twice, {"reason": "not hers"}, actor=ADMIN, now=NOW)
        later = NOW + timedelta(hours=1)
        erasure.erase(self.charter, self.twice, {"reason": "asked for it"}, actor=ADMIN, now=later)
        charters.renew_guest_link(self.charter, actor=ADMIN, now=NOW)
        sweep.mail_checkpoint(SECOND_DAY.replace(hour=sweep.CHECKPOINT_HOUR))
        patch.setattr(log, "append_after_signing", lambda: None)
        self.waiting = desk.sign_waiver(desk.create_charter(), signer_name="Wait Ing")
        self.items = list(scan(dynamodb, desk.table))

    def form(self, name: str) -> str:
        """The name of a form, by that of who signed it; anything else is taken as it is."""
        return str(getattr(self, name))[:-2] if hasattr(self, name) else name


def form_of(waiver_id: str) -> Items:
    return {"S": f"FORM#{waiver_id[:-2]}"}


@pytest.fixture(scope="module")
def made(dynamodb_local: str) -> Iterator[Made]:
    with fresh_store(dynamodb_local) as dynamodb, pytest.MonkeyPatch.context() as patch:
        yield Made(dynamodb, patch)


def test_all_that_is_done_to_waivers_agrees_and_what_waits_is_counted(made: Made) -> None:
    assert differences(made.items) == []
    totals = gather(made.items).totals()
    assert (totals.waivers, totals.erased, totals.leaves, totals.waiting) == (9, 2, 10, 1)


def payload(**changes: Any) -> Change:
    """Rewrites a payload as the product would have written it."""

    def change(item: Items) -> None:
        item["payload"] = {"S": canonical.encode({**json.loads(item["payload"]["S"]), **changes}).decode()}

    return change


def disclosed(rewrite: Any) -> Change:
    def change(item: Items) -> None:
        item["disclosures"] = {"S": json.dumps(rewrite(json.loads(item["disclosures"]["S"])))}

    return change


def rows(rewrite: Any) -> Change:
    def change(item: Items) -> None:
        item["rows"] = {"S": json.dumps(rewrite(json.loads(item["rows"]["S"])))}

    return change


def told(**changes: Any) -> Change:
    """Changes what a mail says."""

    def change(item: Items) -> None:
        mail = json.loads(item["data"]["S"])
        item["data"] = {"S": json.dumps({**mail, "data": {**mail["data"], **changes}})}

    return change


def renamed(fields: list[str]) -> list[str]:
    """Another name in place of the signer's."""
    known = next(one for one in fields if "signer_name" in disclosures.read([one]))
    return [disclosures.make("signer_name", "Eve", "salt") if one == known else one for one in fields]


def without_name(fields: list[str]) -> list[str]:
    """Which field comes first is drawn by lot."""
    return [one for one in fields if "signer_name" not in disclosures.read([one])]


NOTE = {"S": json.dumps({"reason": "x", "at": "2026-11-22T20:00:00Z", "by": "admin"})}
OTHER_ROOT = merkle.encode_hash(bytes(32))
ALTERED: list[tuple[str, str, Change, str]] = [
    ("RECORD", "ana", payload(signed_at="2026-11-21T20:00:00Z"), "leaf 3: its record is not the one that was logged"),
    (
        "RECORD",
        "ana",
        payload(signed_at="2026-11-21T20:00:00Z"),
        "the root of its 10 leaves is not that of the records",
    ),
    ("RECORD", "ana", payload(signed_at="2026-11-21T20:00:00Z"), "first 5 leaves are not those that were told of"),
    ("RECORD", "ana", payload(log="elsewhere"), "it was signed for another log"),
    ("RECORD", "ana", payload(waiver_version="0" * 64), "the text that it signs is missing"),
    ("RECORD", "ana", payload(event_id="A" * 22), "it is of a charter that does not exist"),
    ("RECORD", "ana", payload(participant=1), "it stands under the key of another"),
    ("RECORD", "ana", payload(participants=2), "it has 1 records, not one for each whom it covers"),
    ("RECORD", "ana", payload(waiver_id=7), "it cannot be read"),
    ("RECORD", "ana", attribute("payload", {"S": "{}"}), "it cannot be read"),
    ("RECORD", "ana", disclosed(without_name), "it lacks fields"),
    ("RECORD", "ana", disclosed(renamed), "its field 'signer_name' was changed"),
    ("RECORD", "ana", data(name="Eve"), "the search shows it otherwise than it was signed"),
    ("RECORD", "ana", attribute("by_date_sk", {"S": "2020"}), "the index lists it in another place"),
    ("RECORD", "ana", attribute("leaf_index", {"N": "1"}), "its place in the log is 3, but it tells 1"),
    ("RECORD", "ana", attribute("leaf_index", None), "its place in the log is 3, but it tells None"),
    ("RECORD", "ana", attribute("erased", NOTE), "it was erased, but personal fields of it are there"),
    ("RECORD", "ana", attribute("erased", NOTE), "it was erased, and no audit event tells so"),
    ("RECORD", "eve", attribute("erased", None), "by its audit events, but the record does not say so"),
    ("RECORD", "again", attribute("set_aside", None), "the record does not say so"),
    ("RECORD", "again", attribute("set_aside", NOTE), "the record says otherwise when, why or by whom"),
    ("RECORD", "twice", attribute("set_aside", NOTE), "it was erased, but personal fields of it are there"),
    ("RECORD", "waiting", attribute("leaf_index", {"N": "8"}), "it tells place 8, but the log does not have it there"),
    ("SET_ASIDE", "again", payload(at="2026-11-21T20:00:00Z"), "leaf 5: its record is not the one that was logged"),
    ("SET_ASIDE", "again", disclosed(lambda _: []), "the record says otherwise when, why or by whom"),
    ("DRAWING", "kim", attribute("strokes", {"S": "[[[1,2,3]]]"}), "its drawing is not the one that was signed"),
    ("DRAWING", "kim", attribute("strokes", {"S": ""}), "its drawing is not the one that was signed"),
    ("DRAWING", "eve", attribute("strokes", {"S": "[[[7,8,9]]]"}), "it was erased, but its drawing is there"),
    ("COPY", "eve", attribute("until", {"S": "2027-01-01T00:00:00Z"}), "it was erased, but a private link to it opens"),
    ("AUDIT", '"signed","by":""', data(by="Eve"), "it was erased, but its audit events name the guest"),
    ("MAIL", "eve", told(erased=False), "it was erased, but the mail with its copy was not"),
    ("AUDIT", "ana", data(address=""), "lacks address"),
    ("SIGNED", "", rows(lambda found: [*found[:-1], {**found[-1], "name": "Al"}]), "list of who has signed shows it"),
    ("SIGNED", "", rows(lambda found: [{**found[0], "person": "0" * 32}, *found[1:]]), "list of who has signed shows"),
    ("SIGNED", "", rows(lambda found: found[:-1]), "chunk 0 of its list of who has signed has 7 rows, not 8"),
    ("EVENT", "charter", attribute("signed_count", {"N": "7"}), "signed_count is 7, but 6 people have signed"),
    ("EVENT", "charter", attribute("signed_rows", {"N": "6"}), "signed_rows is 6, but 8 records are in the log"),
    ("EVENT", "charter", attribute("signed_guest_ids", None), "guests who have signed are not those of the records"),
    ("EVENT", "charter", attribute("signed_seq", {"N": "13"}), "signed_seq is 13 after 10 leaves and 2 erasings"),
    ("WAIVER_LOG", "TREE", attribute("size", {"N": "7"}), "leaf 7: the log ends after 7 leaves"),
    ("WAIVER_LOG", "TREE", attribute("size", {"N": "11"}), "leaf 10: it is missing"),
    (
        "WAIVER_LOG",
        "TREE",
        attribute("root", {"S": OTHER_ROOT}),
        "the root of its 10 leaves is not that of the records",
    ),
    ("WAIVER_LOG", "TREE", attribute("origin", {"S": "elsewhere"}), "it is of another log"),
    (
        "WAIVER_LOG",
        "TILE",
        attribute("hashes", {"S": ""}),
        "tile 0 of level 0: its hashes are not those of the records",
    ),
    ("WAIVER_LOG", "TILE", under("TILE#1#000000000"), "tile 0 of level 1: its hashes are not those of the records"),
    ("WAIVER_LOG", "LEAF#000000000003", under("LEAF#000000000011"), "leaf 3: it is missing"),
    ("WAIVER_LOG", "LEAF#000000000003", under("LEAF#000000000011"), "leaf 11: the log ends after 10 leaves"),
    ("WAIVER_LOG", "MAILED#2026-11-22", attribute("root", {"S": OTHER_ROOT}), "leaves are not those that were told of"),
    ("WAIVER_LOG", "MAILED#2026-11-22", attribute("root", {"S": OTHER_ROOT}), "its mail says another one than the log"),
    ("WAIVER_LOG", "MAILED#2026-11-22", attribute("size", {"N": "99"}), "99 leaves were told of, and the log has 10"),
    ("WAIVER_LOG", "MAILED#2026-11-23", under("MAILED#2026-11-24"), "on 2026-11-24: its mail is missing"),
    ("MAIL", "checkpoint-2026-11-23", told(last_size=4), "the one before it is not the one that its mail continues"),
    ("MAIL", "checkpoint-2026-11-23", told(checkpoint="x"), "it cannot be read"),
    ("WAIVER_LOG_WAITING", "", attribute("row", {"S": "null"}), "what waits for the log is not what was signed"),
    ("WAIVER_LOG_WAITING", "", payload(minor=True), "what waits for the log is not what was signed"),
    ("WAIVER_LOG_WAITING", "", attribute("event_id", {"S": "A" * 22}), "what waits for the log is not what was signed"),
    ("GUEST_LINK", "", attribute("event_id", {"S": "A" * 22}), "its guest link leads elsewhere, or nowhere"),
]


@pytest.mark.parametrize(("kind", "part", "change", "named"), ALTERED)
def test_what_was_altered_is_named(made: Made, kind: str, part: str, change: Change, named: str) -> None:
    items = deepcopy(made.items)
    change(of_kind(items, kind, made.form(part)))
    found = differences(items)
    assert any(named in line for line in found), found
    assert not [line for line in found for private in PRIVATE if private in line]


@pytest.mark.parametrize(
    ("kind", "part", "named"),
    [
        ("RECORD", "ana", "leaf 3: its record is gone"),
        ("RECORD", "ana", "it does not exist, but has audit events"),
        ("RECORD", "kim", "it has 2 records, not one for each whom it covers"),
        ("RECORD", "waiting", "one of them has no record"),
        ("SET_ASIDE", "again", "leaf 5: its record is gone"),
        ("DRAWING", "kim", "its drawing is not the one that was signed"),
        ("AUDIT", "ana", "no audit event tells that it was signed"),
        ("MAIL", "kim", "its copy was queued, but there is no such mail"),
        ("SIGNED", "", "chunk 0 of its list of who has signed has 0 rows, not 8"),
        ("WAIVER_LOG", "TREE", "leaf 0: the log ends after 0 leaves"),
        ("WAIVER_LOG", "TILE", "tile 0 of level 0: its hashes are not those of the records"),
        ("WAIVER_LOG", "LEAF#000000000003", "leaf 3: it is missing"),
        ("WAIVER_LOG", "MAILED#2026-11-22", "its mail is there, but the log does not know of it"),
        ("MAIL", "checkpoint-2026-11-22", "the checkpoint mailed on 2026-11-22: its mail is missing"),
        ("WAIVER_LOG_WAITING", "", "it is neither in the log nor waiting for it"),
        ("GUEST_LINK", "", "its guest link leads elsewhere, or nowhere"),
        ("MAIL", "waiver-reminder", "it does not exist, but asked somebody to sign"),
        ("MAILED", "", "nothing tells whom it asks to sign"),
    ],
)
def test_what_is_missing_is_named(made: Made, kind: str, part: str, named: str) -> None:
    found = differences(without(made.items, of_kind(made.items, kind, made.form(part))))
    assert any(named in line for line in found), found
    assert not [line for line in found for private in PRIVATE if private in line]


def test_a_record_that_stands_twice_in_the_log_is_named(made: Made) -> None:
    twin = deepcopy(of_kind(made.items, "WAIVER_LOG", "LEAF#000000000003"))
    under("LEAF#000000000010")(twin)
    assert any("it is in the log 2 times" in line for line in differences([*made.items, twin]))


def test_an_erased_record_whose_fields_came_back_is_named(made: Made) -> None:
    back = next(item for item in made.eves_fields if item["SK"]["S"] == "RECORD#00")
    items = deepcopy(made.items)
    of_kind(items, "RECORD", made.form("eve"))["disclosures"] = back["disclosures"]
    assert any("it was erased, but personal fields of it are there" in line for line in differences(items))


def test_a_minor_whose_guardians_fields_came_back_is_named(made: Made) -> None:
    back = next(item for item in made.eves_fields if item["SK"]["S"] == "RECORD#01")
    items = without(deepcopy(made.items), of_kind(made.items, "RECORD", f"{made.form('eve')} RECORD#01"))
    minor = {**back, "leaf_index": {"N": "7"}}
    assert any("the signer was erased, but not here" in line for line in differences([*items, minor]))


def test_both_traces_of_a_mailed_checkpoint_cannot_be_taken_away_unseen(made: Made) -> None:
    day = of_kind(made.items, "WAIVER_LOG", "MAILED#2026-11-22"), of_kind(made.items, "MAIL", "checkpoint-2026-11-22")
    (line,) = differences(without(made.items, *day))
    assert line == ("the checkpoint mailed on 2026-11-23: the one before it is not the one that its mail continues")


def cut_to(items: list[Items], size: int) -> list[Items]:
    """The log as it would be had the records after so many leaves never been: each of its own items agrees."""
    kept = [item for item in deepcopy(items) if not (item["SK"]["S"].startswith("LEAF#") and _place(item) >= size)]
    sealed = {int(item["leaf_index"]["N"]): item for item in kept if "leaf_index" in item}
    hashes = [merkle.hash_leaf(sealed[index]["payload"]["S"].encode()) for index in range(size)]
    of_kind(kept, "WAIVER_LOG", "TREE").update(
        size={"N": str(size)}, root={"S": merkle.encode_hash(merkle.root_of(hashes))}
    )
    tile = base64.b64encode(b"".join(hashes)).decode()
    of_kind(kept, "WAIVER_LOG", "TILE")["hashes"] = {"S": tile}
    return without(kept, *(sealed[index] for index in sealed if index >= size))


def _place(item: Items) -> int:
    return int(item["SK"]["S"].removeprefix("LEAF#"))


def test_a_tail_that_was_cut_with_all_that_tells_of_it_is_told_by_what_was_mailed(made: Made) -> None:
    cut = cut_to(made.items, 7)
    lines = differences(cut)
    expected = "the checkpoint mailed {}: 10 leaves were told of, and the log has 7"
    assert expected.format("on 2026-11-23") in lines
    assert expected.format("last") in lines
    assert not [line for line in lines if "the root of its" in line or "tile" in line or "not the one that was" in line]


def test_a_log_that_was_rewritten_with_all_its_hashes_is_told_by_the_mails(made: Made) -> None:
    items = deepcopy(made.items)
    payload(signed_at="2026-11-22T19:00:00Z")(of_kind(items, "RECORD", made.form("ana")))
    items = cut_to(items, 10)
    tree = of_kind(items, "WAIVER_LOG", "TREE")
    for name in ("MAILED", "MAILED#2026-11-23"):
        next(item for item in items if item["SK"]["S"] == name)["root"] = tree["root"]
    lines = differences(items)
    assert "the checkpoint mailed on 2026-11-23: its mail says another one than the log" in lines
    assert "the checkpoint mailed on 2026-11-23: the log's first 10 leaves are not those that were told of" in lines
    assert "the checkpoint mailed on 2026-11-22: the log's first 5 leaves are not those that were told of" in lines


def test_a_person_whose_name_was_erased_is_still_counted_as_the_same_one(
    dynamodb_local: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By names alone it could not be said any more that two records are of one person."""
    monkeypatch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
    with fresh_store(dynamodb_local) as dynamodb:
        desk = Desk(Cloud("none"), dynamodb, settings().table)
        charter = desk.create_charter()
        first, second, _ = (desk.sign_waiver(charter) for _ in range(3))
        for waiver_id in (first, second):
            erasure.erase(charter, waiver_id, {"reason": "asked for it"}, actor=ADMIN, now=NOW)
        items = list(scan(dynamodb, desk.table))
        assert charters.find_charter(charter).signed_count == 1
    assert differences(items) == []
    wrong = deepcopy(items)
    attribute("signed_count", {"N": "3"})(of_kind(wrong, "EVENT"))
    assert any("signed_count is 3, but 1 people have signed" in line for line in differences(wrong))
