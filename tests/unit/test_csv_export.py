"""CSV for a spreadsheet, and the bookkeeper's description of it."""

import csv
import io
import re
from pathlib import Path

import pytest

from chalicelib.core import csv_export
from chalicelib.payments import reports

DOCS = Path(__file__).parents[2] / "docs" / "payments.md"


SIGNS = ("=", "+", "-", "@", "\u2212", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\u207b")
# What a spreadsheet may pass over before a cell's first sign.
BEFORE = ("", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202e", '"', "'", ' "')


def cells(text: str, separator: str) -> list[str]:
    """How a careless reader splits: at each separator and line end, whatever is quoted, and without the quotes."""
    found = re.split(f"[{re.escape(separator)}\r\n\v\f\x85\u2028\u2029]", text.removeprefix("\ufeff"))
    return ["".join(char for char in cell if char not in '" \u00a0\u3000\u200b\ufeff\u202e') for cell in found]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_cells_that_a_spreadsheet_would_run_become_text(sign: str, before: str) -> None:
    for start in ("", ";", "x;", "x; ", "x\t", "x|", "x\n", "x\r\n", "x\u2028", ";;", "\t", "\r"):
        written = csv_export.to_csv(["note", "next"], [[f"{start}{before}{sign}cmd|' /C calc'!A0", "x"]])
        for separator in (",", ";", "\t", "|"):
            assert not [cell for cell in cells(written, separator) if cell.startswith(SIGNS)], (written, separator)
        # Read as it was written, it is the text with an apostrophe, and nothing is lost.
        (_, [shown, _]) = csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""))
        assert shown.replace("'", "") == f"{start}{before}{sign}cmd|' /C calc'!A0".replace("'", "")
        assert "'" in shown[: shown.index("cmd")]


@pytest.mark.parametrize(
    "cell", ["Ana-María", "a+b", "x; y", "5 - 3", "José;Núñez", "one\ntwo", "12/31", "O'Brien", "", "50%"]
)
def test_text_that_starts_no_formula_stays_as_it_is(cell: str) -> None:
    (_, [shown, _]) = csv.reader(io.StringIO(csv_export.to_csv(["a", "b"], [[cell, ""]]), newline=""))
    assert shown == cell


def test_the_file_says_that_it_is_unicode() -> None:
    written = csv_export.to_csv(["payer"], [["José Núñez"]]).encode()
    assert written == b"\xef\xbb\xbfpayer\r\nJos\xc3\xa9 N\xc3\xba\xc3\xb1ez\r\n"


def test_a_negative_amount_stays_a_number() -> None:
    assert csv_export.to_csv(["amount"], [[csv_export.Amount("-12.50")]]) == "\ufeffamount\r\n-12.50\r\n"


def test_quotes_commas_and_line_breaks_survive_and_none_is_an_empty_cell() -> None:
    row = ['a "quoted" word', "one, two", "two\nlines", None]
    (_, shown) = csv.reader(io.StringIO(csv_export.to_csv(["a", "b", "c", "d"], [row]), newline=""))
    assert shown == [*row[:3], ""]


def test_every_column_of_the_payments_file_is_documented() -> None:
    table = DOCS.read_text("utf-8").partition("| column |")[2].partition("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    assert sorted(re.findall(r"`(\w+)`", "".join(first_cells))) == sorted(reports.CSV_COLUMNS)
