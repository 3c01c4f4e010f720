"""The verification of exports and bundles: whatever was changed is told, and where, as far as that can be known."""

import base64
import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.waivers.evidence import canonical, checkpoint, disclosures, merkle, verify
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from tests.support import waiver_log
from tests.support.waiver_log import as_file, bundle_of, export_of, head_of, new_leaf, new_leaves

CHANGED = "a record was changed, removed, added or moved"
HEAD_DIFFERS = f"the log's head does not match its records: {CHANGED}"
DRAWING = waiver_log.DRAWING


@pytest.fixture(scope="module")
def leaves() -> list[dict[str, Any]]:
    return new_leaves(200)


def fault_of(content: Any, *told: Checkpoint) -> str:
    fault = verify.find_fault_in(as_file(content), told).fault
    assert fault is not None
    return fault


def with_payload(leaf: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**leaf, "payload": {**leaf["payload"], **changes}}


# --- a whole log ----------------------------------------------------------------------------------


def test_a_whole_log_is_counted(leaves: list[dict[str, Any]]) -> None:
    assert verify.find_fault_in(as_file(export_of(leaves))) == verify.Verdict(
        None,
        records=180,
        leaves=200,
        erased=20,
        set_aside=20,
        head=merkle.encode_hash(head_of(leaves).root),
    )


def test_an_empty_log_is_whole() -> None:
    verdict = verify.find_fault_in(as_file(export_of([])), [head_of([])])
    assert (verdict.fault, verdict.records, verdict.leaves) == (None, 0, 0)


@pytest.mark.parametrize("layout", [{"separators": (",", ":")}, {}, {"indent": 2}, {"indent": "\t"}])
@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_a_file_may_be_saved_in_any_usual_spelling(layout: dict[str, Any], ensure_ascii: bool) -> None:
    content = export_of(new_leaves(3))
    for end in ("", "\n"):
        file = (json.dumps(content, ensure_ascii=ensure_ascii, **layout) + end).encode()
        assert verify.find_fault_in(file).fault is None


def test_a_field_that_was_erased_later_leaves_the_log_whole(leaves: list[dict[str, Any]]) -> None:
    erased = [{**leaf, "disclosures": []} for leaf in leaves]
    verdict = verify.find_fault_in(as_file(export_of(erased)), [head_of(leaves)])
    assert (verdict.fault, verdict.erased) == (None, 180 * 5 + 20 * 2)


# --- records that were changed --------------------------------------------------------------------


def test_a_changed_disclosure_is_told_with_its_record(leaves: list[dict[str, Any]]) -> None:
    forged = disclosures.make("signer_name", "Somebody Else", "salt")
    leaf = leaves[6]
    at = next(at for at, one in enumerate(leaf["disclosures"]) if "signer_name" in disclosures.read([one]))
    changed = {**leaf, "disclosures": [*leaf["disclosures"][:at], forged, *leaf["disclosures"][at + 1 :]]}
    assert fault_of(export_of([*leaves[:6], changed, *leaves[7:]])) == "record 7: its field 'signer_name' was changed"


def test_a_changed_payload_is_told_by_the_head_and_narrowed_down_by_checkpoints(leaves: list[dict[str, Any]]) -> None:
    changed = {**export_of(leaves), "leaves": [*leaves[:60], with_payload(leaves[60], language="es"), *leaves[61:]]}
    told = [head_of(leaves[:size]) for size in (150, 50, 100)]
    assert fault_of(changed) == HEAD_DIFFERS
    assert fault_of(changed, told[1]) == f"{HEAD_DIFFERS}, behind record 50 and up to 200"
    assert fault_of(changed, *told) == (
        f"the log does not continue the checkpoint of 100 leaves told: {CHANGED}, behind record 50 and up to 100"
    )


@pytest.mark.parametrize("position", [0, 100, 199])
def test_removed_inserted_moved_and_swapped_records_are_told(leaves: list[dict[str, Any]], position: int) -> None:
    whole = export_of(leaves)
    without = [*leaves[:position], *leaves[position + 1 :]]
    stranger = new_leaf(9_000)

    def told(changed: list[dict[str, Any]]) -> str:
        return fault_of({**whole, "leaves": changed})

    assert told(without) == "the log's head is of 200 leaves, but 199 stand here: a record was removed"
    inserted = [*leaves[:position], stranger, *leaves[position:]]
    assert told(inserted) == "the log's head is of 200 leaves, but 201 stand here: a record was added"
    assert told([*leaves[:position], stranger, *leaves[position + 1 :]]) == HEAD_DIFFERS
    swapped = list(leaves)
    swapped[position], swapped[50] = swapped[50], swapped[position]
    assert told(swapped) == HEAD_DIFFERS
    moved = [*without[:70], leaves[position], *without[70:]]
    assert told(moved) == HEAD_DIFFERS


