"""Releases of the SPA: stage, verify, promote, roll back; no release is overwritten unseen."""

import argparse
import contextlib
import functools
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, cast

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import openapi
from tools.common import stacks
from tools.common.build import SPA_BUILD
from tools.common.cloud import APP, EMBEDDED_REGION, LOCAL_HOME, LOCAL_STAGE, Cloud, find_cloud, read_local
from tools.common.console import Refused, confirm, note, one_line, run_tool
from tools.sync import pruning, release
from tools.sync.bucket import Bucket
from tools.sync.built_spa import read_build
from tools.sync.contents import find_contents
from tools.sync.differences import Pair, pair, unified
from tools.sync.layout import (
    PAGE,
    PREVIEW_S,
    SLOTS,
    TEXT_SUFFIXES,
    FileInfo,
    preview_of,
    root_of,
    suffix_of,
)
from tools.sync.proof.boot import Boot, Opener, browser_opener
from tools.sync.proof.running_api import JsonObject, running_document
from tools.sync.pulling import pull
from tools.sync.release import Head, Live
from tools.sync.releaser import Memory, Outcome, Releaser, memory_of, now_text, occupied, own_name
from tools.sync.reproduction import built_commit, names_commit, own_commit, reproduce
from tools.sync.verify import Viewer
from tools.sync.watch import Watcher, probes_of

DAY_S = 24 * 3600
LEAST_DAYS = PREVIEW_S // DAY_S


class Location(TypedDict):
    bucket: str
    distribution: str
    base_url: str
    region: str


def open_releaser(options: argparse.Namespace) -> Releaser:
    """Everything a command needs: where the stage is, what was remembered of it, who asks."""
    cloud = find_cloud(options.stage, options.home)
    is_local = options.stage == LOCAL_STAGE
    memory = Memory(options.memory) if options.memory else memory_of(options.stage, options.home)
    location = local_location(options.home) if is_local else cloud_location(cloud, memory)
    bucket = Bucket(cloud._replace(region=location["region"]), location["bucket"], location["distribution"])
    viewer = Viewer(options.base_url or location["base_url"])

    def ask(plan: list[str]) -> None:
        print("\n".join(plan), file=sys.stderr if options.json else sys.stdout, flush=True)
        confirm("Do this?", options.yes)

    needs_no_browser = options.no_browser or options.no_verify or (options.command == "promote" and not options.watch)
    open_slot = None if needs_no_browser else find_opener(viewer.website.base_url, bucket)
    return Releaser(bucket, viewer, memory, options.by or own_name(), own_commit, ask, note, open_slot)


def find_opener(base_url: str, bucket: Bucket) -> Opener:
    """Refused where there is no browser, now, or where it does not run, then. The API's document is read once."""
    with naming_the_way_around():
        opener = browser_opener(base_url, functools.cache(lambda: find_document(bucket)))

    def open_slot(slot: str, names: Sequence[str]) -> Boot:
        with naming_the_way_around():
            return opener(slot, names)

    return open_slot


def find_document(bucket: Bucket) -> JsonObject:
    """Of the API that runs, where it was kept. After a bare `chalice deploy` this checkout's is the nearest."""
    if found := running_document(bucket.cloud, bucket.name):
        return found
    note("the running API's document was not kept: this checkout's stands in, until the next make deploy")
    return openapi.document()


@contextlib.contextmanager
def naming_the_way_around() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise Refused(f"{refusal}; or say --no-browser, which then stands in the record") from refusal


def local_location(home: Path) -> Location:
    found = read_local(home)
    try:
        return Location(
            bucket=found["bucket"],
            distribution=found["distribution"],
            base_url=found["base_url"],
            region=EMBEDDED_REGION,
        )
    except KeyError as error:
        raise Refused("`make run` is not ready yet, or stopped before it was") from error


