"""Starting and watching what the tests run beside themselves."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools.common.cloud import EMBEDDED_REGION, embedded_client
from tools.local.embedded import free_port

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 120
MAX_FILES = 1024
# What a client needs for an AWS of the tests, which takes any keys.
AWS_KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": EMBEDDED_REGION,
}


def environment_without_aws() -> dict[str, str]:
    """This process's, without its own AWS and settings of the product."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SCC_", "AWS_"))}


def use_aws_keys(patch: pytest.MonkeyPatch) -> None:
    for name, value in AWS_KEYS.items():
        patch.setenv(name, value)


@contextlib.contextmanager
def running_dynamodb(java: str, folder: Path, log: Path) -> Iterator[str]:
    """AWS's own DynamoDB Local, in memory; yields its endpoint."""
    port = free_port()
    # It has no option for the interface: its random port holds test data only, for as long as the tests run.
    # To compile its code thoroughly, and to tidy up with several threads, is half of its work on small tables.
    frugal = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    command = [java, *frugal, "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "-disableTelemetry", "-port", str(port)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        endpoint = f"http://127.0.0.1:{port}"
        try:
            wait_for_dynamodb(endpoint, process)
            yield endpoint
        finally:
            process.terminate()
            ended(process, 20)


def wait_for_dynamodb(endpoint: str, process: "subprocess.Popen[bytes]") -> None:
    client = embedded_client("dynamodb", endpoint)
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(Exception):
            client.list_tables()
            return
        time.sleep(0.1)
    raise RuntimeError("DynamoDB Local did not start")


@dataclass(frozen=True)
class Product:
    """A running `make run` without sample charters."""

    base_url: str
    password: str
    endpoint: str
    home: Path


@contextlib.contextmanager
def running_product(home: Path, port: int | None = None, **environment: str) -> Iterator[Product]:
    """`tools.local run` on a port of its own; stopped like Ctrl-C at the end."""
    port = port or free_port()
    base_url = f"http://localhost:{port}"
    with contextlib.ExitStack() as running:
        process = running.enter_context(start_local(home, port, **environment))
        read_until(process, f"ready {base_url}")
        facts = json.loads((home / "local.json").read_text())
        endpoint = f"http://127.0.0.1:{facts['aws_port']}"
        yield Product(base_url, "ahoy-local-captain", endpoint, home)


@contextlib.contextmanager
def start_local(home: Path, port: int | str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """With as few open files as a login shell allows, and no way to raise that."""
    command = [sys.executable, "-m", "tools.local", "--home", str(home), "run", "--port", str(port)]
    process = subprocess.Popen(
        ["sh", "-c", f'ulimit -n {MAX_FILES}; exec "$@"', "sh", *command],
        cwd=ROOT,
        env=environment_without_aws() | {"DEMO": "0"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        ended(process, 60)
        if process.stdout:
            process.stdout.close()


def ended(process: "subprocess.Popen[Any]", within_s: float) -> None:
    """It ends by itself, or is made to."""
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def output_of(process: "subprocess.Popen[str]", within_s: float) -> tuple[str, str]:
    """What it writes until it ends. One that takes too long fails the test, and does not run on beside the others."""
    try:
        return process.communicate(timeout=within_s)
    except BaseException:
        process.kill()
        process.wait()
        raise


def read_until(process: "subprocess.Popen[str]", line: str) -> None:
    seen = []
    assert process.stdout
    for text in process.stdout:
        seen.append(text)
        if text.strip() == line:
            return
    raise AssertionError("the product did not start:\n" + "".join(seen))


def children_of(pid: int) -> set[int]:
    """This process and all that it started, directly or not."""
    found = {pid}
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


def listening_addresses(pids: set[int]) -> set[str]:
    """The local addresses on which these processes listen (Linux's /proc)."""
    inodes = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    inodes |= set(re.findall(r"socket:\[(\d+)\]", str(link.readlink())))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.add(fields[1])
    return found
