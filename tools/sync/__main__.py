"""Releases of the SPA: stage, verify, promote, roll back; nobody overwrites anybody."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.common.aws import AwsError
from tools.common.cloud import APP, EMBEDDED_REGION, LOCAL_STAGE, ROOT, Cloud, find_cloud
from tools.common.console import Refused, confirm, note, run_tool
from tools.sync import release
from tools.sync.bucket import Depot
from tools.sync.layout import SLOTS, TEXT_SUFFIXES, read_build
from tools.sync.release import Head, Live
from tools.sync.releaser import Memory, Releaser, own_commit, own_name
from tools.sync.verify import Viewer

BUILD = ROOT / "spa/dist"
LOCAL_HOME = ROOT / ".local"
DAY_S = 24 * 3600


def open_releaser(options: argparse.Namespace) -> Releaser:
    """Everything a command needs: where the stage is, what was remembered of it, who asks."""
    cloud = find_cloud(options.stage, options.home)
    local = options.stage == LOCAL_STAGE
    memory = Memory(options.memory or (options.home / "releases" if local else ROOT / ".releases" / options.stage))
    place = local_place(options.home) if local else cloud_place(cloud, memory)
    depot = Depot(*cloud.spa(place["bucket"], place["distribution"], place["region"]))
    viewer = Viewer(options.base_url or place["base_url"])

    def ask(plan: list[str]) -> None:
        print("\n".join(plan), file=sys.stderr if options.json else sys.stdout, flush=True)
        confirm("Do this?", options.yes)

    return Releaser(depot, viewer, memory, options.by or own_name(), own_commit, ask, note)


def local_place(home: Path) -> dict[str, Any]:
    try:
        facts = json.loads((home / "local.json").read_text())
        return {name: facts[name] for name in ("bucket", "distribution", "base_url")} | {"region": EMBEDDED_REGION}
    except (OSError, ValueError, KeyError) as error:
        raise Refused("nothing runs here: start it with `make run`") from error


def cloud_place(cloud: Cloud, memory: Memory) -> dict[str, Any]:
    """Bucket and distribution out of the edge's stack, looked up once by each copy."""
    place = memory.read("place")
    if "region" in place:
        return place
    from tools.common import stacks

    cloudformation = cloud.client("cloudformation")
    name = f"{APP}-{cloud.stage}-edge"
    stack = stacks.find_stack(cloudformation, name)
    if stack is None:
        raise Refused(f"stack {name} does not exist: deploy first")
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    place = {
        "bucket": parameters["SpaBucketName"],
        "distribution": outputs["DistributionId"],
        "base_url": f"https://{outputs['DistributionDomain']}",
        "region": cloudformation.meta.region_name,
    }
    memory.write("place", place)
    return place


def status(releaser: Releaser, options: argparse.Namespace) -> int:
    head, live = releaser.depot.look()
    known = set(releaser.memory.base().values())
    record = None
    if (options.build / "index.html").is_file():
        record = release.release_of(read_build(options.build), releaser.who(), {})
    local = record.release if record else None
    answer: dict[str, Any] = {"local": {"release": local, "lines": record.lines if record else None}}
    for name in reversed(SLOTS):
        answer[name] = slot_facts(head, name, live[name])
        answer[name]["local_is"] = release.compare(local, known, live[name].token) if local else "not built"
    answer["staging"]["verified"] = head.proven
    if options.json:
        print(json.dumps(answer, indent=1))
        return 0
    print(f"local       {f'{local}, {record.lines} lines' if record else 'not built: run `make build`'}")
    for name in reversed(SLOTS):
        verified = ""
        if name == "staging" and head.staging:
            verified = ", verified" if head.proven else ", not verified"
        print(f"{name:11} {release.told_live(head.slot(name), live[name])}{verified}{unsettled(live[name])}")
        print(f"            local is {answer[name]['local_is']}")
    return 0


def slot_facts(head: Head, name: str, live: Live) -> dict[str, Any]:
    held = head.slot(name)
    facts: dict[str, Any] = {"release": live.token, "state": live.kind}
    if held and live.kind != "foreign":
        facts |= {"act": held.act, "by": held.by, "at": held.at, "lines": held.lines}
    return facts


def unsettled(live: Live) -> str:
    return "; interrupted: run the same command again to finish it" if live.kind == "unsettled" else ""


def diff(releaser: Releaser, options: argparse.Namespace) -> int:
    name_a, files_a, read_a = releaser.contents(options.a, options.build)
    name_b, files_b, read_b = releaser.contents(options.b, options.build)
    pairs = [one for one in release.pair(files_a, files_b) if one.state != "same"]
    if options.json:
        rows = [
            {"state": one.state, "a": one.before, "b": one.after, **line_counts(one, files_a, files_b)} for one in pairs
        ]
        print(json.dumps({"a": name_a, "b": name_b, "files": rows}, indent=1))
        return 0
    print(f"a  {name_a}: {total_lines(files_a)} lines\nb  {name_b}: {total_lines(files_b)} lines")
    for one in pairs:
        counts = line_counts(one, files_a, files_b)
        names = " → ".join(dict.fromkeys(name for name in (one.before, one.after) if name))
        print(f"{one.state:8} {names}  {counts['a_lines']} → {counts['b_lines']} lines")
    for one in pairs:
        if one.state != "renamed" and Path(one.after or one.before or "").suffix in TEXT_SUFFIXES:
            before = read_a(one.before) if one.before else b""
            after = read_b(one.after) if one.after else b""
            print("\n".join(["", *release.unified(one, before, after)]))
    if not pairs:
        print("no difference")
    return 0


