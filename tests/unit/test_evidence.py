import copy
import hashlib
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.waivers import evidence

TEXT = "# Release\n\nI accept the risks. ⚓"
VERSION = evidence.text_hash(TEXT)


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
    """A whole chain, signed by two forms."""
    first = evidence.seal([record(str(position)) for position in range(count // 2)], 0, "")
    seq, head = (first[-1]["seq"], first[-1]["record_hash"]) if first else (0, "")
    records = first + evidence.seal([record(str(position)) for position in range(count // 2, count)], seq, head)
    return announced({"format": evidence.FORMAT, "versions": {VERSION: TEXT}, "records": records})


def announced(chain_export: dict[str, Any]) -> dict[str, Any]:
    records = chain_export["records"]
    return {**chain_export, "count": len(records), "head": records[-1]["record_hash"] if records else ""}


def fault(chain_export: dict[str, Any]) -> str:
    """As a reader of the file finds it."""
    found = evidence.find_fault(json.loads(json.dumps(chain_export)))
    assert found is not None
    return found


def test_an_unchanged_chain_is_whole() -> None:
    for count in (0, 1, 4):
        assert evidence.find_fault(json.loads(json.dumps(export(count)))) is None


def test_a_record_is_sealed_by_a_hash_that_anyone_can_recompute() -> None:
    one, two = evidence.seal([record("a"), record("b")], 7, "f" * 64)
    assert (one["seq"], two["seq"]) == (8, 9)
    assert one["prev_hash"] == "f" * 64
    assert two["prev_hash"] == one["record_hash"]
    content = {name: value for name, value in one.items() if name != "record_hash"}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert one["record_hash"] == hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def test_the_hash_does_not_depend_on_the_order_of_fields() -> None:
    sealed = evidence.seal([record("a")], 0, "")[0]
    turned = dict(reversed(sealed.items()))
    assert evidence.record_hash(turned) == sealed["record_hash"]


@pytest.mark.parametrize("field", sorted(evidence.seal([record("x")], 0, "")[0]))
def test_an_altered_field_is_found_in_its_record(field: str) -> None:
    tampered = export()
    tampered["records"][2][field] = 77 if field == "seq" else "altered"
    assert fault(tampered).startswith("record 3: ")


@pytest.mark.parametrize("field", ["signature_strokes", "minor", "participant_name"])
def test_a_removed_field_is_found_in_its_record(field: str) -> None:
    tampered = export()
    del tampered["records"][0][field]
    assert fault(tampered) == "record 1: its content was altered"


def test_an_added_field_is_found_in_its_record() -> None:
    tampered = export()
    tampered["records"][1]["minor_name"] = "Tim"
    assert fault(tampered) == "record 2: its content was altered"


def test_a_record_altered_and_hashed_anew_is_found_by_the_link_of_the_next() -> None:
    tampered = export()
    second = tampered["records"][1]
    second["participant_name"] = "Somebody Else"
    second["record_hash"] = evidence.record_hash(second)
    assert fault(tampered) == "record 2: its content was altered and its hash made anew"


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_removed_record_is_found_where_it_was(position: int) -> None:
    tampered = export()
    del tampered["records"][position]
    assert fault(announced(tampered)).startswith(f"record {position + 1}: ")


def test_the_last_record_removed_is_found_at_the_end() -> None:
    tampered = export()
    del tampered["records"][3]
    assert fault(tampered).startswith("the end: 4 records with head ")


@pytest.mark.parametrize("position", [0, 2, 4])
def test_an_inserted_record_is_found_where_it_stands(position: int) -> None:
    tampered = export()
    tampered["records"].insert(position, copy.deepcopy(tampered["records"][1]))
    assert fault(announced(tampered)).startswith(f"record {position + 1}: ")


def test_records_in_another_order_are_found_at_the_first_that_was_moved() -> None:
    tampered = export()
    records = tampered["records"]
    records[1], records[2] = records[2], records[1]
    assert fault(tampered).startswith("record 2: ")


def test_a_record_numbered_anew_does_not_hide_a_removed_one() -> None:
    tampered = export()
    del tampered["records"][1]
    for number, one in enumerate(tampered["records"], 1):
        one["seq"] = number
    assert fault(announced(tampered)) == "record 2: its content was altered"


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
        {"format": evidence.FORMAT},
        {"format": evidence.FORMAT, "versions": [], "records": []},
        {"format": evidence.FORMAT, "versions": {}, "records": {}},
        {"format": evidence.FORMAT, "versions": {VERSION: 1}, "records": []},
        {"format": evidence.FORMAT, "versions": {VERSION: "\ud800"}, "records": []},
        {"format": evidence.FORMAT, "versions": {}, "records": [None]},
        {"format": evidence.FORMAT, "versions": {}, "records": [[1]]},
        {"format": evidence.FORMAT, "versions": {}, "records": [{"seq": True, "prev_hash": ""}]},
        {"format": evidence.FORMAT, "versions": {}, "records": [{"seq": 1, "prev_hash": "", "name": float("nan")}]},
        {"format": evidence.FORMAT, "versions": {}, "records": [{"seq": 1, "prev_hash": "", "name": "\ud800"}]},
        {"format": evidence.FORMAT, "versions": {}, "records": evidence.seal([{"waiver_version": [1]}], 0, "")},
    ],
)
def test_a_file_that_is_no_chain_is_described_in_a_sentence(file: dict[str, Any]) -> None:
    assert fault(file)


# --- what happened ------------------------------------------------------------------------


def test_the_fault_says_which_record_was_removed_moved_or_inserted() -> None:
    whole = export(8)
    records = whole["records"]

    def fault_of(changed: list[Any]) -> str:
        return fault({**whole, "records": changed})

    assert fault_of([*records[:2], *records[3:]]) == "record 3: record 3 was removed; number 4 stands here"
    assert fault_of([*records[:2], *records[5:]]) == "record 3: records 3 to 5 were removed; number 6 stands here"
    assert fault_of(records[:7]).endswith("; record 8 was removed")
    swapped = [*records[:2], records[4], records[3], records[2], *records[5:]]
    assert fault_of(swapped) == "record 3: it was moved here; its number is 5"
    moved_up = [*records[:2], records[7], *records[2:7]]
    assert fault_of(moved_up) == "record 3: it was moved here; its number is 8"
    assert fault_of([*records[:4], records[1], *records[4:]]) == "record 5: it was inserted a second time"
    forged = evidence.seal([record("x")], 4, records[3]["record_hash"])
    assert fault_of([*records[:4], *forged, *records[4:]]) == "record 5: it was inserted beside number 5"
    assert fault_of([*records[:4], {**record("x"), "seq": 5}, *records[4:]]) == "record 5: it was inserted"


# --- every change of a file -----------------------------------------------------------------------


def as_file(content: dict[str, Any]) -> bytes:
    """As the API writes it."""
    return json.dumps(content, separators=(",", ":")).encode()


@pytest.mark.parametrize("layout", [{"separators": (",", ":")}, {}, {"indent": 2}, {"ensure_ascii": False}])
def test_an_export_may_be_saved_in_any_usual_spelling(layout: dict[str, Any]) -> None:
    for end in ("", "\n"):
        assert evidence.find_fault_in((json.dumps(export(), **layout) + end).encode()) is None


def test_each_byte_of_a_file_that_is_changed_deleted_swapped_or_inserted_is_found() -> None:
    """In a short chain each byte is replaced, removed, doubled, or swapped with the next."""
    file = as_file(export(2))
    for position in range(len(file)):
        before, byte, after = file[:position], file[position : position + 1], file[position + 1 :]
        for changed in (
            before + bytes([byte[0] ^ 1]) + after,
            before + bytes([byte[0] ^ 32]) + after,
            before + after,
            before + byte + byte + after,
            before + b" " + byte + after,
            before + after[:1] + byte + after[1:],
        ):
            assert changed == file or evidence.find_fault_in(changed), changed


# Another one in each run.
[MASK] = random.sample(range(1, 256), 1)


def changes_at(file: bytes, position: int) -> Iterator[bytes]:
    """A byte is replaced, removed, swapped with the next; another one is inserted before it."""
    before, byte, after = file[:position], file[position : position + 1], file[position + 1 :]
    another = bytes([byte[0] ^ MASK])
    yield before + another + after
    yield before + after
    if after[:1] not in (byte, b""):
        yield before + after[:1] + byte + after[1:]
    yield before + (b" ", b"0", b'"', byte, another)[position % 5] + byte + after


def test_each_changed_byte_in_the_records_of_a_long_chain_is_found() -> None:
    """Every byte of every record: the changed record is checked against its own hash and position.

    The bytes before it did not change, so only the rest of a file that is no longer JSON has to be read.
    """
    whole = export(200)
    file = as_file(whole)
    begins, head = file.index(b'"records":[') + len(b'"records":['), ""
    for number, one in enumerate(whole["records"], 1):
        text = as_file(one)
        ends = begins + len(text)
        assert file[begins:ends] == text
        for position in range(len(text)):
            for changed in changes_at(text, position):
                assert is_found(changed, file[ends:], number, head), (number, changed)
        begins, head = ends + 1, one["record_hash"]


def is_found(record: bytes, rest: bytes, number: int, head: str) -> bool:
    read = as_json(record)
    if read is None:
        return as_json(b'{"records":[' + record + rest) is None
    return not evidence.is_next(read, number, head) or as_file(read) != record


def as_json(text: bytes) -> Any:
    try:
        return json.loads(text.decode())
    except ValueError:
        return None


def test_each_changed_byte_outside_the_records_is_found() -> None:
    whole = export(200)
    file = as_file(whole)
    first, last = file.index(as_file(whole["records"][0])), file.index(as_file(whole["records"][-1]))
    between = [file.index(as_file(one)) - 1 for one in whole["records"][1:]]
    end = last + len(as_file(whole["records"][-1]))
    for position in [*range(first), *between[:: len(between) // 20], *range(end, len(file))]:
        for changed in changes_at(file, position):
            assert evidence.find_fault_in(changed), (position, changed[position - 20 : position + 20])


def test_a_changed_byte_anywhere_in_a_long_file_is_found_by_the_tool() -> None:
    """Some positions in each run; with CHAIN_STEP=1 all of them, in three minutes."""
    file = as_file(export(200))
    assert evidence.find_fault_in(file) is None
    step = int(os.environ.get("CHAIN_STEP", len(file) // 250))
    [first] = random.sample(range(step), 1)
    for position in range(first, len(file), step):
        [changed] = random.sample(list(changes_at(file, position)), 1)
        assert evidence.find_fault_in(changed), (position, changed[position : position + 20])


def test_each_record_of_a_long_chain_that_is_removed_moved_or_inserted_is_found() -> None:
    whole = export(200)
    records = whole["records"]
    for position in range(200):
        without = [*records[:position], *records[position + 1 :]]
        assert evidence.find_fault({**whole, "records": without}), position
        # The same with the right count and head for what is left.
        assert position == 199 or evidence.find_fault(announced({**whole, "records": without})), position
        [other] = random.sample([one for one in range(200) if one != position], 1)
        swapped = list(records)
        swapped[position], swapped[other] = swapped[other], swapped[position]
        assert evidence.find_fault(announced({**whole, "records": swapped})), (position, other)
        inserted = [*records[:position], records[other], *records[position:]]
        assert evidence.find_fault(announced({**whole, "records": inserted})), (position, other)
