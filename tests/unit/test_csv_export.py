"""CSV for a spreadsheet, and the bookkeeper's description of it."""

import csv
import io
import re
from pathlib import Path

import pytest

from chalicelib.core import csv_export
from chalicelib.payments import reports

DOCS = Path(__file__).parents[2] / "docs" / "payments.md"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1"])
def test_cells_that_a_spreadsheet_would_run_become_text(cell: str) -> None:
    (_, [shown]) = csv.reader(io.StringIO(csv_export.to_csv(["note"], [[cell]]), newline=""))
    assert shown == f"'{cell}"


def test_a_negative_amount_stays_a_number() -> None:
    assert csv_export.to_csv(["amount"], [[csv_export.Amount("-12.50")]]) == "amount\r\n-12.50\r\n"


def test_quotes_commas_and_line_breaks_survive_and_none_is_an_empty_cell() -> None:
    row = ['a "quoted" word', "one, two", "two\nlines", None]
    (_, shown) = csv.reader(io.StringIO(csv_export.to_csv(["a", "b", "c", "d"], [row]), newline=""))
    assert shown == [*row[:3], ""]


def test_every_column_of_the_payments_file_is_documented() -> None:
    table = DOCS.read_text("utf-8").partition("| column |")[2].partition("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    assert sorted(re.findall(r"`(\w+)`", "".join(first_cells))) == sorted(reports.CSV_COLUMNS)
