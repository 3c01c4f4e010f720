"""The Merkle tree of a transparency log: hashes and proofs as in RFC 9162 section 2.1 (the same as RFC 6962's).

A node is named by level and index: node (level, index) covers the 2^level leaves from index * 2^level on. It is
complete, and never changes again, once all of them are there. Hashes are SHA-256, 32 bytes.

Nodes are kept in tiles, as in C2SP's tlog-tiles: tile n of tile level L holds the hashes of up to 256 nodes of tree
level 8 * L, one after the other. The nodes between two tile levels are computed from the tile below them.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from typing import Final

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of a complete node by its level and index."""
TileReader = Callable[[int, int], bytes]
"""Gives the bytes of a stored tile by its tile level and number."""

HASH_BYTES: Final = 32
TILE_HEIGHT: Final = 8
_TILE_WIDTH: Final = 1 << TILE_HEIGHT
EMPTY_ROOT: Final = hashlib.sha256().digest()
"""Of a tree without leaves."""


def hash_leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def encode_hash(digest: bytes) -> str:
    """Base64, as proofs and checkpoints carry it."""
    return base64.b64encode(digest).decode()


def decode_hash(text: str) -> bytes:
    """Raises ValueError for anything but the one base64 spelling of 32 bytes."""
    digest = base64.b64decode(text, validate=True)
    if len(digest) != HASH_BYTES or encode_hash(digest) != text:
        raise ValueError("it is not a SHA-256 in base64")
    return digest


# --- roots ----------------------------------------------------------------------------------------


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of the tree with these leaves."""
    return root_at(len(leaf_hashes), nodes_of(leaf_hashes))


def nodes_of(leaf_hashes: Sequence[bytes]) -> NodeReader:
    """A reader of the nodes above these leaves."""
    levels = [leaf_hashes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([hash_children(left, right) for left, right in pairs])
    return lambda level, index: levels[level][index]


def root_at(size: int, read_node: NodeReader) -> bytes:
    """The root of the tree of the first `size` leaves; of none, the hash of nothing."""
    return _root_between(0, size, read_node) if size else EMPTY_ROOT


def _root_between(begin: int, end: int, read_node: NodeReader) -> bytes:
    """The root of the subtree over the leaves from `begin` up to `end`, which RFC 9162 splits off as one."""
    count = end - begin
    if count.bit_count() == 1:
        level = count.bit_length() - 1
        return read_node(level, begin >> level)
    middle = begin + _left_count(count)
    return hash_children(_root_between(begin, middle, read_node), _root_between(middle, end, read_node))


def _left_count(count: int) -> int:
    """How many of so many leaves (2 or more) are on the left: the largest power of two below."""
    return 1 << ((count - 1).bit_length() - 1)


# --- proofs ---------------------------------------------------------------------------------------


def inclusion_proof(index: int, size: int, read_node: NodeReader) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root at `size` (RFC 9162 section 2.1.3.1), nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"a log of {size} leaves has no leaf {index}")
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _left_count(end - begin)
        if index < middle:
            proof.append(_root_between(middle, end, read_node))
            end = middle
        else:
            proof.append(_root_between(begin, middle, read_node))
            begin = middle
    return proof[::-1]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size or any(len(node) != HASH_BYTES for node in proof):
        return False
    at, last, found = index, size - 1, leaf_hash
    for node in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = hash_children(node, found)
            at, last = _skip_missing_siblings(at, last)
        else:
            found = hash_children(found, node)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def _skip_missing_siblings(at: int, last: int) -> tuple[int, int]:
    """A node at the right border goes up unchanged as long as it has no sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def consistency_proof(old_size: int, size: int, read_node: NodeReader) -> list[bytes]:
    """The hashes that show that the first `old_size` of `size` leaves are as they were (RFC 9162 section 2.1.4.1)."""
    if not 0 <= old_size <= size:
        raise ValueError(f"a log of {size} leaves was never one of {old_size}")
    if old_size in (0, size):
        return []
    proof: list[bytes] = []
    begin, end = 0, size
    while old_size < end:
        middle = begin + _left_count(end - begin)
        if old_size <= middle:
            proof.append(_root_between(middle, end, read_node))
            end = middle
        else:
            proof.append(_root_between(begin, middle, read_node))
            begin = middle
    # The verifier knows the old root; only another subtree at the old border has to be given.
    if begin:
        proof.append(_root_between(begin, end, read_node))
    return proof[::-1]


def verify_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2; besides, any log continues the empty one."""
    if not 0 <= old_size <= size or any(len(node) != HASH_BYTES for node in proof):
        return False
    if old_size == 0:
        return not proof and old_root == root_of([])
    if old_size == size:
        return not proof and old_root == root
    if not proof:
        return False
    path = [old_root, *proof] if old_size.bit_count() == 1 else proof
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = found = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_found, found = hash_children(node, old_found), hash_children(node, found)
            at, last = _skip_missing_siblings(at, last)
        else:
            found = hash_children(found, node)
        at, last = at >> 1, last >> 1
    return last == 0 and old_found == old_root and found == root


# --- tiles ----------------------------------------------------------------------------------------


class Tiles:
    """Reads nodes from stored tiles. Each tile is read once."""

    def __init__(self, read_tile: TileReader) -> None:
        self._read_tile = read_tile
        self._tiles: dict[tuple[int, int], bytes] = {}

    def read_node(self, level: int, index: int) -> bytes:
        """The hash of a complete node. Raises ValueError where its tile does not hold what it is made of."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, first = divmod(index << height, _TILE_WIDTH)
        hashes = _split(self._tile(tile_level, number))[first : first + (1 << height)]
        if len(hashes) < 1 << height:
            raise ValueError(f"tile {number} of level {tile_level} ends before node {index} of level {level}")
        return root_of(hashes)

    def _tile(self, tile_level: int, number: int) -> bytes:
        key = (tile_level, number)
        if key not in self._tiles:
            self._tiles[key] = self._read_tile(tile_level, number)
        return self._tiles[key]


def append(size: int, leaf_hashes: Sequence[bytes], read_tile: TileReader) -> dict[tuple[int, int], bytes]:
    """The whole contents, by level and number, of each tile that changes when these leaves follow `size` others.

    Reads at most one tile of each level: the last, if there is still room in it. What a tile holds beyond `size` is
    left over from an attempt that was never finished, and is written over. Raises ValueError where it holds too few.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, hashes = 0, list(leaf_hashes)
    while hashes:
        number, held = divmod(size >> (level * TILE_HEIGHT), _TILE_WIDTH)
        if held:
            before = _split(read_tile(level, number))[:held]
            if len(before) < held:
                raise ValueError(f"tile {number} of level {level} holds {len(before)} hashes, not {held}")
            hashes[:0] = before
        full: list[bytes] = []
        for first in range(0, len(hashes), _TILE_WIDTH):
            tile = hashes[first : first + _TILE_WIDTH]
            changed[level, number + first // _TILE_WIDTH] = b"".join(tile)
            if len(tile) == _TILE_WIDTH:
                full.append(root_of(tile))
        level, hashes = level + 1, full
    return changed


def _split(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
