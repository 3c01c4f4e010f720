import copy
import hashlib
import json
from typing import Any

import pytest

from chalicelib import chain

TEXT = "# Release\n\nI accept the risks. ⚓"
VERSION = chain.text_hash(TEXT)


def record(name: str) -> dict[str, Any]:
    return {
        "waiver_id": name * 3,
        "event_id": "A" * 22,
        "waiver_version": VERSION,
        "participant_name": f"{name} Ångström",
        "minor": False,
        "participant_birth_date": None,
        "signature_strokes": [[[1, 2, 0], [3, 4, 16]]],
        "signed_at": "2026-11-22T20:00:00Z",
    }


def export(count: int = 4) -> dict[str, Any]:
    """A whole chain, signed in two sittings."""
    first = chain.seal([record(str(place)) for place in range(count // 2)], 0, "")
    seq, head = (first[-1]["seq"], first[-1]["record_hash"]) if first else (0, "")
    records = first + chain.seal([record(str(place)) for place in range(count // 2, count)], seq, head)
    return announced({"format": chain.FORMAT, "versions": {VERSION: TEXT}, "records": records})


def announced(chain_export: dict[str, Any]) -> dict[str, Any]:
    records = chain_export["records"]
    return {**chain_export, "count": len(records), "head": records[-1]["record_hash"] if records else ""}


def fault(chain_export: dict[str, Any]) -> str:
    """As a reader of the file finds it."""
    found = chain.find_fault(json.loads(json.dumps(chain_export)))
    assert found is not None
    return found


def test_a_chain_that_nobody_touched_is_whole() -> None:
    for count in (0, 1, 4):
        assert chain.find_fault(json.loads(json.dumps(export(count)))) is None


def test_a_record_is_sealed_by_a_hash_that_anyone_can_recompute() -> None:
    one, two = chain.seal([record("a"), record("b")], 7, "f" * 64)
    assert (one["seq"], two["seq"]) == (8, 9)
    assert one["prev_hash"] == "f" * 64
    assert two["prev_hash"] == one["record_hash"]
    facts = {name: value for name, value in one.items() if name != "record_hash"}
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert one["record_hash"] == hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def test_the_hash_does_not_depend_on_the_order_of_fields() -> None:
    sealed = chain.seal([record("a")], 0, "")[0]
    turned = dict(reversed(sealed.items()))
    assert chain.record_hash(turned) == sealed["record_hash"]


@pytest.mark.parametrize("field", sorted(chain.seal([record("x")], 0, "")[0]))
def test_an_altered_field_is_found_in_its_record(field: str) -> None:
    tampered = export()
    tampered["records"][2][field] = 77 if field == "seq" else "altered"
    assert fault(tampered).startswith("record 3: ")


@pytest.mark.parametrize("field", ["signature_strokes", "minor", "participant_name"])
def test_a_field_taken_out_is_found_in_its_record(field: str) -> None:
    tampered = export()
    del tampered["records"][0][field]
    assert fault(tampered) == "record 1: its content was altered"


def test_a_field_put_in_is_found_in_its_record() -> None:
    tampered = export()
    tampered["records"][1]["minor_name"] = "Tim"
    assert fault(tampered) == "record 2: its content was altered"


def test_a_record_altered_and_hashed_anew_breaks_the_link_of_the_next() -> None:
    tampered = export()
    second = tampered["records"][1]
    second["participant_name"] = "Somebody Else"
    second["record_hash"] = chain.record_hash(second)
    assert fault(tampered).startswith("record 3: it does not follow the record before it")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_removed_record_is_found_where_it_was(place: int) -> None:
    tampered = export()
    del tampered["records"][place]
    assert fault(announced(tampered)).startswith(f"record {place + 1}: ")


def test_the_last_record_removed_is_missed_at_the_end() -> None:
    tampered = export()
    del tampered["records"][3]
    assert fault(tampered).startswith("the end: 4 records with head ")


@pytest.mark.parametrize("place", [0, 2, 4])
def test_an_inserted_record_is_found_where_it_stands(place: int) -> None:
    tampered = export()
    tampered["records"].insert(place, copy.deepcopy(tampered["records"][1]))
    assert fault(announced(tampered)).startswith(f"record {place + 1}: ")


def test_records_in_another_order_are_found_at_the_first_that_moved() -> None:
    tampered = export()
    records = tampered["records"]
    records[1], records[2] = records[2], records[1]
    assert fault(tampered).startswith("record 2: ")


def test_a_record_numbered_anew_does_not_hide_a_removed_one() -> None:
    tampered = export()
    del tampered["records"][1]
    for number, one in enumerate(tampered["records"], 1):
        one["seq"] = number
    assert fault(announced(tampered)).startswith("record 2: it does not follow")


def test_an_altered_text_is_found_by_its_own_name() -> None:
    tampered = export()
    tampered["versions"][VERSION] = TEXT.replace("risks", "fees")
    assert fault(tampered) == f"waiver version {VERSION[:12]}: its text was altered"


def test_a_missing_text_is_found_at_the_first_record_that_signs_it() -> None:
    tampered = export()
    tampered["versions"] = {}
    assert fault(tampered) == "record 1: the text it signs is missing"


@pytest.mark.parametrize(("name", "value"), [("count", 3), ("head", "0" * 64), ("count", None), ("head", None)])
def test_an_announcement_that_does_not_match_is_found_at_the_end(name: str, value: Any) -> None:
    assert fault({**export(), name: value}).startswith("the end: ")


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"format": "other/1", "versions": {}, "records": []},
        {"format": chain.FORMAT},
        {"format": chain.FORMAT, "versions": [], "records": []},
        {"format": chain.FORMAT, "versions": {}, "records": {}},
        {"format": chain.FORMAT, "versions": {VERSION: 1}, "records": []},
        {"format": chain.FORMAT, "versions": {VERSION: "\ud800"}, "records": []},
        {"format": chain.FORMAT, "versions": {}, "records": [None]},
        {"format": chain.FORMAT, "versions": {}, "records": [[1]]},
        {"format": chain.FORMAT, "versions": {}, "records": [{"seq": True, "prev_hash": ""}]},
        {"format": chain.FORMAT, "versions": {}, "records": [{"seq": 1, "prev_hash": "", "name": float("nan")}]},
        {"format": chain.FORMAT, "versions": {}, "records": [{"seq": 1, "prev_hash": "", "name": "\ud800"}]},
        {"format": chain.FORMAT, "versions": {}, "records": chain.seal([{"waiver_version": [1]}], 0, "")},
    ],
)
def test_a_file_that_is_no_chain_at_all_is_told_in_a_sentence(file: dict[str, Any]) -> None:
    assert fault(file)
