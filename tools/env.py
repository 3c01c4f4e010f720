"""The environment of the functions: shown with secrets masked, merged without losing what is there."""

import argparse
import json
import random
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import settings
from chalicelib.core.errors import SettingsError
from tools.common.cloud import Cloud, find_cloud
from tools.common.console import Refused, confirm, run_tool

SECRET = re.compile(r"PASS|SECRET|TOKEN|TOTP|KEY|HASH|CREDENTIAL")
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
UPDATE_TIMEOUT_S = 120
MAX_TRIES = 20


def live_environment(cloud: Cloud, function: str) -> tuple[dict[str, str], str]:
    """The function's variables and the revision they belong to."""
    found = cloud.client("lambda").get_function_configuration(FunctionName=function)
    return dict(found.get("Environment", {}).get("Variables", {})), found["RevisionId"]


def existing_functions(cloud: Cloud) -> list[str]:
    client = cloud.client("lambda")
    names = []
    for name in cloud.function_names():
        try:
            client.get_function_configuration(FunctionName=name)
        except client.exceptions.ResourceNotFoundException:
            continue
        names.append(name)
    return names


def merge(cloud: Cloud, changes: dict[str, str], seen: dict[str, dict[str, str]] | None = None) -> None:
    """Put the changes over what each function has, by compare-and-swap; what others change meanwhile stays.

    `seen`: the variables that the plan showed. Refuses when somebody else has set one of ours meanwhile.
    """
    functions = existing_functions(cloud)
    for function in functions:
        _merge_one(cloud, function, changes, (seen or {}).get(function))
    if differing := sorted(set(differences(cloud)) & set(changes)):
        raise Refused(f"the functions of {cloud.stage} differ in {', '.join(differing)}: merge those once more")


def _merge_one(cloud: Cloud, function: str, changes: dict[str, str], seen: dict[str, str] | None) -> None:
    client = cloud.client("lambda")
    for attempt in range(MAX_TRIES):
        before, revision = live_environment(cloud, function)
        wanted = before | changes
        if wanted == before:
            # Also when our own write went through and its answer was lost.
            return
        theirs = [] if seen is None else [name for name in changes if before.get(name) != seen.get(name)]
        if theirs:
            raise Refused(f"{function}: somebody else set {', '.join(sorted(theirs))} meanwhile: look and merge again")
        try:
            client.update_function_configuration(
                FunctionName=function, Environment={"Variables": wanted}, RevisionId=revision
            )
        except (client.exceptions.PreconditionFailedException, client.exceptions.ResourceConflictException):
            # Somebody else was faster, or AWS still works on the last change: on top of theirs, then.
            _wait_until_updated(client, function)
            time.sleep(random.uniform(0, min(1.0, 0.05 * 2**attempt)))  # noqa: S311 - two that collide, part
            continue
        _wait_until_updated(client, function)
        verify(cloud, function, changes, kept=set(before))
        return
    raise Refused(f"{function} was changed by others {MAX_TRIES} times: nothing done to it, try again")


def differences(cloud: Cloud) -> list[str]:
    """The variables in which the functions of a stage are not alike; they are meant to be."""
    found = [live_environment(cloud, name)[0] for name in existing_functions(cloud)]
    names = {name for variables in found for name in variables}
    return sorted(name for name in names if len({variables.get(name) for variables in found}) > 1)


def verify(cloud: Cloud, function: str, wanted: dict[str, str], kept: Iterable[str] = ()) -> None:
    """Reads back; refuses if one of `wanted` differs or one of `kept` is gone. Names it, never its value."""
    live, _ = live_environment(cloud, function)
    wrong = sorted({name for name, value in wanted.items() if live.get(name) != value} | (set(kept) - set(live)))
    if wrong:
        raise Refused(f"{function} does not have what it should have in {', '.join(wrong)}")


