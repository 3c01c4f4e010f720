"""The environment of the functions: shown with secrets masked, merged without losing what is there."""

import argparse
import io
import json
import re
from pathlib import Path

from dotenv.parser import parse_stream

from chalicelib.core import settings
from chalicelib.core.errors import SettingsError
from tools.common.cloud import LOCAL_STAGE, Cloud, find_cloud
from tools.common.console import Refused, confirm, run_tool
from tools.common.functions import Variables, deployed_environments, differing_names, merge, require_room

SECRET = re.compile(r"PASS|SECRET|TOKEN|TOTP|KEY|HASH|CREDENTIAL")
# Lambda takes none of a single letter.
NAME = re.compile(r"[A-Z][A-Z0-9_]+")
# What Lambda sets by itself and lets nobody set:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
RESERVED = re.compile(
    r"AWS_(?:DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_ACCESS_KEY(?:_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN"
    r"|AWS_LAMBDA_(?:FUNCTION_(?:NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(?:GROUP|STREAM)_NAME|RUNTIME_API)"
    r"|LAMBDA_(?:TASK_ROOT|RUNTIME_DIR)"
)


def show(cloud: Cloud, as_json: bool) -> None:
    environments = deployed_environments(cloud)
    shown = {
        function: {name: masked(name, value) for name, value in sorted(variables.items())}
        for function, variables in environments.items()
    }
    if as_json:
        print(json.dumps(shown, indent=2))
        return
    for function, variables in shown.items():
        print(function)
        for name, value in variables.items():
            print(f"  {name}={value}")
    if differing := differing_names(environments):
        print(f"not alike in {', '.join(differing)}: merge those once more")


def masked(name: str, value: str) -> str:
    if SECRET.search(name) and not value.startswith("ssm:"):
        return f"(secret, {len(value)} characters)"
    return value


def parse_changes(pairs: list[str], file: Path | None) -> Variables:
    """What the file says, as dotenv reads it, and over it the pairs of the command line."""
    changes = read_file(file) if file else {}
    for pair in pairs:
        name, found, value = pair.strip().partition("=")
        if not found or not NAME.fullmatch(name):
            # Never the pair itself: it may hold a secret.
            raise Refused(f"not KEY=VALUE with an upper-case KEY: {name[:20]!r}")
        changes[name] = value
    if reserved := sorted(filter(RESERVED.fullmatch, changes)):
        raise Refused(f"Lambda sets {', '.join(reserved)} by itself and lets nobody set it: nothing was changed")
    return changes


def read_file(file: Path) -> Variables:
    try:
        text = file.read_text()
    except OSError as error:
        raise Refused(f"cannot read {file}: {error.strerror}") from error
    except ValueError:
        raise Refused(f"cannot read {file}: it is not text in UTF-8") from None
    found: Variables = {}
    for line in parse_stream(io.StringIO(text)):
        if line.error or (line.key is not None and (line.value is None or not NAME.fullmatch(line.key))):
            raise Refused(f"not KEY=VALUE with an upper-case KEY: line {line.original.line} of {file}")
        if line.key is not None:
            found[line.key] = line.value or ""
    return found


def plan_and_merge(cloud: Cloud, changes: Variables, yes: bool) -> None:
    seen = deployed_environments(cloud)
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
    for function, before in seen.items():
        require_room(function, before | changes)
        refuse_wrong(cloud, before | changes, changes)
    confirm("Merge this?", yes)
    merge(cloud, changes, seen)
    print("merged and verified")
    if {"SCC_MAIL_TRANSPORT", "SCC_MAIL_FROM"} & changes.keys() and cloud.stage != LOCAL_STAGE:
        print(f"now `make deploy STAGE={cloud.stage}`: it lets the functions send mail as this sender, and no other")


def refuse_wrong(cloud: Cloud, wanted: Variables, changes: Variables) -> None:
    """Names a value that the function could not start with, before it does harm; what is still missing is no fault."""
    try:
        settings.load(wanted, cloud.read_parameters)
    except SettingsError as error:
        if str(error).split()[0].rstrip(":") in changes:
            raise Refused(f"{error} Nothing was changed.") from error


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.env", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    shower = commands.add_parser("show", help="the variables of each function, secrets masked")
    shower.add_argument("--json", action="store_true")
    merger = commands.add_parser("merge", help="put variables over the existing ones, then read back and verify")
    merger.add_argument("pairs", nargs="*", metavar="KEY=VALUE")
    merger.add_argument("--file", type=Path, help="a dotenv file: KEY=VALUE lines, quotes, # for comments")
    merger.add_argument("--yes", action="store_true", help="answer the plan with yes")
    for command in (shower, merger):
        command.add_argument("--stage", required=True, help="local, or a stage of .chalice/config.json")
    options = parser.parse_args()
    if options.command == "show":
        show(find_cloud(options.stage), options.json)
        return 0
    changes = parse_changes(options.pairs, options.file)
    if not changes:
        parser.error("name at least one KEY=VALUE, or a --file")
    plan_and_merge(find_cloud(options.stage), changes, options.yes)
    return 0


if __name__ == "__main__":
    run_tool(main)