def cloud_location(cloud: Cloud, memory: Memory) -> Location:
    """Out of the stage's stacks, looked up once by each copy."""
    if known := memory.read("location"):
        return cast(Location, known)
    cloudformation = cloud.client("cloudformation")
    resources, edge = (
        stacks.outputs(cloudformation, f"{APP}-{cloud.stage}-{which}") for which in ("resources", "edge")
    )
    location = Location(
        bucket=resources["SpaBucketName"],
        distribution=edge["DistributionId"],
        base_url=f"https://{edge['DistributionDomain']}",
        region=cloudformation.meta.region_name,
    )
    memory.write("location", location)
    return location


def status(releaser: Releaser, options: argparse.Namespace) -> int:
    head, live = releaser.bucket.look()
    known = releaser.memory.base().values()
    local, lines, problem = None, None, "not built: run `make build`"
    try:
        if (options.build / PAGE).is_file():
            files = read_build(options.build)
            local, problem = release.identity_of(files), ""
            lines = release.total_lines({file.name: file.info for file in files})
    except Refused as refusal:
        problem = str(refusal)
    compared = {
        name: release.compare(local, known, live[name].token) if local else "not built" for name in reversed(SLOTS)
    }
    if options.json:
        slots = {name: {**slot_state(head, name, live[name]), "local_is": state} for name, state in compared.items()}
        slots["staging"] |= {"verified": head.proven, "starts": head.starts}
        print(json.dumps({"local": {"release": local, "lines": lines}, **slots}, indent=1))
        return 0
    print(f"local       {f'{local}, {lines} lines' if local else problem}")
    for name, state in compared.items():
        text = release.describe_live(head.slot(name), live[name])
        if name == "staging" and head.staging:
            text += f", verified; it {head.proof.seen}" if head.proven and head.proof else ", not verified"
        if name == "production" and (watched := release.watch_of(head, now_text())):
            text += f"; {watched}"
        if live[name].kind == "unsettled":
            text += "; interrupted: run the same command again to finish it"
        print(f"{name:11} {text}")
        print(f"            local is {state}")
    return 0


def slot_state(head: Head, name: str, live: Live) -> dict[str, str | int | None]:
    held = head.slot(name)
    state: dict[str, str | int | None] = {"release": live.token, "state": live.kind}
    if held and live.kind != "foreign":
        state |= {"act": held.act, "by": held.by, "at": held.at, "lines": held.lines}
    return state


def diff(releaser: Releaser, options: argparse.Namespace) -> int:
    a, b = (find_contents(releaser.bucket, name, options.build) for name in (options.a, options.b))
    pairs = [one for one in pair(a.files, b.files) if one.state != "same"]
    lines = [(line_count(a.files, one.before), line_count(b.files, one.after)) for one in pairs]
    if options.json:
        rows = [
            {"state": one.state, "a": one.before, "b": one.after, "a_lines": before, "b_lines": after}
            for one, (before, after) in zip(pairs, lines, strict=True)
        ]
        print(json.dumps({"a": a.name, "b": b.name, "files": rows}, indent=1))
        return 0
    print(f"a  {a.name}: {release.total_lines(a.files)} lines\nb  {b.name}: {release.total_lines(b.files)} lines")
    for one, (before, after) in zip(pairs, lines, strict=True):
        names = " → ".join(dict.fromkeys(name for name in (one.before, one.after) if name))
        print(f"{one.state:8} {names}  {before} → {after} lines")
    for one in filter(has_text_to_show, pairs):
        old, new = a.read(one.before) if one.before else b"", b.read(one.after) if one.after else b""
        print("\n".join(["", *unified(one, old, new)]))
    if not pairs:
        print("no difference")
    return 0


def line_count(files: Mapping[str, FileInfo], name: str | None) -> int | None:
    return files[name].lines if name else None


def has_text_to_show(one: Pair) -> bool:
    return one.state != "renamed" and suffix_of(one.after or one.before or "") in TEXT_SUFFIXES