def _wait_until_updated(client: Any, function: str) -> None:
    deadline = time.monotonic() + UPDATE_TIMEOUT_S
    while time.monotonic() < deadline:
        status = client.get_function_configuration(FunctionName=function).get("LastUpdateStatus", "Successful")
        if status == "Successful":
            return
        if status == "Failed":
            break
        time.sleep(0.5)
    raise Refused(f"{function} did not take its new environment")


def masked(name: str, value: str) -> str:
    if SECRET.search(name) and not value.startswith("ssm:"):
        return f"(secret, {len(value)} characters)"
    return value


def parse_changes(pairs: list[str], file: Path | None) -> dict[str, str]:
    lines = list(pairs)
    if file:
        try:
            lines = file.read_text().splitlines() + lines
        except OSError as error:
            raise Refused(f"cannot read {file}: {error.strerror}") from error
        except ValueError:
            raise Refused(f"cannot read {file}: it is not text in UTF-8") from None
    changes = {}
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, found, value = line.strip().partition("=")
        if not found or not NAME.fullmatch(name):
            # Never the line itself: it may hold a secret.
            raise Refused(f"not KEY=VALUE with an upper-case KEY: {name[:20]!r}")
        changes[name] = value
    return changes


def show(cloud: Cloud, as_json: bool) -> None:
    functions = {name: live_environment(cloud, name)[0] for name in existing_functions(cloud)}
    if not functions:
        raise Refused(f"no function of stage {cloud.stage} is deployed")
    shown = {
        function: {name: masked(name, value) for name, value in sorted(variables.items())}
        for function, variables in functions.items()
    }
    if as_json:
        print(json.dumps(shown, indent=2))
        return
    for function, variables in shown.items():
        print(function)
        for name, value in variables.items():
            print(f"  {name}={value}")
    if differing := differences(cloud):
        print(f"not alike in {', '.join(differing)}: merge those once more")


def refuse_wrong(cloud: Cloud, wanted: dict[str, str], changes: dict[str, str]) -> None:
    """Names a value that the function could not start with, before it does harm; what is still missing is no fault."""
    try:
        settings.load(wanted, cloud.read_parameter)
    except SettingsError as error:
        if str(error).split()[0].rstrip(":") in changes:
            raise Refused(f"{error} Nothing was changed.") from error


def plan_and_merge(cloud: Cloud, changes: dict[str, str], yes: bool) -> None:
    functions = existing_functions(cloud)
    if not functions:
        raise Refused(f"no function of stage {cloud.stage} is deployed")
    seen = {function: live_environment(cloud, function)[0] for function in functions}
    lines = [
        f"{function}: {name}: {masked(name, before[name]) if name in before else 'not set'} -> {masked(name, value)}"
        for function, before in seen.items()
        for name, value in changes.items()
        if before.get(name) != value
    ]
    if not lines:
        print("nothing to change")
        return
    print("\n".join(lines))
    for before in seen.values():
        refuse_wrong(cloud, before | changes, changes)
    confirm("Merge this?", yes)
    merge(cloud, changes, seen)
    print("merged and verified")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.env", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    shower = commands.add_parser("show", help="the variables of each function, secrets masked")
    shower.add_argument("--json", action="store_true")
    merger = commands.add_parser("merge", help="put variables over the existing ones, then read back and verify")
    merger.add_argument("pairs", nargs="*", metavar="KEY=VALUE")
    merger.add_argument("--file", type=Path, help="lines of KEY=VALUE, # for comments")
    merger.add_argument("--yes", action="store_true", help="answer the plan with yes")
    for command in (shower, merger):
        command.add_argument("--stage", required=True, help="local, or a stage of .chalice/config.json")
    options = parser.parse_args()
    try:
        cloud = find_cloud(options.stage)
        if options.command == "show":
            show(cloud, options.json)
        else:
            changes = parse_changes(options.pairs, options.file)
            if not changes:
                parser.error("name at least one KEY=VALUE, or a --file")
            plan_and_merge(cloud, changes, options.yes)
    except (BotoCoreError, ClientError) as error:
        raise Refused(str(error)) from error
    return 0


if __name__ == "__main__":
    run_tool(main)
