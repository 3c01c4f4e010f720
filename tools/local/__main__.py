"""The whole product on this machine: `make run`. The embedded AWS gets what the cloud gets."""

import argparse
import contextlib
import fcntl
import functools
import json
import os
import re
import secrets
import shutil
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.sign_in import passwords
from tools.common import gateway, stacks
from tools.common.build import DOCUMENT, PACKAGE_STAMP, SPA_BUILD, all_sources, build_spa, package_function
from tools.common.cloud import APP, LOCAL_HOME, LOCAL_STAGE, Cloud, LocalStack, ignore_users_aws
from tools.common.console import Refused, note, one_line, progress, run_tool
from tools.local import demo
from tools.local.embedded import EmbeddedAws, free_port, make_private
from tools.local.front_door import FrontDoor
from tools.local.season import season
from tools.sync.bucket import Bucket
from tools.sync.built_spa import read_build
from tools.sync.proof.running_api import keep_document
from tools.sync.releaser import Releaser, memory_of
from tools.sync.verify import Viewer

STAGE = "dev"
NAME = f"{APP}-{STAGE}"
CODE_BUCKET = f"{NAME}-code"
TEMPLATE = "template.json"
DEFAULT_PASSWORD = "ahoy-local-captain"  # noqa: S105 - of a copy that only this machine reaches
MAIL_FROM = "captain@shipcaptaincrew.example"
LOOK_EVERY_S = 0.5
# Of what a copy keeps: one more when this code does not read what it wrote before. From the first deployment on, stored
# formats stay readable (docs/decisions/0059), and this number with them.
DATA_FORMAT = 1


class Home:
    """The folder of one local copy: its lock, its data, what was built for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "aws.log"
        self.data = folder / "aws"
        self.package = folder / "package"
        self.state_file = folder / "local.json"

    def read_state(self) -> LocalStack:
        state: LocalStack = {}
        with contextlib.suppress(OSError, ValueError):
            state = json.loads(self.state_file.read_text())
        return state

    def require_readable(self) -> None:
        """Refused when the data is of another format than this code's. Nothing is touched then."""
        kept = self.read_state().get("format", 0)
        if self.data.exists() and kept != DATA_FORMAT:
            older_or_newer = "an older" if kept < DATA_FORMAT else "a newer"
            raise Refused(
                f"{self.folder} holds data of {older_or_newer} format than this version reads: `make reset` "
                "forgets it; to keep it, move the folder away, or go on with the version that wrote it"
            )

    def remember(self, changes: LocalStack) -> None:
        draft = self.state_file.with_suffix(".tmp")
        make_private(draft)
        draft.write_text(json.dumps(self.read_state() | changes, indent=1))
        draft.replace(self.state_file)


@dataclass
class Copy:
    """One running local copy of the product."""

    home: Home
    base_url: str
    aws: EmbeddedAws
    origin_secret: str
    link_secret: str
    password_hash: str


def run(home: Home, port: int, *, with_demo: bool, watch: bool) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with only_one(home, port), contextlib.ExitStack() as running:
        home.require_readable()
        door = FrontDoor(port, home.folder / "mail.json")
        running.callback(door.server_close)
        door.claim()
        copy = start(home, port, running)
        door.open(copy.aws.port, deploy(copy))
        if with_demo and not stop.is_set() and is_empty(home, copy.base_url):
            progress("adding sample charters")
            add_samples(copy.base_url, stop, running)
        if not stop.is_set():
            print(f"        admin password  {admin_password()}")
            print(f"        mail            {copy.base_url}/_local/mail.html")
            print(f"ready {copy.base_url}", flush=True)
        deployed = all_sources(STAGE) if watch else ""
        while not stop.wait(LOOK_EVERY_S) and not make_was_interrupted():
            if copy.aws.process.poll() is not None:
                raise Refused(f"the embedded AWS ended unexpectedly; its log is {home.log}")
            if watch and (now := all_sources(STAGE, deployed)) != deployed:
                deployed = now
                redeploy(copy)
        progress(f"stopping; the data stays in {home.folder}")
        door.keep_mail()