def line_counts(one: release.Pair, a: Any, b: Any) -> dict[str, int | None]:
    return {
        "a_lines": a[one.before].lines if one.before else None,
        "b_lines": b[one.after].lines if one.after else None,
    }


def total_lines(files: Any) -> int:
    return sum(facts.lines or 0 for facts in files.values())


def releases(releaser: Releaser, options: argparse.Namespace) -> int:
    head = releaser.depot.head()
    held = {slot.release: name for name in reversed(SLOTS) if (slot := head.slot(name))}
    rows = [
        {
            "release": act.release,
            "act": act.act,
            "at": act.at,
            "by": act.by,
            "commit": act.commit,
            "replaces": act.replaces,
            "state": held.get(act.release, ""),
        }
        for act in head.history
    ]
    if options.json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        line = f"{row['at']}  {row['release']:12}  {row['act']:11}  {row['by']:20}  {row['commit']:18}  {row['state']}"
        print(line.rstrip())
    if not rows:
        print("no releases yet")
    return 0


def pull(releaser: Releaser, options: argparse.Namespace) -> int:
    into = options.into or releaser.memory.folder / "pulled" / options.slot
    return told(releaser.pull(options.slot, into), options)


def stage(releaser: Releaser, options: argparse.Namespace) -> int:
    return told(releaser.stage(read_build(options.build), options.force_from, verify=not options.no_verify), options)


def verify(releaser: Releaser, options: argparse.Namespace) -> int:
    return told(releaser.verify(options.slot), options)


def promote(releaser: Releaser, options: argparse.Namespace) -> int:
    return told(releaser.promote(options.force_from), options)


def rollback(releaser: Releaser, options: argparse.Namespace) -> int:
    return told(releaser.roll_back(options.release, options.force_from), options)


def prune(releaser: Releaser, options: argparse.Namespace) -> int:
    deleted = releaser.prune(options.grace_days * DAY_S, options.keep)
    print(json.dumps({"deleted": deleted}) if options.json else f"{len(deleted)} assets deleted")
    return 0


def told(outcome: Any, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps({"release": outcome.release, "changed": outcome.changed, "message": outcome.message}))
    else:
        print(outcome.message)
    return 0


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.sync", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--stage", required=True, help="the stage, `local` for a running `make run`")
    common.add_argument("--json", action="store_true", help="the result for a script")
    common.add_argument("--build", type=Path, default=BUILD, help="the built SPA (default spa/dist)")
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
    # Told the name, argparse does not work out its help first.
    commands = parser.add_subparsers(dest="command", required=True, prog=parser.prog)

    def add(run: Callable[[Releaser, argparse.Namespace], int], text: str, *more: argparse.ArgumentParser) -> Any:
        command = commands.add_parser(run.__name__, help=text, description=text, parents=[common, *more])
        command.set_defaults(run=run, yes=False)
        return command

    add(status, "local, staging and production against their common base")
    command = add(diff, "what differs, file by file")
    sides = "local, staging, production or a release"
    command.add_argument("a", nargs="?", default="production", metavar="A", help=f"{sides} (default production)")
    command.add_argument("b", nargs="?", default="local", metavar="B", help=f"{sides} (default local)")
    command = add(pull, "the live files into a folder; they become the base")
    command.add_argument("slot", nargs="?", choices=SLOTS, default="production")
    command.add_argument("--into", type=Path, help="the folder, replaced (default beside the base)")
    command = add(stage, "the built SPA into the staging slot, verified over HTTP", changes, forced)
    command.add_argument("--no-verify", action="store_true", help="leave that to `verify`; nothing is promoted before")
    command = add(verify, "a slot's page and every asset through the edge: bytes, types, caching headers")
    command.add_argument("slot", nargs="?", choices=SLOTS, default="staging")
    add(promote, "production gets exactly what was verified in staging", changes, forced)
    command = add(rollback, "production back to the previous or a named release", changes, forced)
    command.add_argument("release", nargs="?", metavar="RELEASE", help="one of `releases` (default the previous one)")
    add(releases, "the history: when, which release, what was done, by whom, from which commit")
    command = add(prune, "delete old assets that no retained release names", changes)
    command.add_argument("--grace-days", type=float, default=30, help="never younger ones (default 30)")
    command.add_argument("--keep", type=int, default=10, help="releases of production to retain (default 10)")
    return parser


def main() -> int:
    options = arguments().parse_args()
    try:
        return int(options.run(open_releaser(options), options))
    except Exception as error:
        if isinstance(error, AwsError) or of_botocore(error):
            raise Refused(f"AWS: {error}; run the same command again to go on from there") from error
        raise


def of_botocore(error: Exception) -> bool:
    """Whether botocore raised it; only who used botocore has it loaded, and that takes half a second."""
    if "botocore" not in sys.modules:
        return False
    from botocore.exceptions import BotoCoreError, ClientError

    return isinstance(error, (BotoCoreError, ClientError))


if __name__ == "__main__":
    run_tool(main)
