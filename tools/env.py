"""The environment of the functions: shown with secrets masked, merged without losing what is there."""

import argparse
import json
import re
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tools.cloud import Cloud, find_cloud
from tools.console import Refused, confirm, run_tool

SECRET = re.compile(r"PASS|SECRET|TOKEN|KEY|HASH|CREDENTIAL")
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
UPDATE_TIMEOUT_S = 120


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


def merge(cloud: Cloud, changes: dict[str, str]) -> None:
    """Put the changes over what each function has; refuses when somebody else changed it meanwhile."""
    client = cloud.client("lambda")
    for function in existing_functions(cloud):
        before, revision = live_environment(cloud, function)
        wanted = before | changes
        if wanted == before:
            continue
        try:
            client.update_function_configuration(
                FunctionName=function, Environment={"Variables": wanted}, RevisionId=revision
            )
        except client.exceptions.PreconditionFailedException as error:
            raise Refused(f"{function} was changed by someone else meanwhile: nothing done to it, try again") from error
        _wait_until_updated(client, function)
        verify(cloud, function, wanted)


def verify(cloud: Cloud, function: str, wanted: dict[str, str]) -> None:
    """Refuses if a variable is missing or differs; names it, never its value."""
    live, _ = live_environment(cloud, function)
    wrong = sorted(name for name, value in wanted.items() if live.get(name) != value)
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
        time.sleep(1)
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


def plan_and_merge(cloud: Cloud, changes: dict[str, str], yes: bool) -> None:
    functions = existing_functions(cloud)
    if not functions:
        raise Refused(f"no function of stage {cloud.stage} is deployed")
    changed = False
    for function in functions:
        before, _ = live_environment(cloud, function)
        for name, value in changes.items():
            if before.get(name) != value:
                changed = True
                old = masked(name, before[name]) if name in before else "not set"
                print(f"{function}: {name}: {old} -> {masked(name, value)}")
    if not changed:
        print("nothing to change")
        return
    confirm("Merge this?", yes)
    merge(cloud, changes)
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
