"""Exported books as accounting programs that are not ours add them up: sums by account and currency."""

import io
import json
import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data as beancount_data

# Account and currency; amounts in the currency's main unit.
Sums = dict[tuple[str, str], Decimal]

needs_hledger = pytest.mark.skipif(not shutil.which("hledger"), reason="hledger is not here: apt-get install hledger")


def beancount_transactions(text: str) -> list[beancount_data.Transaction]:
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    return [entry for entry in entries if isinstance(entry, beancount_data.Transaction)]


def beancount_sums(text: str) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for entry in beancount_transactions(text):
        for posting in entry.postings:
            sums[posting.account, posting.units.currency] += posting.units.number
    return without_zeros(sums)


def run_hledger(text: str, folder: Path, *arguments: str) -> str:
    file = folder / "books.journal"
    file.write_text(text)
    command = ["hledger", "-f", str(file), *arguments]
    environment = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def hledger_sums(text: str, folder: Path, *arguments: str) -> Sums:
    answer = run_hledger(text, folder, "balance", "--flat", "--no-total", "-O", "json", *arguments)
    rows = json.load(io.StringIO(answer), parse_float=Decimal)[0]
    sums: Sums = defaultdict(Decimal)
    for name, _, _, parts in rows:
        for part in parts:
            quantity = part["aquantity"]
            sums[name, part["acommodity"]] += Decimal(quantity["decimalMantissa"]).scaleb(-quantity["decimalPlaces"])
    return without_zeros(sums)


def without_zeros(sums: Sums) -> Sums:
    return {key: amount for key, amount in sums.items() if amount}
