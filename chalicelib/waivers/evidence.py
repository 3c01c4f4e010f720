"""The hash chain of signed waivers: standard library only, so that anyone can check an export offline.

`record_hash` is the SHA-256 of the record's canonical JSON without `record_hash` itself: keys sorted,
no spaces, UTF-8. It covers `seq` and `prev_hash`, the hash of the record before; the first has "".
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from chalicelib.waivers.fields import SignedRecord, UnchainedRecord

FORMAT: Final = "scc-waivers/1"
_NAMES = {"format", "count", "head", "versions", "records"}


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def record_hash(record: Mapping[str, object]) -> str:
    return json_hash({name: value for name, value in record.items() if name != "record_hash"})


def json_hash(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text_hash(canonical)


def seal(records: Sequence["UnchainedRecord"], seq: int, head: str) -> list["SignedRecord"]:
    """The records with their positions and hashes, following the `seq` records that end in `head`."""
    sealed: list[SignedRecord] = []
    for record in records:
        seq += 1
        link: SignedRecord = {**record, "seq": seq, "prev_hash": head, "record_hash": ""}
        link["record_hash"] = head = record_hash(link)
        sealed.append(link)
    return sealed


def find_fault_in(file: bytes) -> str | None:
    """The first thing wrong with a file that holds an exported chain, in one sentence; None if it is whole.

    Every byte counts, not only the chain: the file must be written as JSON writers do it, in one of the usual ways.
    Else something may have been added that a reader of JSON passes over.
    """
    try:
        export = json.loads(file.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as problem:
        return f"the file cannot be read as JSON: {problem}"
    if not isinstance(export, dict):
        return "the file is not an export"
    fault = find_fault(export)
    if fault is None and not _is_usual_spelling(export, file):
        return "the file: its records are whole, but it was changed between them; no JSON writer spells it so"
    return fault


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A second value under the same name would be one that the hash has not covered."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def _is_usual_spelling(export: Mapping[str, Any], file: bytes) -> bool:
    text = file.decode().removesuffix("\n")
    layouts: list[dict[str, Any]] = [{"separators": (",", ":")}, {}, *({"indent": by} for by in (2, 4, 1, "\t"))]
    return any(
        text == json.dumps(export, ensure_ascii=ascii_only, **layout)
        for layout in layouts
        for ascii_only in (True, False)
    )


def find_fault(export: Mapping[str, Any]) -> str | None:
    """The first thing wrong with an exported chain, in one sentence that names the record; None if it is whole.

    Records are named by their position in the file. A record that was changed, with every hash after it made anew,
    leaves a whole chain; but that ends in another head than the one that was mailed.
    """
    if export.get("format") != FORMAT:
        return f"the file is not in the format {FORMAT}"
    versions, records = export.get("versions"), export.get("records")
    if not isinstance(versions, dict) or not isinstance(records, list):
        return "the file has no records or no versions"
    if unknown := set(export) - _NAMES:
        return f"the file has a part that no export has: {min(unknown)[:40]!r}"
    for version, text in versions.items():
        if not isinstance(text, str) or not _has_hash(version, text_hash, text):
            return f"waiver version {version[:12]}: its text was altered"
    head = ""
    for position, record in enumerate(records, 1):
        if not isinstance(record, dict):
            return f"record {position}: it is not a record"
        if not is_next(record, position, head):
            return _describe_fault(records, position, head)
        if str(record.get("waiver_version")) not in versions:
            return f"record {position}: the text it signs is missing"
        head = record["record_hash"]
    return _find_fault_at_end(export, len(records), head)


def is_next(record: Any, position: int, head: str) -> bool:
    """Whether this record is unaltered and belongs at this position behind that head."""
    return _is_numbered(record, position) and record.get("prev_hash") == head and _is_unaltered(record)


def _is_numbered(record: Any, position: int) -> bool:
    return isinstance(record, dict) and record.get("seq") == position and not isinstance(record.get("seq"), bool)


def _is_unaltered(record: Any) -> bool:
    return isinstance(record, dict) and _has_hash(record.get("record_hash"), record_hash, record)


def _describe_fault(records: Sequence[Any], position: int, head: str) -> str:
    """What happened at the first record that does not belong where it stands."""
    record, after = records[position - 1], records[position:]
    if any(is_next(other, position, head) for other in after):
        return _describe_extra(records, position)
    if not _is_unaltered(record):
        return f"record {position}: its content was altered"
    number = record.get("seq")
    if isinstance(number, int) and number > position and record.get("prev_hash") != head:
        gone = f"record {position} was" if number == position + 1 else f"records {position} to {number - 1} were"
        return f"record {position}: {gone} removed; number {number} stands here"
    # Which of two is as it was sealed, the record after them says.
    is_followed = bool(after) and isinstance(after[0], dict) and after[0].get("prev_hash") == record["record_hash"]
    if isinstance(number, int) and number < position:
        is_forged_before = is_followed and number == position - 1 and records[position - 2] != record
        return f"record {position - 1 if is_forged_before else position}: it was inserted beside number {number}"
    changed = position - 1 if is_followed and position > 1 else position
    return f"record {changed}: its content was altered and its hash made anew"


def _describe_extra(records: Sequence[Any], position: int) -> str:
    """The record that belongs here stands further on: this one was put before it or has changed places with it."""
    record = records[position - 1]
    others = [*records[: position - 1], *records[position:]]
    same = [other for other in others if other == record]
    is_linked = isinstance(record, dict) and any(
        isinstance(other, dict) and other.get("prev_hash") == record.get("record_hash") for other in others
    )
    number = record.get("seq") if isinstance(record, dict) else None
    is_late = isinstance(number, int) and position < number <= len(records)
    if not same and _is_unaltered(record) and is_late and (is_linked or number == len(records)):
        return f"record {position}: it was moved here; its number is {number}"
    return f"record {position}: it was inserted{' a second time' if same else ''}"


def _find_fault_at_end(export: Mapping[str, Any], count: int, head: str) -> str | None:
    announced, announced_head = export.get("count"), export.get("head")
    if announced == count and announced_head == head and not isinstance(announced, bool):
        return None
    found = f"{announced} records with head {str(announced_head)[:12]} are announced, {count} with head {head[:12]}"
    gone = f"; record {count + 1} was removed" if isinstance(announced, int) and announced > count else ""
    return f"the end: {found} stand here{gone}"


def _has_hash(expected: object, hash_of: Callable[[Any], str], content: Any) -> bool:
    try:
        return hash_of(content) == expected
    except ValueError:
        # JSON can carry what no content of ours holds: NaN, half a character.
        return False