def is_empty(home: Home, base_url: str) -> bool:
    """Whether there is nothing yet. Refused with the remedy when what is there cannot be read."""
    try:
        return demo.is_empty(base_url, admin_password())
    except Refused as refusal:
        raise Refused(
            f"{str(refusal).rstrip('.')}; if another version wrote the data in {home.folder}, `make reset` forgets it"
        ) from refusal


def add_samples(base_url: str, stop: threading.Event, running: contextlib.ExitStack) -> None:
    """Boats, people and coming charters; what has begun and the past year come meanwhile: nobody waits for them."""
    client = demo.Client(base_url)
    client.log_in(admin_password())
    now = datetime.now(UTC)
    coming, begun = demo.split(season(now), now)
    ids = demo.add_register(client, now)
    demo.add_charters(client, coming, ids)

    def add_begun() -> None:
        try:
            demo.add_until(stop, client, begun, ids)
        except Refused as refusal:
            progress(f"not all sample charters were added: {refusal}")

    adding = threading.Thread(target=add_begun)

    def end() -> None:
        stop.set()
        adding.join()

    adding.start()
    running.callback(end)


@contextlib.contextmanager
def only_one(home: Home, port: int) -> Iterator[None]:
    home.folder.mkdir(parents=True, exist_ok=True)
    home.folder.chmod(0o700)
    make_private(home.folder / "lock")
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
    state = home.read_state()
    origin_secret = state.get("origin_secret") or secrets.token_urlsafe(32)
    link_secret = state.get("link_secret") or secrets.token_urlsafe(32)
    # The port of the last time, while it is free: the stacks then have nothing to change.
    aws_port = free_port(state.get("aws_port", 0))
    base_url = f"http://localhost:{port}"
    home.remember(
        {
            "aws_port": aws_port,
            "base_url": base_url,
            "format": DATA_FORMAT,
            "origin_secret": origin_secret,
            "link_secret": link_secret,
            "pid": os.getpid(),
        }
    )
    progress("starting the embedded AWS, packaging the function, building the SPA")
    aws = EmbeddedAws(home.log, port=aws_port, state_dir=home.data)
    running.callback(aws.stop)
    with ThreadPoolExecutor() as pool:
        hashing = pool.submit(hash_admin_password, state.get("password_hash", ""))
        for job in [
            pool.submit(package_function, home.package, STAGE),
            pool.submit(build_spa),
            pool.submit(aws.wait_ready),
        ]:
            job.result()
    home.remember({"password_hash": hashing.result()})
    return Copy(home, base_url, aws, origin_secret, link_secret, hashing.result())


def hash_admin_password(remembered: str) -> str:
    """The remembered hash while it fits the password: a new one would end every session."""
    if remembered and passwords.verify_password(admin_password(), remembered):
        return remembered
    return passwords.hash_any_password(admin_password())


def admin_password() -> str:
    return os.environ.get("SCC_LOCAL_ADMIN_PASSWORD") or DEFAULT_PASSWORD


def deploy(copy: Copy) -> str:
    """Resources, function and API, edge, SPA; returns the distribution's domain."""
    progress("deploying resources, function, API and edge")
    apply = functools.partial(stacks.apply_stack, copy.aws.client("cloudformation"), poll_s=0.05)
    resources = apply(
        stacks.stack_name(STAGE, "resources"), stacks.template("resources"), {"Stage": STAGE, "MailIdentity": MAIL_FROM}
    )
    api = apply(NAME, local_template(copy, resources["TableName"]), {})
    gateway.set_answers(copy.aws.client("apigateway"), api["RestAPIId"], STAGE)
    edge = apply(
        stacks.stack_name(STAGE, "edge"),
        stacks.template("edge"),
        {
            **stacks.edge_parameters(STAGE, resources, copy.origin_secret),
            "ApiDomain": "localhost",
            "ApiPath": f"/_aws/execute-api/{api['RestAPIId']}/{STAGE}",
            "ApiProtocol": "http-only",
            "ApiHttpPort": str(copy.aws.port),
        },
    )
    put_spa(copy, resources["SpaBucketName"], edge["DistributionId"])
    document = (copy.home.package / DOCUMENT).read_text()
    keep_document(Cloud(LOCAL_STAGE, copy.aws.endpoint), resources["SpaBucketName"], document)
    copy.home.remember({"bucket": resources["SpaBucketName"], "distribution": edge["DistributionId"]})
    return edge["DistributionDomain"]


