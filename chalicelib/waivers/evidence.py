"""The hash chain of signed waivers: standard library only, so that anyone can check an export offline.

`record_hash` is the SHA-256 of the record's canonical JSON without `record_hash` itself: keys sorted,
no spaces, UTF-8. It covers `seq` and `prev_hash`, the hash of the record before; the first has "".
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

FORMAT = "scc-waivers/1"
_NAMES = {"format", "count", "head", "versions", "records"}


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def record_hash(record: Mapping[str, Any]) -> str:
    facts = {name: value for name, value in record.items() if name != "record_hash"}
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def seal(records: Sequence[Mapping[str, Any]], seq: int, head: str) -> list[dict[str, Any]]:
    """The records with their places and hashes, following the `seq` records that end in `head`."""
    sealed = []
    for record in records:
        seq += 1
        chained = {**record, "seq": seq, "prev_hash": head}
        head = record_hash(chained)
        sealed.append({**chained, "record_hash": head})
    return sealed


def find_fault_in(file: bytes) -> str | None:
    """The first thing wrong with a file that holds an exported chain, in one sentence; None if it is whole.

    Besides the chain itself every byte counts: the file must be spelled as a JSON writer spells it, in one of the
    usual ways, or something was put in that its reader would pass over.
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
    """A second value under the same name would be one that the hash never saw."""
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

    Records are named by their place in the file. Whoever changes a record and makes every hash after it anew leaves
    a whole chain, which then ends in another head than was mailed.
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
    for place, record in enumerate(records, 1):
        if not isinstance(record, dict):
            return f"record {place}: it is not a record"
        if not _fits(record, place, head):
            return _tell(records, place, head)
        if str(record.get("waiver_version")) not in versions:
            return f"record {place}: the text it signs is missing"
        head = record["record_hash"]
    return _find_fault_at_end(export, len(records), head)


def _fits(record: Any, place: int, head: str) -> bool:
    """Whether this record, unaltered, belongs at this place behind that head."""
    return _is_numbered(record, place) and record.get("prev_hash") == head and _is_unaltered(record)


def _is_numbered(record: Any, place: int) -> bool:
    return isinstance(record, dict) and record.get("seq") == place and not isinstance(record.get("seq"), bool)


def _is_unaltered(record: Any) -> bool:
    return isinstance(record, dict) and _has_hash(record.get("record_hash"), record_hash, record)


def _tell(records: Sequence[Any], place: int, head: str) -> str:
    """What happened at the first record that does not fit."""
    record, after = records[place - 1], records[place:]
    if any(_fits(other, place, head) for other in after):
        return _tell_extra(records, place)
    if not _is_unaltered(record):
        return f"record {place}: its content was altered"
    number = record.get("seq")
    if isinstance(number, int) and number > place and record.get("prev_hash") != head:
        gone = f"record {place} was" if number == place + 1 else f"records {place} to {number - 1} were"
        return f"record {place}: {gone} removed; number {number} stands here"
    # Which of two is as it was sealed, the record after them says.
    is_followed = bool(after) and isinstance(after[0], dict) and after[0].get("prev_hash") == record["record_hash"]
    if isinstance(number, int) and number < place:
        is_forged_before = is_followed and number == place - 1 and records[place - 2] != record
        return f"record {place - 1 if is_forged_before else place}: it was inserted beside number {number}"
    changed = place - 1 if is_followed and place > 1 else place
    return f"record {changed}: its content was altered and its hash made anew"


def _tell_extra(records: Sequence[Any], place: int) -> str:
    """The record that belongs here stands further on; this one was put before it or has changed places with it."""
    record = records[place - 1]
    others = [*records[: place - 1], *records[place:]]
    same = [other for other in others if other == record]
    is_linked = isinstance(record, dict) and any(
        isinstance(other, dict) and other.get("prev_hash") == record.get("record_hash") for other in others
    )
    number = record.get("seq") if isinstance(record, dict) else None
    at_home = isinstance(number, int) and place < number <= len(records)
    if not same and _is_unaltered(record) and at_home and (is_linked or number == len(records)):
        return f"record {place}: it was moved here; its number is {number}"
    return f"record {place}: it was inserted{' a second time' if same else ''}"


def _find_fault_at_end(export: Mapping[str, Any], count: int, head: str) -> str | None:
    announced, announced_head = export.get("count"), export.get("head")
    if announced == count and announced_head == head and not isinstance(announced, bool):
        return None
    told = f"{announced} records with head {str(announced_head)[:12]} are announced"
    gone = f"; record {count + 1} was removed" if isinstance(announced, int) and announced > count else ""
    return f"the end: {told}, {count} with head {head[:12]} stand here{gone}"


def _has_hash(expected: object, hash_of: Callable[[Any], str], content: Any) -> bool:
    try:
        return hash_of(content) == expected
    except ValueError:
        # JSON can carry what no content of ours holds: NaN, half a character.
        return False
