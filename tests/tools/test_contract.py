"""tools.contract: what the SPA knows of the API is what the server's tables say."""

import json
import re
from typing import get_args

from chalicelib.charters.fields import CharterDetails, ReminderState
from chalicelib.core.fields import rules_of
from chalicelib.money.currencies import minor_digits
from chalicelib.money.methods import METHODS
from tools import contract


def test_the_checked_in_files_are_what_the_tables_say_now() -> None:
    stale = [str(file) for file, text in contract.files().items() if file.read_text() != text]
    assert not stale, "run `python -m tools.contract`"


def test_a_field_of_a_charter_and_its_choices_reach_the_types() -> None:
    types = (contract.SPA / "src/data/contract.ts").read_text()
    charter = types.split("        Charter: {")[1].split("\n        };")[0]
    assert [name for name in rules_of(CharterDetails) if f" {name}: " not in charter] == []
    assert " | ".join(f'"{state}"' for state in get_args(ReminderState)) in charter


def test_methods_limits_and_digits_reach_the_spa_as_values() -> None:
    limits = (contract.SPA / "src/data/limits.ts").read_text()
    assert '  payer: {"most": 100},\n' in limits
    assert '  title: {"most": 120},\n' in (contract.SPA / "src/data/later-limits.ts").read_text()
    for name, method in METHODS.items():
        assert json.loads(re.findall(rf"^  {name}: (.*),$", limits, re.MULTILINE)[-1]) == method._asdict()
    currencies = (contract.SPA / "src/lib/currencies.ts").read_text()
    digits = json.loads(re.findall(r"= (\{.*\});", currencies)[0])
    assert {code: minor_digits(code) for code in digits} == digits
    assert digits["IQD"] == 3
    assert "IDR" not in digits