def test_a_record_that_was_inserted_a_second_time_is_told(leaves: list[dict[str, Any]]) -> None:
    whole = export_of(leaves)
    assert fault_of({**whole, "leaves": [*leaves, leaves[6]]}) == "record 201: its waiver_id is that of record 7"
    assert fault_of({**whole, "leaves": [*leaves, leaves[9]]}).endswith("201 stand here: a record was added")


def test_a_cut_tail_and_a_replaced_head_are_told(leaves: list[dict[str, Any]]) -> None:
    whole = export_of(leaves)
    for kept in (199, 1, 0):
        assert fault_of({**whole, "leaves": leaves[:kept]}).startswith("the log's head is of 200 leaves, but ")
    assert fault_of({**whole, "checkpoint": export_of(leaves[:150])["checkpoint"]}).endswith("a record was added")
    other = checkpoint.format(head_of(leaves)._replace(root=bytes(32)))
    assert fault_of({**whole, "checkpoint": other}) == HEAD_DIFFERS
    for text in (None, "", whole["checkpoint"] + "\n", whole["checkpoint"].replace("200", "0200")):
        assert fault_of({**whole, "checkpoint": text}) == "the log's head is not a checkpoint"


def test_a_log_rewritten_as_a_whole_is_told_by_a_checkpoint_that_was_kept(leaves: list[dict[str, Any]]) -> None:
    kept = head_of(leaves[:150])
    for rewritten in (
        [*leaves[:60], new_leaf(9_000), *leaves[61:]],
        [*leaves[:100], *leaves[101:]],
        [new_leaf(9_000), *leaves],
        [leaves[1], leaves[0], *leaves[2:]],
    ):
        assert verify.find_fault_in(as_file(export_of(rewritten))).fault is None
        assert fault_of(export_of(rewritten), kept) == (
            f"the log does not continue the checkpoint of 150 leaves told: {CHANGED}"
        )
    assert fault_of(export_of(leaves[:149]), kept) == (
        "the log is shorter than the checkpoint of 150 leaves told: it has 149"
    )
    another = kept._replace(origin="other.example.com/waivers")
    assert fault_of(export_of(leaves), another) == (
        "the checkpoint of 150 leaves told is of another log, other.example.com/waivers"
    )


def test_a_longer_log_continues_every_checkpoint_that_was_kept(leaves: list[dict[str, Any]]) -> None:
    kept = [head_of(leaves[:size]) for size in range(201)]
    assert verify.find_fault_in(as_file(export_of(leaves)), kept).fault is None


# --- records that do not belong together ----------------------------------------------------------


def test_records_of_two_logs_are_told(leaves: list[dict[str, Any]]) -> None:
    stray = with_payload(leaves[3], log="other.example.com/waivers")
    assert fault_of(export_of([*leaves[:3], stray])) == "record 4: it is of another log: 'other.example.com/waivers'"
    assert fault_of(export_of([stray])) == (
        "the log's head is of another log than its first record: "
        "charters.example.com/waivers, not other.example.com/waivers"
    )


def test_two_records_of_one_id_are_told(leaves: list[dict[str, Any]]) -> None:
    twin = with_payload(leaves[2], signed_at="2026-11-22T21:00:00Z")
    assert fault_of(export_of([*leaves[:5], twin])) == "record 6: its waiver_id is that of record 3"


def test_setting_aside_an_unknown_record_is_told(leaves: list[dict[str, Any]]) -> None:
    gone = [leaf for leaf in leaves if leaf is not leaves[8]]
    assert fault_of(export_of(gone)) == "record 9: it sets aside a record that is not in the log"


