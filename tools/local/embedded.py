"""The embedded AWS: ministack in a process of its own, on one loopback port, ended with the process that started it."""

import argparse
import asyncio
import base64
import contextlib
import errno
import json
import logging
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tools.common.cloud import EMBEDDED_REGION, embedded_client
from tools.common.console import Refused, run_tool
from tools.local.callers import is_distribution, judge_client

REGION = EMBEDDED_REGION
SAVE_EVERY_S = 2.0
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
# A burst is queued by the front door; more workers than this only swap on a laptop.
MAX_WORKERS = 8
MAX_FILES = 4096
# Answers the mails that were sent, by their ids, as they were sent.
RAW_MAIL = "/_local/raw_mail"


def free_port(wanted: int = 0) -> int:
    """The wanted port of this machine while it is free, else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_private(path: Path) -> None:
    """The file is there, and this user's alone."""
    path.touch(mode=0o600)
    path.chmod(0o600)


def environment(port: int, temporary: Path, state_dir: Path | None) -> dict[str, str]:
    """Only the one HTTP listener, only on loopback, nothing of the caller's AWS account."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SCC_", "LOCALSTACK_"))}
    return kept | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": REGION,
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": "unix:///nonexistent",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": "64",
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_WARM_TTL_SECONDS": "900",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1" if state_dir else "0",
        "S3_DATA_DIR": str(state_dir / "s3") if state_dir else "",
        "S3_PERSIST": "1" if state_dir else "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(state_dir or ""),
        "TMPDIR": str(temporary),
    }


class EmbeddedAws:
    """A running embedded AWS; `stop` saves its state and ends it and its Lambda workers."""

    def __init__(self, log_path: Path, *, port: int | None = None, state_dir: Path | None = None) -> None:
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log_path = log_path
        # Each Lambda worker unpacks its code into a folder and leaves it there.
        self.temporary = log_path.with_suffix(".tmp").resolve()
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(parents=True)
        if state_dir:
            (state_dir / "s3").mkdir(parents=True, exist_ok=True)
        make_private(log_path)
        with log_path.open("ab") as log:
            # Its standard input stays open as long as this process lives: the end of file is the order to stop.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.local.embedded", "--port", str(self.port)],
                cwd=Path(__file__).parents[2],
                env=environment(self.port, self.temporary, state_dir),
                stdin=subprocess.PIPE,
                umask=0o077,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Refused(f"the embedded AWS ended at once; its log is {self.log_path}")
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=2) as response,
            ):
                if response.status == 200:
                    return
            time.sleep(0.05)
        raise Refused(f"the embedded AWS is not ready after {START_TIMEOUT_S} s; its log is {self.log_path}")

    def client(self, service: str) -> Any:
        return embedded_client(service, self.endpoint)

    def stop(self) -> None:
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Lambda workers live in the same session; none may outlive it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        shutil.rmtree(self.temporary, ignore_errors=True)


Scope = dict[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


class Door:
    """Lets in what is ours: no page of another site, and viewers of a distribution to that distribution alone."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif refusal := judge_client(headers := read_headers(scope)):
            about = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": refusal.status, "headers": about})
            await send({"type": "http.response.body", "body": f"{refusal.message}\n".encode()})
        elif is_distribution(dict(headers).get("host", "")):
            await serve_viewer(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def read_headers(scope: Scope) -> list[tuple[str, str]]:
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]


async def serve_viewer(scope: Scope, receive: Any, send: Any) -> None:
    """What the distribution answers. ministack's own app would first look for its control paths and other services'."""
    from ministack import app as ministack

    headers = dict[str, str]()
    for name, value in read_headers(scope):
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    body = await read_body(receive)
    if body is None:
        return
    query, raw_path = scope["query_string"].decode("latin-1"), scope["raw_path"].decode("latin-1")
    fields = parse_qs(query, keep_blank_values=True)
    answer = await ministack._handle_cloudfront_dataplane_request(
        headers["host"], scope["path"], raw_path, query, scope["method"], headers, body, fields, scope["client"][0]
    )
    not_found = 404, {"Content-Type": "text/plain"}, b"There is no such distribution.\n"
    await ministack._send_if_handled(ministack._with_date_header(send), answer or not_found, receive)