def releases(releaser: Releaser, options: argparse.Namespace) -> int:
    head = releaser.bucket.head()
    history = releaser.bucket.history(head)
    held = {slot.release: name for name in reversed(SLOTS) if (slot := head.slot(name))}
    base_url = releaser.viewer.website.base_url
    address = {found: f"{base_url}{root_of(preview_of(found))}" for found in releaser.bucket.previews()}
    if options.json:
        columns = ("release", "act", "at", "by", "commit", "replaces", "note")
        rows = [
            {name: getattr(act, name) for name in columns}
            | {"state": held.get(act.release, ""), "address": address.get(act.release, "")}
            for act in history
        ]
        print(json.dumps(rows, indent=1))
        return 0
    for act in history:
        line = f"{act.at}  {act.release:12}  {act.act:11}  {act.by:20}  {act.commit:18}  {held.get(act.release, '')}"
        # An address once, beside the last act.
        print("  ".join(filter(None, (line.rstrip(), address.pop(act.release, ""), act.note))))
    if not head.history:
        print("no releases yet")
    return 0


def pull_slot(releaser: Releaser, options: argparse.Namespace) -> int:
    token, message = pull(releaser.bucket, releaser.memory, options.slot, options.into)
    releaser.memory.remember(**{options.slot: token})
    return show(Outcome(token, False, message), options)


def stage(releaser: Releaser, options: argparse.Namespace) -> int:
    releaser = releaser._replace(commit=lambda: built_commit(options.build))
    return show(releaser.stage(read_build(options.build), options.force_from, verify=not options.no_verify), options)


def verify(releaser: Releaser, options: argparse.Namespace) -> int:
    return show(releaser.verify(options.slot), options)


def promote(releaser: Releaser, options: argparse.Namespace) -> int:
    forced, although = options.force_from, options.force_unbooted.strip()
    if not options.watch:
        return show(releaser.promote(forced, although), options)
    staged = occupied(releaser.bucket.head(), "staging").release
    watcher = Watcher(releaser, probes_of(releaser, staged))
    watcher.require_well_before()
    releaser.say(releaser.promote(forced, although, only=staged).message)
    return show(watcher.watch(staged, options.watch), options)


def rollback(releaser: Releaser, options: argparse.Namespace) -> int:
    return show(releaser.roll_back(options.release, options.force_from), options)


def show(outcome: Outcome, options: argparse.Namespace) -> int:
    print(json.dumps(outcome._asdict()) if options.json else outcome.message)
    return 0


def build_again(releaser: Releaser, options: argparse.Namespace) -> int:
    bucket = releaser.bucket
    record = bucket.record(options.release)
    if not names_commit(record.commit):
        # It may have been staged from a commit since.
        later = release.commits_of(bucket.history(bucket.head()), record.release)
        record = record._replace(commit=next(filter(names_commit, later), record.commit))
    return show(Outcome(record.release, False, reproduce(record, note)), options)


def prune(releaser: Releaser, options: argparse.Namespace) -> int:
    deleted = pruning.prune(releaser, options.grace_days * DAY_S, options.keep)
    print(json.dumps({"deleted": deleted}) if options.json else f"{len(deleted)} files deleted")
    return 0


def duration_s(text: str) -> float:
    """`90s`, `10m` or `2h`."""
    found = re.fullmatch(r"(\d+)([smh])", text, re.ASCII)
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError("such as 90s, 10m or 2h")
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]


def grace_days(text: str) -> float:
    """Each release answers at its own address for so long at least."""
    if not (days := float(text)) >= LEAST_DAYS:
        raise argparse.ArgumentTypeError(f"at least {LEAST_DAYS}: so long a release answers at its own address")
    return days