@pytest.mark.parametrize("name", ["waiver_id", "event_id", "log", "waiver_version", "signed_at"])
@pytest.mark.parametrize("value", [None, 7, "", "ab c", "1\n"])
def test_a_record_without_what_every_record_has_is_told(name: str, value: Any) -> None:
    leaves = new_leaves(3)
    without = {key: one for key, one in leaves[1]["payload"].items() if key != name}
    for payload in (without, {**without, name: value}):
        changed = [leaves[0], {**leaves[1], "payload": payload}, leaves[2]]
        assert fault_of(export_of(changed)) == f"record 2: its {name} is missing or malformed"


# --- other parts of the file ----------------------------------------------------------------------


def test_a_part_of_a_log_is_not_taken_for_all_of_it(leaves: list[dict[str, Any]]) -> None:
    for following in (200, "200", 0, "", False):
        assert fault_of({**export_of(leaves), "next": following}) == (
            "the file is a part of the log: 'next' says that more follows"
        )


def test_whatever_is_added_or_missing_is_told(leaves: list[dict[str, Any]]) -> None:
    whole = export_of(leaves)
    assert fault_of({**whole, "note": 1}) == "the file has a part that none has: 'note'"
    assert fault_of({**whole, "leaves": [*leaves[:4], {**leaves[4], "seq": 5}]}) == (
        "record 5 has a part that none has: 'seq'"
    )
    for name in ("checkpoint", "next"):
        assert fault_of({key: one for key, one in whole.items() if key != name}) == f"the file has no '{name}'"
    for name in ("payload", "disclosures"):
        assert fault_of({**whole, "leaves": [{key: one for key, one in leaves[0].items() if key != name}]}) == (
            f"record 1 has no '{name}'"
        )


def test_a_name_that_stands_twice_is_told() -> None:
    file = as_file(export_of(new_leaves(3)))
    for double in (b'{"next":null,', b'{"leaves":[],'):
        fault = verify.find_fault_in(double + file[1:]).fault
        assert fault == "the file cannot be read as JSON: a name stands in it twice"
    doubled = file.replace(b'"type":"waiver"', b'"type":"waiver","type":"waiver"', 1)
    assert verify.find_fault_in(doubled).fault == "the file cannot be read as JSON: a name stands in it twice"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "the file is neither an export of the log nor the bundle of a record"),
        ({}, "the file is neither an export of the log nor the bundle of a record"),
        ({"leaves": {}, "checkpoint": checkpoint.format(head_of([])), "next": None}, "the file has no list of leaves"),
        (export_of([]) | {"leaves": [None]}, "record 1 is not an object"),
        (export_of([]) | {"leaves": [{"payload": None, "disclosures": []}]}, "record 1: it is not a record"),
        (export_of([]) | {"leaves": [{"payload": {"type": []}, "disclosures": []}]}, "record 1: it is not a record"),
        (
            export_of([]) | {"leaves": [{**new_leaf(1), "disclosures": {}}]},
            "record 1: its disclosures are not a list of texts",
        ),
        (
            export_of([]) | {"leaves": [{**new_leaf(1), "disclosures": [1]}]},
            "record 1: its disclosures are not a list of texts",
        ),
        (
            export_of([]) | {"leaves": [with_payload(new_leaf(1), participant=1.0)]},
            "record 1: its payload holds what none can: canonical JSON cannot hold this float",
        ),
    ],
)
def test_a_file_that_is_no_log_is_described_in_a_sentence(content: Any, said: str) -> None:
    assert fault_of(content) == said


def test_what_json_can_carry_and_no_record_is_told_without_a_crash() -> None:
    half = with_payload(new_leaf(1), waiver_title="\ud800")
    assert fault_of(export_of([]) | {"leaves": [half]}).startswith("record 1: its payload holds what none can")
    deep = as_file(export_of([new_leaf(1)])).replace(b'"Release"', b"[" * 2000 + b"]" * 2000)
    assert "nested too deep" in str(verify.find_fault_in(deep).fault)
    for file in (b"", b"\xff", b"[" * 100_000, b'{"leaves":' * 100_000, b"\xef\xbb\xbf{}", b"1" * 5000):
        assert verify.find_fault_in(file).fault


# --- a bundle -------------------------------------------------------------------------------------


@pytest.fixture
def bundle(leaves: list[dict[str, Any]]) -> dict[str, Any]:
    signed = [*leaves[:60], new_leaf(777, drawing=DRAWING), *leaves[60:]]
    return bundle_of(signed, 60, DRAWING)


