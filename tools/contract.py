"""Writes what the SPA knows of the API from the server's tables: types, limits, choices, currencies, letters, paths."""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from chalicelib import openapi
from chalicelib.boats import fields as boats
from chalicelib.charters import fields as charters
from chalicelib.charters import positions, readiness
from chalicelib.core import names
from chalicelib.core.fields import ListOf, Nested, Rules, Text, Whole, rules_of
from chalicelib.money import currencies, ledger
from chalicelib.money.methods import METHODS
from chalicelib.operator import fields as operator
from chalicelib.payments import fields as payments
from chalicelib.payments import tips
from chalicelib.people import fields as people
from chalicelib.register import papers
from chalicelib.schedule import fields as schedule
from chalicelib.schedule import hours
from chalicelib.waivers import fields as waivers
from tools.common.console import run_tool
from tools.edge.routing import ROUTES

SPA = Path(__file__).resolve().parent.parent / "spa"
HEAD = "// Written by `python -m tools.contract` from the server's tables. Change those, then run it again.\n"
# Where the document's name of a type is one of the browser's own too, or says too little.
TYPE_NAMES = {
    "Charter": "CharterDetail",
    "Event": "Charter",
    "EventPage": "CharterPage",
    "Export": "WaiverExport",
    "NewCharter": "CharterDetails",
    "Record": "WaiverRecord",
    "Version": "WaiverVersion",
}
# Choices that the document spells out where they stand.
CHOICES = {
    "Grouping": 'Extract<Summary["by"], "boat" | "captain">',
    "MailStatus": 'Mail["status"]',
    "PeriodLength": 'Exclude<Summary["by"], Grouping>',
    "WaiverLanguage": 'WaiverVersion["language"]',
    "WaiverState": 'Passenger["waiver"]',
}
LIMITS = {"payment": payments.NewPayment}
# Of forms that load later than the board: apart, so that the first load does not carry them.
LATER_LIMITS = {
    "batch": payments.NewBatch,
    "boat": boats.BoatDetails,
    "charter": charters.CharterDetails,
    "hold": schedule.NewHold,
    "person": people.PersonDetails,
    "reason": charters.Reason,
    "settings": operator.SettingsDetails,
    "tips": tips.AskedShares,
    "waiverText": waivers.NewVersion,
}

JsonObject = dict[str, Any]


def files() -> dict[Path, str]:
    """Each generated file with its content."""
    choices = "".join(f"export type {name} = {place};\n" for name, place in CHOICES.items())
    return {
        SPA / "src/data/contract.ts": HEAD + _types(_document()) + choices,
        SPA / "src/data/limits.ts": HEAD + _limits(LIMITS) + _choices(),
        SPA / "src/data/later-limits.ts": HEAD + _limits(LATER_LIMITS) + _defaults() + _papers() + _hours(),
        SPA / "src/lib/currencies.ts": HEAD + _currencies(),
        SPA / "src/lib/letters.ts": HEAD + _letters(),
        SPA / "src/lib/elsewhere.ts": HEAD + _elsewhere(),
    }


def _document() -> JsonObject:
    """The OpenAPI document without what the SPA does not read: the waiver's page, HEAD and refusals."""
    text = json.dumps(openapi.document())
    for name, spa_name in TYPE_NAMES.items():
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{spa_name}"')
    document: JsonObject = json.loads(text)
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {TYPE_NAMES.get(name, name): schema for name, schema in schemas.items()}
    document["paths"] = {path: calls for path, calls in document["paths"].items() if path.startswith("/api/")}
    for calls in document["paths"].values():
        calls.pop("head", None)
        for call in calls.values():
            if isinstance(call, dict):
                answers = call["responses"].items()
                call["responses"] = {status: answer for status, answer in answers if status.startswith("2")}
    return document


def _types(document: JsonObject) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source, types = Path(folder) / "openapi.json", Path(folder) / "contract.ts"
        source.write_text(json.dumps(document))
        subprocess.run(
            (
                *("npx", "--no-install", "openapi-typescript", source, "--output", types),
                *("--root-types", "--root-types-no-schema-prefix"),
                # A default is the server's: a request may leave the field out.
                "--default-non-nullable=false",
            ),
            check=True,
            cwd=SPA / "contract",
            stdout=subprocess.DEVNULL,
        )
        return types.read_text()


def _limits(tables: Mapping[str, Any]) -> str:
    return "".join(f"\nexport const {name}Limits = {_literal(_limits_of(table))};\n" for name, table in tables.items())


def _defaults() -> str:
    # A callable default, such as the operator's currency, is the server's alone.
    rules = rules_of(charters.CharterDetails).items()
    defaults = {name: rule.default for name, rule in rules if not (rule.is_required or callable(rule.default))}
    return f"\nexport const charterDefaults = {_literal(defaults)};\n"