def local_template(copy: Copy, table: str) -> str:
    """Where in S3 lies what `chalice package` made, with this copy's environment and the code beside it."""
    s3 = copy.aws.client("s3")
    key = f"{(copy.home.package / PACKAGE_STAMP).read_text()}.zip"
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=CODE_BUCKET)
    s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=(copy.home.package / "deployment.zip").read_bytes())
    template = json.loads((copy.home.package / "sam.json").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://{CODE_BUCKET}/{key}"
            resource["Properties"]["Environment"] = {"Variables": function_environment(copy, table)}
    s3.put_object(Bucket=CODE_BUCKET, Key=TEMPLATE, Body=json.dumps(template).encode())
    return f"{copy.aws.endpoint}/{CODE_BUCKET}/{TEMPLATE}"


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
        "SCC_LINK_SECRET": copy.link_secret,
        "SCC_MAIL_CONFIGURATION_SET": NAME,
        "SCC_MAIL_FROM": MAIL_FROM,
        "SCC_MAIL_TRANSPORT": "ses",
        "SCC_ORIGIN_SECRETS": copy.origin_secret,
        "SCC_TABLE": table,
    }


def put_spa(copy: Copy, bucket: str, distribution: str) -> None:
    """Both slots by the release machinery, so that `tools.sync --stage local` has something to work on."""
    cloud = Cloud(LOCAL_STAGE, copy.aws.endpoint)
    memory = memory_of(LOCAL_STAGE, copy.home.folder)
    held = Bucket(cloud, bucket, distribution)
    releaser = Releaser(held, Viewer(copy.base_url), memory, "make run", lambda: "", ask=lambda _: None, say=note)
    releaser.place(read_build(SPA_BUILD))


def redeploy(copy: Copy) -> None:
    """What `make dev` does after a change; a broken source is shown and the old one keeps serving."""
    try:
        package_function(copy.home.package, STAGE)
        build_spa()
        deploy(copy)
        progress("the change is live")
    except Refused as refusal:
        progress(f"not deployed: {refusal}")


def make_was_interrupted() -> bool:
    """Whether SIGINT was sent to the `make` above alone: it then only waits for us, with SIGINT blocked."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        status = Path(f"/proc/{os.getppid()}/status").read_text().splitlines()
        name = next(line for line in status if line.startswith("Name:"))
        blocked = next(line for line in status if line.startswith("SigBlk:"))
        return name.split()[1] == "make" and bool(int(blocked.split()[1], 16) & (1 << (signal.SIGINT - 1)))
    return False


def read_port(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or not 0 < int(text) < 65536:
        raise Refused(f"PORT={text}: a port is a number from 1 to 65535")
    return int(text)


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
    parser.add_argument("--home", type=Path, default=LOCAL_HOME, help="where the data lives (default .local)")
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="start it; Ctrl-C stops it and keeps the data")
    runner.add_argument("--port", default=os.environ.get("PORT") or "8000")
    runner.add_argument("--watch", action="store_true", help="redeploy whenever a source file changes")
    commands.add_parser("build", help="the SPA into spa/dist, when a source changed")
    commands.add_parser("reset", help="forget the local data")
    options = parser.parse_args()
    if options.command == "reset":
        reset(Home(options.home))
    elif options.command == "build":
        build_spa()
        progress("spa/dist is what the sources say")
    else:
        with_demo = os.environ.get("DEMO") != "0"
        port = read_port(options.port)
        ignore_users_aws()
        try:
            run(Home(options.home), port, with_demo=with_demo, watch=options.watch)
        except (BotoCoreError, ClientError) as error:
            raise Refused(f"the embedded AWS refused: {one_line(error)}; `make reset` starts afresh") from error
    return 0


if __name__ == "__main__":
    run_tool(main)
