"""A bucket and a distribution made by the product's templates, builds of an SPA, and AWS calls counted or broken."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.support.running import ROOT, output_of
from tools.common import stacks
from tools.common.cloud import LOCAL_STAGE, Cloud
from tools.local.embedded import EmbeddedAws, free_port
from tools.local.front_door import FrontDoor
from tools.sync.bucket import Bucket
from tools.sync.proof.boot import Boot, Opener
from tools.sync.releaser import Ask, Memory, Releaser
from tools.sync.verify import Viewer

WITHOUT_BROWSER = {
    "stage": ["--no-browser"],
    "verify": ["--no-browser"],
    "promote": ["--force-unbooted", "it is a test's"],
}


@dataclass(frozen=True)
class Site:
    """What a stage has for its SPA, with a front door of its own."""

    aws: EmbeddedAws
    bucket: str
    distribution: str
    domain: str
    base_url: str
    folder: Path
    http: urllib3.PoolManager

    def releaser(
        self,
        by: str = "ana",
        *,
        attempts: int = 2,
        ask: Ask = lambda _: None,
        open_slot: Opener | None = lambda _slot, _names: Boot("a test", 0),
    ) -> Releaser:
        """By default every release starts: only a test of the browser needs one."""
        bucket = Bucket(Cloud(LOCAL_STAGE, self.aws.endpoint, attempts=attempts), self.bucket, self.distribution)
        memory = Memory(self.folder / "memory" / by)
        return Releaser(bucket, Viewer(self.base_url), memory, by, lambda: "c0ffee", ask, lambda _: None, open_slot)

    def sync(
        self, command: str, *arguments: str, by: str = "ana", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        return self.start(command, *arguments, by=by, **environment).done()

    def start(
        self, command: str, *arguments: str, by: str = "ana", with_browser: bool = False, **environment: str
    ) -> "Running":
        """The real tool, as `python -m tools.sync … --stage local`; the builds of `write_build` are none that start."""
        if not with_browser:
            arguments = (*WITHOUT_BROWSER.get(command, ()), *arguments)
        common = ["--stage", "local", "--home", str(self.folder), "--by", by]
        common += ["--memory", str(self.folder / "memory" / by)]
        return Running(
            subprocess.Popen(
                [sys.executable, "-m", "tools.sync", command, *common, *arguments],
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        """As the distribution answers; without the front door, which this is not about."""
        headers = {"Host": self.domain, "X-Forwarded-Proto": "https"}
        return self.http.request("GET", self.aws.endpoint + path, headers=headers, redirect=False)

    def shown(self, path: str = "/") -> str:
        """Which build a viewer sees there."""
        found = re.search(r"build (\w+)", self.get(path).data.decode())
        return found.group(1) if found else ""


@dataclass(frozen=True)
class Running:
    process: "subprocess.Popen[str]"

    def done(self) -> "subprocess.CompletedProcess[str]":
        out, err = output_of(self.process, 120)
        return subprocess.CompletedProcess(self.process.args, self.process.returncode, out, err)


def bucket_template() -> str:
    """The bucket of resources.yaml, without all that a release does not touch."""
    text = (ROOT / ".chalice/resources.yaml").read_text()
    bucket = re.search(r"^  SpaBucket:\n(?:(?:    .*)?\n)+", text, re.MULTILINE)
    assert bucket
    outputs = [
        "SpaBucketName: {Value: !Ref SpaBucket}",
        "SpaBucketDomain: {Value: !GetAtt SpaBucket.RegionalDomainName}",
    ]
    return f"Resources:\n{bucket.group()}\nOutputs:\n" + "".join(f"  {output}\n" for output in outputs)


@contextlib.contextmanager
def new_site(aws: EmbeddedAws, folder: Path) -> Iterator[Site]:
    cloudformation = aws.client("cloudformation")
    stage = f"s{uuid.uuid4().hex[:8]}"
    resources = stacks.apply_stack(cloudformation, f"{stage}-resources", bucket_template(), {}, poll_s=0.05)
    edge = stacks.apply_stack(
        cloudformation,
        f"{stage}-edge",
        stacks.template("edge"),
        {
            **stacks.edge_parameters(stage, resources, "s" * 32),
            "ApiDomain": "localhost",
            "ApiPath": "/nothing",
            "ApiProtocol": "http-only",
            "ApiHttpPort": str(aws.port),
        },
        poll_s=0.05,
    )
    door = FrontDoor(free_port())
    door.claim()
    door.open(aws.port, edge["DistributionDomain"])
    base_url = f"http://127.0.0.1:{door.server_address[1]}"
    site = Site(
        aws,
        resources["SpaBucketName"],
        edge["DistributionId"],
        edge["DistributionDomain"],
        base_url,
        folder,
        urllib3.PoolManager(maxsize=8, timeout=30),
    )
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        "aws_port": aws.port,
        "bucket": site.bucket,
        "distribution": site.distribution,
        "base_url": base_url,
        "pid": os.getpid(),
    }
    (folder / "local.json").write_text(json.dumps(state))
    try:
        yield site
    finally:
        door.shutdown()
        door.server_close()


def write_build(
    folder: Path, name: str, *, files: int = 6, named: int | None = None, lines: int = 3, worker: bool = False
) -> Path:
    """A small SPA as Vite writes it: page, manifest, worker, and `files` assets, all hashed by `name`.

    They name one another, of the chunks only the first `named`. With `worker` that and the manifest name them, too.
    """
    tag = f"{name:0>8}"[-8:]
    assets = folder / "assets"
    assets.mkdir(parents=True)
    (assets / f"icon-{tag}.svg").write_text(f"<svg><!-- {name} --></svg>")
    (assets / f"font-{tag}.woff2").write_bytes(b"wOF2" + name.encode())
    (assets / f"index-{tag}.css").write_text(f"@font-face{{src:url(/assets/font-{tag}.woff2)}}")
    chunks = [f"chunk{number}-{tag}.js" for number in range(max(1, files - 4))]
    for chunk in chunks:
        (assets / chunk).write_text(f"export default '{name} {chunk}'\n")
    loads = "".join(f'import("./{chunk}");' for chunk in chunks[:named])
    (assets / f"index-{tag}.js").write_text(f"const build='{name}';{loads}\n")
    icon = {"src": f"/assets/icon-{tag}.svg", "type": "image/svg+xml"}
    # Installed apps keep their manifest: it differs only when its icons do.
    (folder / "manifest.webmanifest").write_text(json.dumps({"name": "Test", "icons": [icon] if worker else []}))
    shell = f"['/assets/index-{tag}.js'] // build {name}" if worker else "[]"
    (folder / "sw.js").write_text(f"const shell={shell}\n")
    (folder / "index.html").write_text(
        f"<!doctype html><!-- build {name} -->\n"
        f'<link rel="icon" href="/assets/icon-{tag}.svg"><link rel="manifest" href="/manifest.webmanifest">'
        f'<link rel="stylesheet" href="/assets/index-{tag}.css">'
        f'<script type="module" crossorigin src="/assets/index-{tag}.js"></script>' + "\n" * (lines - 1)
    )
    return folder


Fault = Callable[[int, Callable[[], AWSResponse]], AWSResponse]


@contextlib.contextmanager
def watched_calls(fault: Fault | None = None) -> Iterator[list[str]]:
    """Every request to AWS that leaves this process, retries too; `fault` may answer in its place."""
    made: list[str] = []
    lock = threading.Lock()
    send = URLLib3Session.send

    def watch(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        with lock:
            made.append(f"{request.method} {re.sub(r'^https?://[^/]+/[^/?]+', '', request.url)}")
            number = len(made)
        return fault(number, lambda: send(session, request)) if fault else send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", watch)
        patch.setattr("time.sleep", lambda _: None)
        yield made


def breaks(at: int, how: str) -> Fault:
    """What goes wrong with the `at`-th call.

    `refused`: it never arrives, nor does any later one (the laptop went offline); `lost`: it is done, its answer and
    all later calls are lost; `throttled`: AWS answers 503 to it and to all later ones; `failed`: it is done, but AWS
    answers 500 to it and to all later ones; `… once`: only that one, and it is tried again.
    """
    what, _, once = how.partition(" ")

    def fault(number: int, send: Callable[[], AWSResponse]) -> AWSResponse:
        if number < at or (number > at and once):
            return send()
        if number == at and what in ("lost", "failed"):
            send()
        if what in ("throttled", "failed"):
            return aws_answer(503, "SlowDown") if what == "throttled" else aws_answer(500, "InternalError")
        if what == "lost" and number == at:
            raise ReadTimeoutError(endpoint_url="here")
        raise EndpointConnectionError(endpoint_url="here")

    return fault


def aws_answer(status: int, code: str) -> AWSResponse:
    """A refusal as S3 and CloudFront write it."""

    class Body:
        def stream(self) -> Iterator[bytes]:
            yield f"<Error><Code>{code}</Code><Message>Try again.</Message></Error>".encode()

    return AWSResponse("http://here", status, {}, Body())
