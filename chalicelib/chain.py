"""The hash chain of signed waivers: standard library only, so that anyone can check an export offline.

`record_hash` is the SHA-256 of the record's canonical JSON without `record_hash` itself: keys sorted,
no spaces, UTF-8. It covers `seq` and `prev_hash`, the hash of the record before; the first has "".
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

FORMAT = "scc-waivers/1"


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


def find_fault(export: Mapping[str, Any]) -> str | None:
    """The first thing wrong with an exported chain, in one sentence; None if it is whole."""
    if export.get("format") != FORMAT:
        return f"the file is not in the format {FORMAT}"
    versions, records = export.get("versions"), export.get("records")
    if not isinstance(versions, dict) or not isinstance(records, list):
        return "the file has no records or no versions"
    for version, text in versions.items():
        if not isinstance(text, str) or not _has_hash(version, text_hash, text):
            return f"waiver version {version[:12]}: its text was altered"
    head = ""
    for place, record in enumerate(records, 1):
        if not isinstance(record, dict):
            return f"record {place}: it is not a record"
        if record.get("seq") != place or isinstance(record.get("seq"), bool):
            number = record.get("seq")
            return f"record {place}: it carries the number {number}; one was removed, inserted or moved here"
        if record.get("prev_hash") != head:
            return (
                f"record {place}: it does not follow the record before it; one was removed, inserted, moved or altered"
            )
        if not _has_hash(record.get("record_hash"), record_hash, record):
            return f"record {place}: its content was altered"
        if str(record.get("waiver_version")) not in versions:
            return f"record {place}: the text it signs is missing"
        head = record["record_hash"]
    if export.get("head") != head or export.get("count") != len(records):
        announced = f"{export.get('count')} records with head {str(export.get('head'))[:12]}"
        return f"the end: {announced} are announced, {len(records)} with head {head[:12]} stand here"
    return None


def _has_hash(expected: object, hash_of: Callable[[Any], str], content: Any) -> bool:
    try:
        return hash_of(content) == expected
    except ValueError:
        # JSON can carry what no content of ours holds: NaN, half a character.
        return False
