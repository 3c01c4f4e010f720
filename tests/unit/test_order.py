"""How the tests are shared out to the processes that run them."""

from pathlib import Path

from tests.order import LONGEST_FIRST, TOGETHER, turn_of, unit_of
from tests.support.running import ROOT

TESTS = [str(path.relative_to(ROOT)) for path in sorted(Path(ROOT / "tests").rglob("test_*.py"))]


def test_every_test_has_its_turn_and_every_turn_has_its_tests() -> None:
    turns = {turn_of(f"{name}::test_something") for name in TESTS}
    assert turns == set(range(len(LONGEST_FIRST)))


def test_one_process_gets_a_file_whole_and_all_of_what_shares_a_product() -> None:
    units = {name: unit_of(f"{name}::test_something[a::b]") for name in TESTS}
    shared = [name for name in TESTS if name.startswith(TOGETHER)]
    assert len(shared) > 1
    assert {units[name] for name in shared} == set(TOGETHER)
    assert all(units[name] == name for name in TESTS if name not in shared)
