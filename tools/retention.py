"""Signed waivers whose time is over: listed, and erased for good.

A record is kept for SCC_RETENTION_YEARS after its signing and its charter, a minor's besides until three years after
the minor comes of age. Erasing takes all that is personal, in the mails about it too. Payload and proof stay.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple, cast

from chalicelib import erasure
from chalicelib.charters import store as charter_store
from chalicelib.charters.store import Charter
from chalicelib.core import settings, system, times
from chalicelib.core.audit import Actor
from chalicelib.core.dynamo import load_data, query_items, s
from chalicelib.core.errors import DomainError, SettingsError
from chalicelib.core.settings import Settings
from chalicelib.waivers import store
from chalicelib.waivers.people import FoundRow
from tools.common.cloud import Cloud, find_cloud
from tools.common.console import Refused, confirm, note, run_tool
from tools.common.functions import api_environment

ACTOR = Actor("retention", "", "system")
NOTED_EVERY = 10

Clock = Callable[[], datetime]


class Over(NamedTuple):
    """A record whose time is over."""

    waiver_id: str
    event_id: str
    minor: bool
    signed_at: str
    kept_until: str
    """The last day that it had to be kept."""


def work_with(cloud: Cloud) -> Settings:
    """Lets the product's own code work with this stage, by the settings that its function has; nothing of the shell's.

    Refuses a stage without a function, with settings that are missing or wrong, or without its table.
    """
    variables = api_environment(cloud)
    try:
        here = settings.load(variables, cloud.read_parameters)
    except SettingsError as problem:
        raise Refused(f"stage {cloud.stage} is not set up: {problem}") from problem
    dynamodb = cloud.client("dynamodb")
    try:
        dynamodb.describe_table(TableName=here.table)
    except dynamodb.exceptions.ResourceNotFoundException:
        raise Refused(f"stage {cloud.stage} is not set up: there is no table {here.table}") from None
    own = {name: cloud.resolve(value) for name, value in variables.items() if name.startswith(settings.PREFIXES)}
    of_aws = cloud.client_environment()
    for name in [name for name in os.environ if name.startswith((*settings.PREFIXES, *(["AWS_"] if of_aws else [])))]:
        del os.environ[name]
    os.environ.update(own | of_aws)
    settings.forget()
    return here


# --- which ones -------------------------------------------------------------------------------------


def find_over(here: Settings, now: datetime) -> list[Over]:
    """The records whose time is over, those first that were signed first."""
    read_charter = cache(charter_store.read_charter)
    found = []
    for row in _signed_before(here, now):
        charter = read_charter(row["event_id"])
        timezone = charter.details["timezone"] if charter else here.timezone
        until = kept_until(row, charter, timezone, here)
        if until < times.day_of(now, timezone) and not row.get("erased"):
            found.append(Over(row["waiver_id"], row["event_id"], row["minor"], row["signed_at"], until.isoformat()))
    return found


def _signed_before(here: Settings, now: datetime) -> Iterator[FoundRow]:
    """The records that were signed long enough ago, in any time zone."""
    day = (now + timedelta(days=1)).date().isoformat()
    before = f"{int(day[:4]) - here.retention_years:04}{day[4:]}"
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk < :before",
        ExpressionAttributeValues={":pk": s(store.WAIVERS), ":before": s(before)},
    )
    return (cast(FoundRow, load_data(item)) for item in items)


def kept_until(row: FoundRow, charter: Charter | None, timezone: str, here: Settings) -> date:
    """The last day that a record has to be kept: counted from its signing or its charter, whichever was later.

    A charter may have been moved since it was signed for. A minor without a birth date counts as just born.
    """
    instants = [row["signed_at"], row["starts_at"], *([charter.details["starts_at"]] if charter else [])]
    last = max(times.local(instant, timezone).date() for instant in instants)
    until = add_years(last, here.retention_years)
    if row["minor"]:
        born = times.parse_day(row["birth_date"]) if row["birth_date"] else last
        until = max(until, add_years(born, here.minors_kept_until_age))
    return until


def add_years(day: date, years: int) -> date:
    """The same day of a later year; for 29 February the next day, where that year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


