"""The whole product on this machine: `make run`. The embedded AWS gets what the cloud gets."""

import argparse
import contextlib
import fcntl
import functools
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.sign_in import passwords
from tools.common import gateway, stacks
from tools.common.cloud import LOCAL_STAGE, Cloud
from tools.common.console import Refused, note, progress, run_tool
from tools.local import demo
from tools.local.embedded import REGION, EmbeddedAws, free_port
from tools.local.front_door import FrontDoor
from tools.sync.bucket import Bucket
from tools.sync.layout import read_build
from tools.sync.releaser import Memory, Releaser
from tools.sync.verify import Viewer

ROOT = Path(__file__).parents[2]
STAGE = "dev"
APP = f"ship-captain-crew-{STAGE}"
CODE_BUCKET = f"{APP}-code"
DEFAULT_PASSWORD = "ahoy-local-captain"  # noqa: S105 - of a copy that only this machine reaches
MAIL_FROM = "captain@shipcaptaincrew.example"
FUNCTION_SOURCES = ["app.py", "chalicelib", "requirements.txt", ".chalice/config.json", f".chalice/policy-{STAGE}.json"]
SPA_FOLDER = ROOT / "spa"
LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Home:
    """The folder of one local copy: its lock, its data, what was built for it."""

    folder: Path

    @property
    def aws(self) -> Path:
        return self.folder / "aws"

    @property
    def log(self) -> Path:
        return self.folder / "aws.log"

    @property
    def package(self) -> Path:
        return self.folder / "package"

    def remembered(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads((self.folder / "local.json").read_text()))
        return {}

    def remember(self, **facts: Any) -> dict[str, Any]:
        merged = self.remembered() | facts
        draft = self.folder / "local.json.tmp"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(merged, indent=1))
        draft.replace(self.folder / "local.json")
        return merged


@dataclass
class Copy:
    """One running local copy of the product."""

    home: Home
    port: int
    aws: EmbeddedAws
    origin_secret: str
    password_hash: str

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"


def run(home: Home, port: int, *, with_demo: bool, watch: bool) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with only_one(home, port), contextlib.ExitStack() as running:
        door = FrontDoor(port, home.folder / "mail.json")
        try:
            door.claim()
        except OSError as error:
            raise Refused(f"port {port} is taken by another process; `PORT=9000 make run` takes another") from error
        running.callback(door.server_close)
        copy = start(home, port, running)
        domain = deploy(copy)
        door.open(copy.aws.port, domain)
        if with_demo and not stop.is_set() and demo.is_empty(copy.base_url, admin_password()):
            progress("adding sample charters")
            demo.add(copy.base_url, admin_password())
        if not stop.is_set():
            print(f"        admin password  {admin_password()}")
            print(f"        mail            {copy.base_url}/_local/mail.html")
            print(f"ready {copy.base_url}", flush=True)
        watched = sources() if watch else {}
        while not stop.wait(LOOK_EVERY_S) and not make_was_interrupted():
            if copy.aws.process.poll() is not None:
                raise Refused(f"the embedded AWS ended unexpectedly; its log is {home.log}")
            if watch and (now := sources()) != watched:
                watched = now
                redeploy(copy)
        progress(f"stopping; the data stays in {home.folder}")
        door.keep_mail()


