"""The tree: the published vectors of Certificate Transparency, and the proofs of other implementations."""

import hashlib
import random
from collections.abc import Callable

import pymerkle
import pytest

from chalicelib.waivers.evidence import merkle

# The test vectors of certificate-transparency and of transparency-dev/merkle (testonly/reference_test.go).
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
LEAVES_2_3 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
LEAVES_4_5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LEAVES_6_7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
LEAVES_4_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSION = {
    (0, 1): [],
    (0, 2): [LEAF_1],
    (1, 2): [ROOTS[1]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], LEAVES_2_3, LEAF_4],
    (0, 8): [LEAF_1, LEAVES_2_3, LEAVES_4_7],
    (5, 8): [LEAF_4, LEAVES_6_7, ROOTS[4]],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [LEAF_1, LEAVES_2_3, LEAVES_4_7],
    (2, 5): [LEAVES_2_3, LEAF_4],
    (6, 8): [LEAVES_4_5, LEAVES_6_7, ROOTS[4]],
}


def in_hex(hashes: list[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


def test_the_roots_are_those_of_certificate_transparency() -> None:
    for size, root in enumerate(ROOTS):
        hashes = [merkle.hash_leaf(leaf) for leaf in LEAVES[:size]]
        assert merkle.root_of(hashes).hex() == root


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(index: int, size: int) -> None:
    hashes = [merkle.hash_leaf(leaf) for leaf in LEAVES]
    proof = merkle.inclusion_proof(index, size, merkle.nodes_of(hashes))
    assert in_hex(proof) == INCLUSION[index, size]
    assert merkle.verify_inclusion(hashes[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old_size", "size"), CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(old_size: int, size: int) -> None:
    proof = merkle.consistency_proof(old_size, size, merkle.nodes_of([merkle.hash_leaf(leaf) for leaf in LEAVES]))
    assert in_hex(proof) == CONSISTENCY[old_size, size]
    old_root, root = bytes.fromhex(ROOTS[old_size]), bytes.fromhex(ROOTS[size])
    assert merkle.verify_consistency(old_size, old_root, size, root, proof)


# --- another implementation -----------------------------------------------------------------------


class Log:
    """The same leaves in our tree and in the other implementation's."""

    def __init__(self, size: int) -> None:
        entries = [f"leaf {number}".encode() for number in range(size)]
        self.hashes = [merkle.hash_leaf(entry) for entry in entries]
        self.read_node = merkle.nodes_of(self.hashes)
        self.other = pymerkle.InmemoryTree(algorithm="sha256")
        self.other.append_entries(entries)

    def proofs_of(self, index: int, size: int) -> str:
        """Both proofs of a leaf, as the recorded lines have them."""
        proofs = {
            f"inclusion {index} {size}": merkle.inclusion_proof(index, size, self.read_node),
            f"consistency {index + 1} {size}": merkle.consistency_proof(index + 1, size, self.read_node),
        }
        return "".join(" ".join([name, *in_hex(proof)]) + "\n" for name, proof in proofs.items())

    def agree(self, index: int, size: int) -> None:
        """The other one has the same root and inclusion proof, and both our proofs hold against its roots."""
        theirs = self.other.prove_inclusion(index + 1, size).path
        proof = merkle.inclusion_proof(index, size, self.read_node)
        assert (theirs[0], theirs[1:]) == (self.hashes[index], proof)
        root, old_root = self.other.get_root(size), self.other.get_root(index + 1)
        assert merkle.root_at(size, self.read_node) == root
        assert merkle.verify_inclusion(self.hashes[index], index, size, proof, root)
        proof = merkle.consistency_proof(index + 1, size, self.read_node)
        assert merkle.verify_consistency(index + 1, old_root, size, root, proof)


Tiles = dict[tuple[int, int], bytes]


def no_tile(level: int, number: int) -> bytes:
    raise AssertionError(f"tile {number} of level {level} was read, and there is none")


@pytest.fixture(scope="module")
def small() -> Log:
    return Log(130)


@pytest.fixture(scope="module")
def large() -> Log:
    """Three levels of tiles."""
    return Log(70_000)


@pytest.fixture(scope="module")
def tiles(large: Log) -> Tiles:
    return merkle.append(0, large.hashes, no_tile)


def test_another_implementation_agrees_on_all_sizes_up_to_130_and_on_large_ones(small: Log, large: Log) -> None:
    for size in range(1, 131):
        for index in range(size):
            small.agree(index, size)
    for size in random.sample(range(131, 70_001), 40):
        for index in {0, size - 1, *random.sample(range(size), 3)}:
            large.agree(index, size)


def test_all_proofs_are_those_of_two_other_implementations(small: Log, large: Log) -> None:
    """Recorded from Go's checksum database (golang.org/x/mod/sumdb/tlog) and from transparency-dev/merkle, which agree.

    A line for each proof, in this order: `inclusion INDEX SIZE` or `consistency OLD SIZE`, then its hashes in hex.
    """
    lines = hashlib.sha256()
    for size in range(1, 131):
        for index in range(size):
            lines.update(small.proofs_of(index, size).encode())
    for size in (255, 256, 257, 511, 512, 513, 1000, 4095, 4096, 4097, 65_535, 65_536, 65_537, 70_000):
        for index in (*range(0, size, size // 16 + 1), size - 1):
            lines.update(large.proofs_of(index, size).encode())
    assert lines.hexdigest() == "acc6d587713836e0f7b9b86585ababffecba3f1a456ca92b3a2d2f601e1484e7"


# --- what is wrong is told ------------------------------------------------------------------------


def test_any_change_of_an_inclusion_proof_is_told(small: Log) -> None:
    root = merkle.root_of(small.hashes)
    for index in range(130):
        proof = merkle.inclusion_proof(index, 130, small.read_node)
        leaf_hash = small.hashes[index]
        assert not merkle.verify_inclusion(leaf_hash, index ^ 1, 130, proof, root)
        assert not merkle.verify_inclusion(leaf_hash, index, 130, proof[:-1], root)
        assert not merkle.verify_inclusion(leaf_hash, index, 130, [*proof, root], root)
        assert not merkle.verify_inclusion(small.hashes[index - 1], index, 130, proof, root)
        assert not merkle.verify_inclusion(leaf_hash, index, 130, proof, small.hashes[0])
        for at in range(len(proof)):
            changed = [*proof[:at], small.hashes[-1 - index], *proof[at + 1 :]]
            assert changed == proof or not merkle.verify_inclusion(leaf_hash, index, 130, changed, root)


def test_any_change_of_a_consistency_proof_is_told(small: Log) -> None:
    root = merkle.root_of(small.hashes)
    for old_size in range(1, 130):
        old_root = merkle.root_of(small.hashes[:old_size])
        proof = merkle.consistency_proof(old_size, 130, small.read_node)
        assert not merkle.verify_consistency(old_size, root, 130, root, proof)
        assert not merkle.verify_consistency(old_size, old_root, 130, old_root, proof)
        assert not merkle.verify_consistency(old_size, old_root, 130, root, proof[:-1])
        assert not merkle.verify_consistency(old_size, old_root, 130, root, [*proof, root])
        assert not merkle.verify_consistency(old_size + 1, old_root, 130, root, proof)
        for at in range(len(proof)):
            changed = [*proof[:at], old_root, *proof[at + 1 :]]
            assert changed == proof or not merkle.verify_consistency(old_size, old_root, 130, root, changed)


def test_a_rewritten_log_has_no_proof_that_it_continues_the_old_one(small: Log) -> None:
    for old_size in range(1, 130):
        rewritten = list(small.hashes)
        rewritten[old_size - 1] = merkle.hash_leaf(b"another")
        proof = merkle.consistency_proof(old_size, 130, merkle.nodes_of(rewritten))
        old_root = merkle.root_of(small.hashes[:old_size])
        assert not merkle.verify_consistency(old_size, old_root, 130, merkle.root_of(rewritten), proof)


def test_hashes_of_another_length_and_places_outside_the_log_are_never_proved() -> None:
    leaf = merkle.hash_leaf(b"x")
    parent = merkle.hash_children(leaf[:31], leaf[31:] + leaf)
    assert not merkle.verify_inclusion(leaf[31:] + leaf, 1, 2, [leaf[:31]], parent)
    assert not merkle.verify_consistency(1, leaf, 2, parent, [b""])
    for index, size in ((-1, 1), (1, 1), (0, 0), (2**80, 2**80)):
        assert not merkle.verify_inclusion(leaf, index, size, [], leaf)
        with pytest.raises(ValueError, match="has no leaf"):
            merkle.inclusion_proof(index, size, no_tile)
    for old_size, size in ((-1, 1), (2, 1)):
        assert not merkle.verify_consistency(old_size, leaf, size, leaf, [])
        with pytest.raises(ValueError, match="was never one of"):
            merkle.consistency_proof(old_size, size, no_tile)


def test_every_log_continues_itself_and_the_empty_one() -> None:
    leaf, empty = merkle.hash_leaf(b"x"), merkle.root_of([])
    assert merkle.verify_consistency(0, empty, 1, leaf, merkle.consistency_proof(0, 1, no_tile))
    assert merkle.verify_consistency(1, leaf, 1, leaf, merkle.consistency_proof(1, 1, no_tile))
    assert not merkle.verify_consistency(0, leaf, 1, leaf, [])
    assert not merkle.verify_consistency(1, empty, 1, leaf, [])


@pytest.mark.parametrize(
    "text", ["", "AA==", "é" * 44, "A" * 43, "A" * 42 + "B=", "A" * 43 + "=\n", " " + "A" * 43 + "="]
)
def test_a_hash_has_one_spelling_in_base64(text: str) -> None:
    assert merkle.decode_hash("A" * 43 + "=") == bytes(32)
    with pytest.raises(ValueError, match=r".+"):
        merkle.decode_hash(text)


# --- tiles ----------------------------------------------------------------------------------------


def test_a_tile_holds_256_hashes_of_each_eighth_level(large: Log, tiles: Tiles) -> None:
    assert {level: max(number for at, number in tiles if at == level) for level, _ in tiles} == {0: 273, 1: 1, 2: 0}
    assert tiles[0, 273] == b"".join(large.hashes[273 * 256 :])
    assert tiles[1, 1] == b"".join(large.read_node(8, index) for index in range(256, 273))
    assert tiles[2, 0] == large.read_node(16, 0)


def test_every_node_can_be_read_from_the_tiles(large: Log, tiles: Tiles) -> None:
    stored = merkle.Tiles(lambda level, number: tiles[level, number])
    for level in range(17):
        nodes = range(70_000 >> level)
        for index in {0, nodes[-1], *random.sample(nodes, min(len(nodes), 20))}:
            assert stored.read_node(level, index) == large.read_node(level, index)


def test_a_proof_reads_a_few_tiles_however_long_the_log_is(tiles: Tiles) -> None:
    reads: list[tuple[int, int]] = []

    def read_tile(level: int, number: int) -> bytes:
        reads.append((level, number))
        return tiles[level, number]

    proofs: list[Callable[[merkle.NodeReader], object]] = [
        lambda read_node: merkle.inclusion_proof(12_345, 69_999, read_node),
        lambda read_node: merkle.consistency_proof(12_345, 69_999, read_node),
        lambda read_node: merkle.root_at(69_999, read_node),
    ]
    for prove in proofs:
        reads.clear()
        prove(merkle.Tiles(read_tile).read_node)
        assert 0 < len(reads) <= 6


def test_leaves_appended_in_batches_give_the_same_tiles_as_all_at_once(large: Log, tiles: Tiles) -> None:
    stored: Tiles = {}
    reads: list[tuple[int, int]] = []

    def read_tile(level: int, number: int) -> bytes:
        reads.append((level, number))
        return stored[level, number]

    size = 0
    while size < 70_000:
        batch = large.hashes[size : size + random.sample([1, 25, 255, 256, 257, 3000], 1)[0]]
        reads.clear()
        changed = merkle.append(size, batch, read_tile)
        assert len(reads) <= 3
        assert all(stored.get(key) != tile for key, tile in changed.items())
        stored |= changed
        size += len(batch)
    assert stored == tiles
    assert merkle.append(70_000, [], no_tile) == {}


def test_what_an_unfinished_attempt_left_in_a_tile_is_written_over(small: Log) -> None:
    left_over = merkle.append(0, small.hashes, no_tile)
    assert merkle.append(100, [small.hashes[0]], lambda level, number: left_over[level, number]) == {
        (0, 0): b"".join([*small.hashes[:100], small.hashes[0]])
    }


def test_a_tile_that_lost_its_end_is_never_built_upon(small: Log) -> None:
    short = b"".join(small.hashes[:99]) + b"x"
    with pytest.raises(ValueError, match="tile 0 of level 0"):
        merkle.append(101, [small.hashes[0]], lambda *_: short)
    with pytest.raises(ValueError, match="tile 0 of level 0"):
        merkle.root_at(128, merkle.Tiles(lambda *_: short).read_node)