def test_a_bundle_proves_one_record_alone(bundle: dict[str, Any]) -> None:
    verdict = verify.find_fault_in(as_file(bundle))
    assert verdict == verify.Verdict(None, records=1, leaves=201, head=verdict.head, position=61)
    assert base64.b64decode(verdict.head) == checkpoint.parse(bundle["checkpoint"]).root


def test_every_record_of_a_log_has_a_bundle(leaves: list[dict[str, Any]]) -> None:
    for index, leaf in enumerate(leaves[:40]):
        fault = verify.find_fault_in(as_file(bundle_of(leaves, index))).fault
        assert fault == (None if leaf["payload"]["type"] == "waiver" else "the record is not a signed waiver")


def test_a_bundle_still_proves_what_was_signed_after_erasing(bundle: dict[str, Any]) -> None:
    del bundle["drawing"]
    verdict = verify.find_fault_in(as_file({**bundle, "disclosures": []}))
    assert (verdict.fault, verdict.erased, verdict.position) == (None, 5, 61)


def test_whatever_is_changed_in_a_bundle_is_told(bundle: dict[str, Any], leaves: list[dict[str, Any]]) -> None:
    changes: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
        ("the text is not the one that was signed", lambda b: b.update(text=b["text"] + " ")),
        ("the text is not the one that was signed", lambda b: b.update(text=None)),
        ("the text is not the one that was signed", lambda b: b.update(text="\ud800")),
        ("the drawing is not the one that was signed", lambda b: b.update(drawing="[]")),
        ("the record: its disclosures are not a list of texts", lambda b: b.update(disclosures=None)),
        ("the record: its field number 1 was changed: it cannot be read", lambda b: b["disclosures"].insert(0, "x")),
        ("the file has no 'inclusion'", lambda b: b.pop("inclusion")),
        ("the file has a part that none has: 'note'", lambda b: b.update(note=1)),
        ("the proof has no 'proof'", lambda b: b["inclusion"].pop("proof")),
        ("the proof is not one", lambda b: b["inclusion"].update(leaf_index=True)),
        ("the proof is not one", lambda b: b["inclusion"].update(leaf_index=60.0)),
        ("the proof is not a list of hashes", lambda b: b["inclusion"]["proof"].append("x")),
        ("the proof is not a list of hashes", lambda b: b["inclusion"]["proof"].append(None)),
        ("the proof is for 200 leaves, the checkpoint is of 201", lambda b: b["inclusion"].update(tree_size=200)),
        ("the record is not in the log at this place", lambda b: b["inclusion"].update(leaf_index=61)),
        ("the record is not in the log at this place", lambda b: b["inclusion"].update(leaf_index=-1)),
        ("the record is not in the log at this place", lambda b: b["inclusion"]["proof"].pop()),
        ("the record is not in the log at this place", lambda b: b["payload"].update(language="es")),
        ("the record is not in the log at this place", lambda b: b.update(leaves[4]) or b.pop("drawing")),
        ("the log's head is not a checkpoint", lambda b: b.update(checkpoint="x")),
        (
            "the checkpoint is of another log than the record",
            lambda b: b.update(checkpoint=b["checkpoint"].replace("charters", "other")),
        ),
    ]
    for said, change in changes:
        changed = json.loads(as_file(bundle))
        change(changed)
        assert fault_of(changed).startswith(said)


def test_a_drawing_cannot_be_added_to_a_record_without_one(leaves: list[dict[str, Any]]) -> None:
    assert fault_of(bundle_of(leaves, 0, DRAWING)) == "the drawing is not the one that was signed"


def test_a_bundle_is_compared_with_checkpoints_of_its_own_size_only(leaves: list[dict[str, Any]]) -> None:
    bundle = bundle_of(leaves, 60)
    same, smaller, larger = head_of(leaves), head_of(leaves[:100]), head_of([*leaves, new_leaf(9_000)])
    assert verify.find_fault_in(as_file(bundle), [same, smaller, larger]).unjudged == 2
    assert fault_of(bundle, smaller, same._replace(root=bytes(32))) == (
        "the checkpoint of 200 leaves told has another root than the record's"
    )
    assert "is of another log" in fault_of(bundle, smaller._replace(origin="other.example.com/waivers"))


# --- every byte -----------------------------------------------------------------------------------