def _limits_of(table: Any) -> JsonObject:
    """By field: the longest text, the least and the most of a number or a list, and the limits of what it holds."""
    rules: Rules = rules_of(table)
    found = {name: _limit(rule) for name, rule in rules.items()}
    return {name: limit for name, limit in found.items() if limit}


def _limit(rule: Any) -> JsonObject:
    if isinstance(rule, Text):
        return {"most": rule.max_chars}
    if isinstance(rule, Whole):
        return {"least": rule.least, "most": rule.most}
    if isinstance(rule, ListOf):
        return {"most": rule.most, **_limits_of(rule.table)}
    return _limits_of(rule.table) if isinstance(rule, Nested) else {}


def _choices() -> str:
    methods = {name: method._asdict() for name, method in METHODS.items()}
    return f"""
export const methods = {_literal(methods)} as const;
export type PaymentMethod = keyof typeof methods;
export const paymentMethods = Object.keys(methods) as PaymentMethod[];

export const paymentKinds = {json.dumps(ledger.KINDS)} as const;
export type PaymentKind = (typeof paymentKinds)[number];
"""


def _papers() -> str:
    return f"""
/** What each kind of paper is called. */
export const boatPapers = {_literal(papers.BOAT_PAPERS)} as const;

export const personPapers = {_literal(papers.PERSON_PAPERS)} as const;

/** Those that a captain has to have. */
export const captainsPapers = {json.dumps(readiness.CAPTAINS_PAPERS)} as const;
"""


def _hours() -> str:
    spans = {
        "toAnswer": positions.TO_ANSWER,
        "toAnswerSoon": positions.TO_ANSWER_SOON,
        "soon": positions.SOON,
        "departBefore": readiness.DEPART_BEFORE,
        "captainMost": hours.MOST_HOURS,
        "captainPeriod": hours.PERIOD,
    }
    return f"""
/** Spans of time in hours: to answer an ask, before a start, of a captain's work. */
export const spans = {_literal({name: span // timedelta(hours=1) for name, span in spans.items()})} as const;
"""


def _currencies() -> str:
    return f"""
const digits: Readonly<Record<string, number>> = {json.dumps(currencies.MINOR_DIGITS)};
const symbols: Readonly<Record<string, string>> = {json.dumps(currencies.SYMBOLS, ensure_ascii=False)};

/** How many digits follow the point by ISO 4217: 2 for USD, 0 for JPY. */
export function minorDigits(currency: string): number {{
  return digits[currency] ?? {currencies.DEFAULT_DIGITS};
}}

/** What an amount is written with: `$`, `CA$`; empty for those that are written with their code. */
export function symbolOf(currency: string): string {{
  return symbols[currency] ?? "";
}}
"""


def _letters() -> str:
    classes = {
        "blanks": names.BLANKS,
        "invisible": names.INVISIBLE,
        "accents": names.ACCENTS,
        "apostrophes": names.APOSTROPHES,
        "hyphens": names.HYPHENS,
        "rightToLeft": names.RIGHT_TO_LEFT,
    }
    patterns = "".join(f"export const {name} = /[{_escaped(chars)}]/gu;\n" for name, chars in classes.items())
    strokes = json.dumps(dict(zip(*names.STROKES, strict=True)), ensure_ascii=False)
    return f"\n{patterns}export const strokes: Readonly<Record<string, string>> = {strokes};\n"


def _escaped(chars: str) -> str:
    """A part of a character class for JavaScript, in ASCII."""
    return "".join(char if char.isascii() else f"\\u{{{ord(char):x}}}" for char in chars)


def _elsewhere() -> str:
    api = [route.pattern for route in ROUTES if route.origin == "api"]
    others = [route.pattern for route in ROUTES[:-1] if route.origin != "api"]
    return f"""
/** What the edge sends to the API, as CloudFront's patterns: `*` is any text. */
export const apiPaths: readonly string[] = {json.dumps(api)};

/** All that is no page of the SPA. */
export const elsewhere: readonly string[] = [...apiPaths, {json.dumps(others)[1:]};

/** A pattern for `RegExp`; a folder's own name belongs to the folder. */
export function pathPattern(pattern: string): string {{
  return `^${{pattern.replace(/\\/\\*$/, "(/*)?").replaceAll("*", ".*")}}$`;
}}
"""


def _literal(fields: Mapping[str, Any]) -> str:
    """An object with a line for each of its fields."""
    return "{\n" + "".join(f"  {name}: {json.dumps(value)},\n" for name, value in fields.items()) + "}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.contract", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not as it should be")
    options = parser.parse_args()
    wrong = {file: text for file, text in files().items() if not file.is_file() or file.read_text() != text}
    for file, text in wrong.items():
        print(f"{'out of date' if options.check else 'written'}: {file.relative_to(SPA.parent)}")
        if not options.check:
            file.write_text(text)
    return 1 if options.check and wrong else 0


if __name__ == "__main__":
    run_tool(main)