def number_to_keep(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("1 or more: the release that production holds is always kept")
    return number


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.sync",
        description=__doc__,
        epilog="A release: `stage`, look at /_staging/, `promote --watch 10m`; back: `rollback`. See docs/releases.md",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--stage", required=True, help="the stage, `local` for a running `make run`")
    common.add_argument("--json", action="store_true", help="the result for a script")
    common.add_argument("--build", type=Path, default=SPA_BUILD, help="the built SPA (default spa/dist)")
    common.add_argument("--by", default=os.environ.get("SCC_RELEASER"), help="who releases (default git's user.name)")
    common.add_argument("--base-url", help="how viewers reach it (default the distribution's domain)")
    common.add_argument(
        "--home", type=Path, default=LOCAL_HOME, help="where `make run` keeps its data (default .local)"
    )
    common.add_argument("--memory", type=Path, help="where the base is remembered (default .releases/STAGE)")
    changes = argparse.ArgumentParser(add_help=False)
    changes.add_argument("--yes", action="store_true", help="answer the plan with yes")
    forced = argparse.ArgumentParser(add_help=False)
    forced.add_argument(
        "--force-from", metavar="RELEASE", action="append", default=[], help="the live release it knowingly replaces"
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add(
        name: str, run: Callable[[Releaser, argparse.Namespace], int], text: str, *more: argparse.ArgumentParser
    ) -> Any:
        command = commands.add_parser(name, help=text, description=text, parents=[common, *more])
        command.set_defaults(run=run, yes=False, no_browser=True, no_verify=False)
        return command

    def opens(command: Any) -> None:
        command.add_argument(
            "--no-browser", action="store_true", help="do not open it in a browser, which then stands in the record"
        )
        command.set_defaults(no_browser=False)

    add("status", status, "local, staging and production against their common base")
    command = add("diff", diff, "what differs, file by file")
    sides = "local, staging, production or a release"
    command.add_argument("a", nargs="?", default="production", metavar="A", help=f"{sides} (default production)")
    command.add_argument("b", nargs="?", default="local", metavar="B", help=f"{sides} (default local)")
    command = add("pull", pull_slot, "the live files into a folder; they become the base")
    command.add_argument("slot", nargs="?", choices=SLOTS, default="production")
    command.add_argument("--into", type=Path, help="a new or empty folder, or an earlier pull's (default: its own)")
    command = add("stage", stage, "the built SPA into the staging slot, verified as viewers see it", changes, forced)
    opens(command)
    command.add_argument("--no-verify", action="store_true", help="leave that to `verify`; nothing is promoted before")
    command = add("verify", verify, "a slot's files through the edge: bytes, types, headers; then the app in a browser")
    opens(command)
    command.add_argument("slot", nargs="?", choices=SLOTS, default="staging")
    command = add("promote", promote, "production gets exactly what was verified in staging", changes, forced)
    command.add_argument(
        "--force-unbooted", metavar="REASON", default="", help="promote what no browser saw starting; for the record"
    )
    command.add_argument(
        "--watch", type=duration_s, metavar="10m", help="then look at it for so long, and go back when it is not well"
    )
    opens(command)
    command = add("rollback", rollback, "production back to the previous or a named release", changes, forced)
    command.add_argument("release", nargs="?", metavar="RELEASE", help="one of `releases` (default the previous one)")
    add("releases", releases, "the history: when, which release, what was done, by whom, and the release's own address")
    command = add("reproduce", build_again, "build a release's commit again, and compare")
    command.add_argument("release", metavar="RELEASE", help="one of `releases`")
    command = add(
        "prune", prune, "delete previews that have ended, and old assets that no retained release names", changes
    )
    command.add_argument("--grace-days", type=grace_days, default=LEAST_DAYS, help="never younger ones (default 30)")
    command.add_argument(
        "--keep", type=number_to_keep, default=10, help="releases of production to retain (default 10)"
    )
    return parser


def main() -> int:
    options = arguments().parse_args()
    try:
        return int(options.run(open_releaser(options), options))
    except (BotoCoreError, ClientError) as error:
        raise Refused(f"AWS: {one_line(error)}; run the same command again to go on from there") from error


if __name__ == "__main__":
    run_tool(main)