# --- commands ---------------------------------------------------------------------------------------


def list_over(cloud: Cloud, options: argparse.Namespace, clock: Clock) -> int:
    here = work_with(cloud)
    found = find_over(here, clock())
    if options.json:
        rule = {"retention_years": here.retention_years, "minors_kept_until_age": here.minors_kept_until_age}
        print(json.dumps({**rule, "records": [one._asdict() for one in found]}))
        return 0
    for one in found:
        who = ", a minor's" if one.minor else ""
        print(f"waiver {one.waiver_id} of charter {one.event_id}{who}: kept until {one.kept_until}")
    print(f"{describe(found)} {rule_of(here)}")
    return 0


def describe(found: list[Over]) -> str:
    if not found:
        return "No record is kept longer than it has to be:"
    charters = len({one.event_id for one in found})
    return (
        f"{len(found)} record{'s' if len(found) > 1 else ''} of {charters} charter{'s' if charters > 1 else ''} "
        f"{'are' if len(found) > 1 else 'is'} kept longer than needed:"
    )


def rule_of(here: Settings) -> str:
    return f"{here.retention_years} years, minors until they are {here.minors_kept_until_age}."


def erase(cloud: Cloud, options: argparse.Namespace, clock: Clock) -> int:
    """What broke off is finished by the next run: it finds the records that are not erased yet.

    Each record is erased at its own time: the ledger's log takes an event that comes an hour late for a forged one.
    """
    here = work_with(cloud)
    found = find_over(here, clock())
    if found:
        if not options.json:
            print(f"{describe(found)} {rule_of(here)}")
        confirm(f"Erase the personal data of {len(found)} signed waivers for good? Their proofs stay.", options.yes)
    erased, left = [], {}
    for number, one in enumerate(found, 1):
        if why := _erase(one, here, clock()):
            left[one.waiver_id] = why
        else:
            erased.append(one.waiver_id)
        if number % NOTED_EVERY == 0:
            note(f"{number} of {len(found)} records")
    if options.json:
        print(json.dumps({"erased": erased, "left": left}))
    else:
        print("\n".join([*(f"waiver {name}: {why}" for name, why in left.items()), f"{len(erased)} records erased"]))
    return 1 if left else 0


def _erase(one: Over, here: Settings, now: datetime) -> str:
    """Why it could not be done; empty when it is."""
    # The index may be a moment late: somebody else may have erased it.
    record = store.read_record(one.waiver_id)
    if record and record.erased:
        return ""
    reason = f"kept until {one.kept_until}: {rule_of(here)}"
    try:
        erasure.erase_record(
            one.event_id,
            one.waiver_id,
            {"reason": reason, "at": times.format_instant(now), "by": ACTOR.name},
            ACTOR,
        )
    except DomainError as problem:
        return str(problem)
    return ""


def arguments() -> argparse.ArgumentParser:
    # The common options may stand before and after the command.
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--stage", help="local (of a running `make run`), or a stage of .chalice/config.json")
    common.add_argument("--json", action="store_true", help="the result for a script")
    parser = argparse.ArgumentParser(prog="python -m tools.retention", description=__doc__, parents=[common])
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[Cloud, argparse.Namespace, Clock], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common])
        command.set_defaults(run=run)
        return command

    add("list", list_over, "the records whose time is over; changes nothing")
    command = add("erase", erase, "erase the personal data of those records, after a question")
    command.add_argument("--yes", action="store_true", help="answer the plan with yes")
    return parser


def main() -> int:
    parser = arguments()
    options = argparse.Namespace(**{"stage": "", "json": False} | vars(parser.parse_args()))
    if not options.stage:
        parser.error("say which stage: --stage local, or --stage prod")
    return int(options.run(find_cloud(options.stage), options, system.utc_now))


if __name__ == "__main__":
    run_tool(main)