@contextlib.contextmanager
def only_one(home: Home, port: int) -> Iterator[None]:
    home.folder.mkdir(parents=True, exist_ok=True)
    with (home.folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refused(f"already running: {lock.read().strip()}; stop it first") from None
        lock.truncate(0)
        lock.write(f"http://localhost:{port} (process {os.getpid()})\n")
        lock.flush()
        yield
        lock.truncate(0)


def start(home: Home, port: int, running: contextlib.ExitStack) -> Copy:
    """Embedded AWS, function package, SPA build and password hash at the same time."""
    facts = home.remembered()
    aws_port = facts.get("aws_port")
    if not aws_port or not _free(aws_port):
        aws_port = free_port()
    facts = home.remember(
        aws_port=aws_port,
        origin_secret=facts.get("origin_secret") or secrets.token_urlsafe(32),
        pid=os.getpid(),
        base_url=f"http://localhost:{port}",
    )
    progress("starting the embedded AWS, packaging the function, building the SPA")
    aws = EmbeddedAws(home.log, port=aws_port, state_dir=home.aws)
    running.callback(aws.stop)
    with ThreadPoolExecutor() as pool:
        work = [
            pool.submit(package_function, home.package),
            pool.submit(build_spa),
            pool.submit(aws.wait_ready),
        ]
        password_hash = pool.submit(hash_admin_password, facts.get("password_hash", ""))
        for job in work:
            job.result()
    home.remember(password_hash=password_hash.result())
    return Copy(home, port, aws, facts["origin_secret"], password_hash.result())


def _free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def package_function(folder: Path) -> None:
    """`chalice package` into the folder, when a source changed since the last time."""
    mark = folder / "sources.sha256"
    fingerprint = fingerprint_of(FUNCTION_SOURCES)
    if mark.is_file() and mark.read_text() == fingerprint:
        return
    shutil.rmtree(folder, ignore_errors=True)
    chalice = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", STAGE, str(folder.resolve())]
    quiet_run(chalice, ROOT, {"AWS_DEFAULT_REGION": REGION})
    mark.write_text(fingerprint)
    for old in sorted((ROOT / ".chalice/deployments").glob("*.zip"), key=os.path.getmtime)[:-4]:
        old.unlink(missing_ok=True)


def build_spa() -> None:
    """`npm run build`, when a source changed since the last time."""
    mark = SPA_FOLDER / "dist/.sources.sha256"
    fingerprint = fingerprint_of(spa_sources())
    if mark.is_file() and mark.read_text() == fingerprint:
        return
    quiet_run(["npm", "run", "build"], SPA_FOLDER, {})
    mark.write_text(fingerprint)


def spa_sources() -> list[str]:
    return [
        f"spa/{path.name}"
        for path in sorted(SPA_FOLDER.iterdir())
        if path.name not in ("dist", "node_modules", ".vite")
    ]


def quiet_run(command: list[str], folder: Path, extra: dict[str, str]) -> None:
    """Run to the end; its output is shown only when it fails."""
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=os.environ | {"PATH": search} | extra,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Ctrl-C reaches this process alone; it ends its children in order.
        start_new_session=True,
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        raise Refused(f"`{' '.join([Path(command[0]).name, *command[1:]])}` failed, see above")


def fingerprint_of(paths: list[str]) -> str:
    digest = hashlib.sha256()
    for path in source_files(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def source_files(paths: list[str]) -> Iterator[Path]:
    for name in paths:
        path = ROOT / name
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (file for file in files if file.is_file() and "__pycache__" not in file.parts)


def hash_admin_password(remembered: str) -> str:
    """The remembered hash while it fits the password: a new one would end every session."""

    if remembered and passwords.verify_password(admin_password(), remembered):
        return remembered
    return passwords.hash_any_password(admin_password())


@functools.cache
def admin_password() -> str:
    return os.environ.get("SCC_LOCAL_ADMIN_PASSWORD") or DEFAULT_PASSWORD


def deploy(copy: Copy) -> str:
    """Resources, function and API, edge, SPA; returns the distribution's domain."""
    progress("deploying resources, function, API and edge")
    apply = functools.partial(stacks.apply_stack, copy.aws.client("cloudformation"), poll_s=0.05)
    resources = apply(
        f"{APP}-resources", (ROOT / ".chalice/resources.yaml").read_text(), {"Stage": STAGE, "MailIdentity": MAIL_FROM}
    )
    api = apply(APP, local_template(copy, resources["TableName"]), {})
    gateway.answer_unrouted(copy.aws.client("apigateway"), api["RestAPIId"], STAGE)
    edge = apply(
        f"{APP}-edge",
        (ROOT / ".chalice/edge.yaml").read_text(),
        {
            "Stage": STAGE,
            "SpaBucketName": resources["SpaBucketName"],
            "SpaBucketDomain": resources["SpaBucketDomain"],
            "ApiDomain": "localhost",
            "ApiPath": f"/_aws/execute-api/{api['RestAPIId']}/{STAGE}",
            "ApiProtocol": "http-only",
            "ApiHttpPort": str(copy.aws.port),
            "OriginSecret": copy.origin_secret,
            "ViewerRequestCode": (ROOT / ".chalice/viewer-request.js").read_text(),
        },
    )
    put_spa(copy, resources["SpaBucketName"], edge["DistributionId"])
    copy.home.remember(bucket=resources["SpaBucketName"], distribution=edge["DistributionId"])
    return edge["DistributionDomain"]


def local_template(copy: Copy, table: str) -> str:
    """What `chalice package` made, with the code where the embedded AWS finds it and this copy's environment."""
    s3 = copy.aws.client("s3")
    key = f"{(copy.home.package / 'sources.sha256').read_text()}.zip"
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=CODE_BUCKET)
    s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=(copy.home.package / "deployment.zip").read_bytes())
    template = json.loads((copy.home.package / "sam.json").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://{CODE_BUCKET}/{key}"
            resource["Properties"]["Environment"] = {"Variables": function_environment(copy, table)}
    return json.dumps(template)


def function_environment(copy: Copy, table: str) -> dict[str, str]:
    defaults = {
        "SCC_TIMEZONE": "America/Los_Angeles",
        "SCC_CURRENCY": "USD",
        "SCC_OPERATOR_NAME": "Golden Gate Day Charters",
        "SCC_OPERATOR_EMAIL": "captain@example.com",
        "SCC_OPERATOR_PHONE": "+1 415 555 0134",
    }
    return {name: os.environ.get(name) or value for name, value in defaults.items()} | {
        "ADMIN_PASS_HASH": copy.password_hash,
        "AWS_ENDPOINT_URL": copy.aws.endpoint,
        "SCC_BASE_URL": copy.base_url,
        "SCC_MAIL_FROM": MAIL_FROM,
        "SCC_MAIL_TRANSPORT": "ses",
        "SCC_ORIGIN_SECRETS": copy.origin_secret,
        "SCC_TABLE": table,
    }


def put_spa(copy: Copy, bucket: str, distribution: str) -> None:
    """Both slots by the release machinery, so that `tools.sync --stage local` has something to work on."""
    cloud = Cloud(LOCAL_STAGE, copy.aws.endpoint)
    memory = Memory(copy.home.folder / "releases")
    held = Bucket(cloud, bucket, distribution)
    releaser = Releaser(held, Viewer(copy.base_url), memory, "make run", lambda: "", ask=lambda _: None, say=note)
    releaser.place(read_build(SPA_FOLDER / "dist"))


def redeploy(copy: Copy) -> None:
    """What `make dev` does after a change; a broken source is shown and the old one keeps serving."""
    try:
        package_function(copy.home.package)
        build_spa()
        deploy(copy)
        progress("the change is live")
    except Refused as refusal:
        progress(f"not deployed: {refusal}")


def sources() -> dict[Path, int]:
    found = {}
    for path in source_files([*FUNCTION_SOURCES, *spa_sources()]):
        with contextlib.suppress(OSError):
            found[path] = path.stat().st_mtime_ns
    return found


def make_was_interrupted() -> bool:
    """Whether SIGINT was sent to the `make` above alone: it then only waits for us, with SIGINT blocked."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        status = Path(f"/proc/{os.getppid()}/status").read_text().splitlines()
        name = next(line for line in status if line.startswith("Name:"))
        blocked = next(line for line in status if line.startswith("SigBlk:"))
        return name.split()[1] == "make" and bool(int(blocked.split()[1], 16) & (1 << (signal.SIGINT - 1)))
    return False


def reset(home: Home) -> None:
    if not home.folder.exists():
        progress("there is no local data")
        return
    with only_one(home, 0):
        shutil.rmtree(home.folder)
    progress(f"forgot {home.folder}")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.local", description="The whole product on this machine, on loopback only."
    )
    parser.add_argument("--home", type=Path, default=ROOT / ".local", help="where the data lives (default .local)")
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="start it; Ctrl-C stops it and keeps the data")
    runner.add_argument("--port", type=int, default=os.environ.get("PORT") or "8000")
    runner.add_argument("--watch", action="store_true", help="redeploy whenever a source file changes")
    commands.add_parser("reset", help="forget the local data")
    options = parser.parse_args()
    if options.command == "reset":
        reset(Home(options.home))
    else:
        with_demo = os.environ.get("DEMO") != "0"
        try:
            run(Home(options.home), options.port, with_demo=with_demo, watch=options.watch)
        except (BotoCoreError, ClientError) as error:
            raise Refused(f"the embedded AWS refused: {error}; `make reset` starts afresh") from error
    return 0


if __name__ == "__main__":
    run_tool(main)