def changes_at(file: bytes, position: int) -> Iterator[bytes]:
    """A byte is replaced twice, removed, doubled, swapped with the next, or a blank is put before it."""
    before, byte, after = file[:position], file[position : position + 1], file[position + 1 :]
    yield before + bytes([byte[0] ^ 1]) + after
    yield before + bytes([byte[0] ^ random.randrange(2, 256)]) + after  # noqa: S311 - draws a change
    yield before + after
    yield before + byte + byte + after
    yield before + b" " + byte + after
    if after[:1] not in (byte, b""):
        yield before + after[:1] + byte + after[1:]


def assert_told(changed: bytes, position: int) -> None:
    assert verify.find_fault_in(changed).fault, (position, changed[max(0, position - 30) : position + 30])


@pytest.mark.parametrize("kind", ["log", "bundle"])
def test_each_byte_of_a_file_that_is_changed_deleted_swapped_or_inserted_is_found(kind: str) -> None:
    """A short file has every kind of byte that a long one has."""
    signed, minor = new_leaf(1, drawing=DRAWING), new_leaf(1, participant=1)
    signed["disclosures"] = signed["disclosures"][1:]
    leaves = [signed, waiver_log.set_aside(signed)] if kind == "log" else [minor, signed]
    file = as_file(export_of(leaves) if kind == "log" else bundle_of(leaves, 1, DRAWING))
    assert verify.find_fault_in(file).fault is None
    for position in range(len(file)):
        for changed in changes_at(file, position):
            assert_told(changed, position)


def test_a_changed_byte_anywhere_in_a_log_of_200_is_found(leaves: list[dict[str, Any]]) -> None:
    """One in each record and all outside of them, others in each run; with CHAIN_STEP=1 every one, in half an hour."""
    file = as_file(export_of(leaves))
    assert verify.find_fault_in(file).fault is None
    end_of_leaves = file.index(b'],"checkpoint"')
    step = int(os.environ.get("CHAIN_STEP", end_of_leaves // 200))
    inside = range(random.randrange(step), end_of_leaves, step)  # noqa: S311 - draws where to begin
    between = [file.index(as_file(leaf)) - 1 for leaf in leaves[1::20]]
    for position in [*range(12), *inside, *between, *range(end_of_leaves, len(file))]:
        [changed] = random.sample(list(changes_at(file, position)), 1)
        assert_told(changed, position)


# --- whatever comes -------------------------------------------------------------------------------

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
fuzz = examples(max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES <= 60)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=10,
)
WHOLE = [export_of(new_leaves(3)), bundle_of(new_leaves(3), 1)]


def one_replaced(draw: st.DrawFn, content: Any) -> Any:
    """The same JSON with one value, however deep, made another or taken away."""
    if isinstance(content, dict) and content and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(content)))
        return {**content, name: one_replaced(draw, content[name])}
    if isinstance(content, list) and content and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(content) - 1))
        return [*content[:at], *draw(st.just([]) | st.just([one_replaced(draw, content[at])])), *content[at + 1 :]]
    return draw(any_json)


@fuzz
@given(st.data())
def test_any_file_is_judged_without_a_crash(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(WHOLE))
    changed = st.composite(lambda draw: one_replaced(draw, whole))()
    file = data.draw(st.binary(max_size=100) | (any_json | changed).map(json.dumps).map(str.encode))
    verdict = verify.find_fault_in(file, [head_of(new_leaves(2))])
    # Only fields that were erased leave a file whole.
    assert verdict.fault or verdict.erased > 0 or json.loads(file) == whole


@fuzz
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_text_is_searched_and_parsed_without_a_crash(text: str) -> None:
    parts = [text, f"From x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{text}"]
    assert all(isinstance(one, Checkpoint) for part in parts for one in checkpoint.find_all(part))
    for parse in (checkpoint.parse, merkle.decode_hash, lambda one: disclosures.read([one])):
        try:
            parse(text)
        except ValueError:
            continue


def test_a_payload_is_hashed_as_canonical_json() -> None:
    leaf = new_leaf(1)
    turned = {**leaf, "payload": dict(reversed(leaf["payload"].items()))}
    assert verify.find_fault_in(as_file({**export_of([leaf]), "leaves": [turned]})).fault is None
    text = json.dumps(leaf["payload"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical.encode(leaf["payload"]) == text.encode()
    assert head_of([leaf]).root == merkle.hash_leaf(text.encode())
