"""Logs of signed waivers as the API exports them, made without it."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from chalicelib.waivers.evidence import canonical, checkpoint, disclosures, merkle
from chalicelib.waivers.evidence.checkpoint import Checkpoint

ORIGIN = "charters.example.com/waivers"
TEXT = "# Release\n\nI accept the risks. ⚓"
DRAWING = "[[[1,2,0],[3,4,16]]]"


def new_leaf(number: int, *, participant: int = 0, drawing: str | None = None) -> dict[str, Any]:
    """The record of one covered person; the same numbers give the same record."""
    payload = {
        "type": "waiver",
        "log": ORIGIN,
        "waiver_id": f"{number:030x}{participant:02x}",
        "event_id": "A" * 22,
        "starts_at": "2026-11-23T18:00:00Z",
        "waiver_version": canonical.text_hash(TEXT),
        "waiver_title": "Release",
        "language": "en",
        "submission_id": f"submission {number}",
        "participant": participant,
        "minor": participant > 0,
        "guest_id": None,
        "signed_at": "2026-11-22T20:00:00Z",
        "drawing_sha256": canonical.text_hash(drawing) if drawing else None,
    }
    fields = {
        "signer_name": f"Zoë Ångström {number}",
        "signer_email": f"guest{number}@example.com",
        "signer_phone": None,
        "address": f"192.0.2.{number % 250}",
        "participant_name": f"person {number}.{participant}",
    }
    return _sealed(payload, fields)


def set_aside(leaf: dict[str, Any], reason: str = "a double") -> dict[str, Any]:
    kept = {name: leaf["payload"][name] for name in ("log", "waiver_id", "event_id")}
    return _sealed({"type": "set_aside", **kept, "at": "2026-11-24T08:00:00Z"}, {"reason": reason, "by": "ana"})


def _sealed(payload: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    salts = (canonical.text_hash(f"{payload} {number}")[:22] for number in range(len(fields)))
    sealed, disclosed = disclosures.seal(payload, fields, lambda: next(salts))
    return {"payload": sealed, "disclosures": disclosed}


def new_leaves(count: int) -> list[dict[str, Any]]:
    """Of every kind: adults and minors; each tenth sets the one before it aside, each twentieth is partly erased."""
    leaves: list[dict[str, Any]] = []
    for number in range(count):
        leaf = set_aside(leaves[-1]) if number % 10 == 9 else new_leaf(number // 2, participant=number % 2)
        if number % 20 == 5:
            leaf["disclosures"] = leaf["disclosures"][2:]
        leaves.append(leaf)
    return leaves


def hashes_of(leaves: Sequence[dict[str, Any]]) -> list[bytes]:
    return [merkle.hash_leaf(canonical.encode(leaf["payload"])) for leaf in leaves]


def head_of(leaves: Sequence[dict[str, Any]]) -> Checkpoint:
    return Checkpoint(ORIGIN, len(leaves), merkle.root_of(hashes_of(leaves)))


def export_of(leaves: list[dict[str, Any]]) -> dict[str, Any]:
    return {"leaves": leaves, "checkpoint": checkpoint.format(head_of(leaves)), "next": None}


def bundle_of(leaves: list[dict[str, Any]], index: int, drawing: str | None = None) -> dict[str, Any]:
    proof = merkle.inclusion_proof(index, len(leaves), merkle.nodes_of(hashes_of(leaves)))
    inclusion = {
        "leaf_index": index,
        "tree_size": len(leaves),
        "proof": [base64.b64encode(node).decode() for node in proof],
    }
    bundle = {**leaves[index], "text": TEXT, "inclusion": inclusion, "checkpoint": checkpoint.format(head_of(leaves))}
    return bundle | ({"drawing": drawing} if drawing else {})


def as_file(content: Any) -> bytes:
    """As the API writes it."""
    return json.dumps(content, separators=(",", ":")).encode()
