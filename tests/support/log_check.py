"""What holds of the waivers in a table at any moment, whoever was stopped in the middle of whatever."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from chalicelib.core import names
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers.evidence import verify
from tests.support.doubles.dynamo import Item


def check_log(items: Iterable[Item], *, waiting: int | None = None) -> None:
    """The log is whole; each record and act is in it once, or waits; each charter's list and counts are the log's.

    With `waiting`, exactly so many wait. Reads the log as an admin exports it, so the table has to be the product's.
    """
    found = {(item["PK"]["S"], item["SK"]["S"]): item for item in items}
    verdict = verify.find_fault_in(export())
    assert verdict.fault is None, verdict.fault
    logged = {
        (item["record"]["M"]["PK"]["S"], item["record"]["M"]["SK"]["S"]): int(sk.removeprefix("LEAF#"))
        for (pk, sk), item in found.items()
        if pk == "WAIVER_LOG" and sk.startswith("LEAF#")
    }
    assert sorted(logged.values()) == list(range(verdict.leaves)), "a leaf is missing, or too many"
    waits = Counter(
        (item["record"]["M"]["PK"]["S"], item["record"]["M"]["SK"]["S"])
        for (pk, _), item in found.items()
        if pk == "WAIVER_LOG_WAITING"
    )
    assert waiting in (None, waits.total())
    stored = {key: item for key, item in found.items() if key[1].startswith(("RECORD#", "SET_ASIDE#"))}
    assert Counter(list(logged)) + waits == Counter(list(stored)), "lost, or there twice"
    for key, item in stored.items():
        assert item.get("leaf_index", {}).get("N") == (str(logged[key]) if key in logged else None), key
    _check_lists(found, {key: index for key, index in logged.items() if key[1].startswith("RECORD#")})


def export() -> bytes:
    """The whole log as `GET /api/waivers.json` gives it, its parts joined."""
    part = waiver_records.export_log(0)
    leaves = list(part["leaves"])
    while part["next"] is not None:
        part = waiver_records.export_log(part["next"])
        leaves += part["leaves"]
    return json.dumps({**part, "leaves": leaves}, separators=(",", ":")).encode()


def _check_lists(found: dict[tuple[str, str], Item], logged: dict[tuple[str, str], int]) -> None:
    """Each charter's list has its logged records in their order, and its counters are those of that list."""
    rows: dict[str, list[Any]] = defaultdict(list)
    records: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for (pk, sk), item in sorted(found.items()):
        if sk.startswith("SIGNED#"):
            rows[pk] += json.loads(item["rows"]["S"])
    for key, index in logged.items():
        data = json.loads(found[key]["data"]["S"])
        records[f"EVENT#{data['event_id']}"].append((index, data["waiver_id"]))
    for (pk, sk), charter in found.items():
        if sk != "EVENT":
            continue
        assert [(row["leaf_index"], row["waiver_id"]) for row in rows[pk]] == sorted(records[pk]), pk
        counted = [row for row in rows[pk] if not row.get("set_aside")]
        people = {row["person"] for row in counted}
        guests = {row["guest_id"] for row in counted} - {None}
        assert int(charter.get("signed_rows", {"N": "0"})["N"]) == len(rows[pk]), pk
        assert int(charter["signed_count"]["N"]) == len(people), pk
        listed = found.get(("DIRECTORY", pk), {}).get("signed", {"S": ""})["S"].splitlines()
        assert set(listed) == {names.fold(row["name"]) for row in counted} - {""}, pk
        assert set(charter.get("signed_guest_ids", {"SS": []})["SS"]) == guests, pk