async def read_body(receive: Any) -> bytes | None:
    """The whole body of a request; None if its client has left."""
    body, is_whole = b"", False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        is_whole = not message.get("more_body", False)
    return body


class RawMail:
    """Keeps each mail as it was sent, with all that is attached, for `RAW_MAIL`: ministack keeps its texts alone."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.sent: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif (scope["method"], scope["path"]) == ("GET", RAW_MAIL):
            about = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": about})
            await send({"type": "http.response.body", "body": json.dumps(self.sent).encode()})
        elif (scope["method"], scope["path"]) == ("POST", "/v2/email/outbound-emails"):
            await self._keep(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _keep(self, scope: Scope, receive: Any, send: Any) -> None:
        """Hands a mail on, and keeps it if it is accepted, before its sender knows."""
        asked, answer = await read_body(receive), list[dict[str, Any]]()
        if asked is None:
            return

        async def replay() -> dict[str, Any]:
            return {"type": "http.request", "body": asked, "more_body": False}

        async def hold(message: dict[str, Any]) -> None:
            answer.append(message)

        await self.app(scope, replay, hold)
        answered = b"".join(message.get("body", b"") for message in answer)
        if b"MessageId" in answered:
            raw = json.loads(asked)["Content"].get("Raw", {}).get("Data", "")
            self.sent[json.loads(answered)["MessageId"]] = base64.b64decode(raw).decode()
        for message in answer:
            await send(message)


class Saver:
    """ministack saves its state only when it stops cleanly; this also saves it shortly after each change."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.changed = threading.Event()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] != "GET":
            operation = dict(scope["headers"]).get(b"x-amz-target", b"").rpartition(b".")[2]
            if operation not in (b"GetItem", b"BatchGetItem", b"Query"):
                self.changed.set()

    def run(self) -> None:
        from ministack import app as ministack
        from ministack.core.persistence import save_all

        while True:
            self.changed.wait()
            self.changed.clear()
            started_at = time.monotonic()
            save_all(ministack._build_persistence_save_dict())
            # A big state must not keep the process busy with saving.
            time.sleep(max(SAVE_EVERY_S, 20 * (time.monotonic() - started_at)))


def raise_file_limit() -> None:
    """Only a help: a login shell's 1024 files must be enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, MAX_FILES)), hard))


def close_what_clients_closed() -> None:
    """hypercorn 0.18 keeps a connection that its client has closed for the whole keep-alive time: 75 s, a file each."""
    from hypercorn.asyncio import run
    from hypercorn.asyncio.tcp_server import TCPServer

    class PromptServer(TCPServer):
        async def _read_data(self) -> None:
            await super()._read_data()
            await self.idle_task.stop()

        async def _idle_timeout(self) -> None:
            # An answer may end just after its client has closed.
            if not self.reader.at_eof():
                await super()._idle_timeout()

    run.TCPServer = PromptServer  # type: ignore[attr-defined]


async def serve(port: int) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack.app import app

    close_what_clients_closed()
    logging.getLogger("hypercorn.error").setLevel(logging.WARNING)
    saver = Saver(RawMail(app))
    if os.environ.get("PERSIST_STATE") == "1":
        threading.Thread(target=saver.run, daemon=True).start()

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read_input() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            stop.set()

    def handle_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if getattr(context.get("exception"), "errno", None) != errno.EMFILE:
            loop.default_exception_handler(context)
        elif not stop.is_set():
            # asyncio would try again without a pause and log each try.
            print("no file is left to open: raise the limit (`ulimit -n`)", file=sys.stderr)
            stop.set()

    loop.set_exception_handler(handle_error)
    loop.add_reader(0, read_input)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    await hypercorn_serve(Door(saver), config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.local.embedded",
        description="Serve the embedded AWS until its standard input ends; `make run` and the tests start it.",
    )
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    raise_file_limit()
    asyncio.run(serve(port))
    # Worker threads of ministack may hang in a request; its state is saved by now.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    run_tool(main)
