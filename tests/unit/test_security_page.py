"""docs/security.md says something of every requirement, and the tests that it names exist."""

import re

from tests.support.running import ROOT

PAGE = (ROOT / "docs/security.md").read_text()
# OWASP ASVS 5.0.0, levels 1 and 2: how many requirements each section has; in each they are the first ones.
SECTIONS = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+", line)
]


def test_every_requirement_stands_in_it_once_and_in_order() -> None:
    expected = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in SECTIONS.items()
        for section, count in sections.items()
        for number in range(1, count + 1)
    ]
    assert len(expected) == 253
    found = [item for row in ROWS for item in row[0].split(", ")]
    assert sorted(found) == sorted(expected)
    firsts = [expected.index(row[0].split(", ")[0]) for row in ROWS]
    assert firsts == sorted(firsts)


def test_every_row_has_a_state_and_says_how_and_by_what() -> None:
    for item, subject, state, how, shown_by in ROWS:
        assert state in ("met", "part", "open", "n/a"), item
        assert subject, item
        assert how, item
        assert state not in ("met", "part") or shown_by not in ("", "\u2013"), item


def test_every_test_that_it_names_exists() -> None:
    named = {one for row in ROWS for one in row[4].split(", ") if "::" in one}
    assert len(named) > 90
    for one in named:
        file, name = one.split("::")
        if file.endswith(".py"):
            source = (ROOT / "tests" / file).read_text()
            assert re.search(rf"^def {re.escape(name)}\(", source, re.MULTILINE), one
        else:
            assert name in (ROOT / file).read_text(), one
