"""The apps that are measured side by side: how they are installed, what they are asked, and running one of them.

The peers are no part of the project; pip puts them, pinned, into a folder of their own. As in Lambda there is one
folder of the SDK (boto3, as the runtime has it) and one of the function; nothing else is on the path, and the
interpreter reads no site-packages.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chalicelib.charters import service as charters
from chalicelib.core import settings, system
from chalicelib.sign_in import service as sign_in
from tests.support import operator
from tests.support.api import new_event, new_payment
from tests.support.running import AWS_KEYS, ROOT
from tools.common.build import package_function

FOLDER = ROOT / ".cache/bench-peers"
CHILD, SOURCES = Path(__file__).with_name("child.py"), Path(__file__).with_name("peers")
PINNED = {
    "powertools": ["aws-lambda-powertools==3.37.0"],
    "fastapi": ["fastapi==0.165.0", "mangum==0.22.0"],
    "flask": ["flask==3.1.3", "apig-wsgi==2.20.0"],
}
# Each app: the name it is shown under, its module, the function in it, the folders it needs.
OURS = "ours"
BARE = "bare Chalice, boto3"
BARE_OURS = "bare Chalice, our client"
IDLE = "bare Chalice, no calls"
FASTAPI_OURS = "our rules on FastAPI + Mangum"
APPS = {
    OURS: ("app", "app", ["function"]),
    BARE: ("bare_chalice", "handler", ["chalice", "sources"]),
    BARE_OURS: ("bare_chalice", "handler", ["function", "sources"]),
    IDLE: ("idle_chalice", "handler", ["chalice", "sources"]),
    "Powertools' resolver": ("powertools", "handler", ["powertools", "sources"]),
    "FastAPI + Mangum": ("fastapi_mangum", "handler", ["fastapi", "sources"]),
    "Flask + apig-wsgi": ("flask_wsgi", "handler", ["flask", "sources"]),
    FASTAPI_OURS: ("fastapi_ours", "handler", ["function", "fastapi", "sources"]),
}
CHARTERS = 50
PAYMENT_ID = "0190c0de-0000-7000-8000-000000000001"


def install() -> Path:
    """The folders of every app, ours out of the package that `chalice package` makes. Returns where they are."""
    requirements = (ROOT / "requirements-local.txt").read_text().split()
    pinned = {"sdk": [one for one in requirements if one.startswith(("boto3==", "botocore=="))], **PINNED}
    FOLDER.mkdir(parents=True, exist_ok=True)
    mark = FOLDER / "apps.json"
    if not mark.is_file() or json.loads(mark.read_text()) != pinned:
        for name, packages in pinned.items():
            shutil.rmtree(FOLDER / name, ignore_errors=True)
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(FOLDER / name), *packages]
            subprocess.run(command, check=True)
        mark.write_text(json.dumps(pinned))
    with tempfile.TemporaryDirectory() as folder:
        package_function(Path(folder) / "package", "dev")
        for name in ("function", "chalice", "sources"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)
        zipfile.ZipFile(Path(folder) / "package/deployment.zip").extractall(FOLDER / "function")
    shutil.copytree(FOLDER / "function/chalice", FOLDER / "chalice/chalice")
    shutil.copytree(SOURCES, FOLDER / "sources", ignore=shutil.ignore_patterns("__pycache__"))
    return FOLDER


def run(name: str, *, bytecode: bool = True, batches: int = 0, batch: int = 0, first: str = "list of 50") -> Any:
    """What the app cost in a process of its own. Without `bytecode`, what is in its package is compiled anew."""
    module, handler, folders = APPS[name]
    job = {
        "path": [str(FOLDER / folder) for folder in (*folders, "sdk")],
        "module": module,
        "handler": handler,
        "environment": {
            **operator.environment(SCC_TABLE="bench"),
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "CLIENT": "ours" if name == BARE_OURS else "boto3",
            **AWS_KEYS,
        },
        "first": first,
        "batches": batches,
        "batch": batch,
        **requests_and_answers(),
    }
    for folder in folders:
        compile_all(folder) if bytecode else forget_bytecode(folder)
    command = [sys.executable, "-I", "-S", *([] if bytecode else ["-B"]), str(CHILD)]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-1500:]}")
    found = json.loads(done.stdout)
    if any(status not in (200, 201) for status, _ in found["answers"].values()):
        raise RuntimeError(f"{name} answered {found['answers']}")
    return found


def compile_all(folder: str) -> None:
    if not next((FOLDER / folder).rglob("*.pyc"), None):
        command = [sys.executable, "-m", "compileall", "-q", str(FOLDER / folder)]
        subprocess.run(command, check=False, capture_output=True)


def forget_bytecode(folder: str) -> None:
    for cached in list((FOLDER / folder).rglob("__pycache__")):
        shutil.rmtree(cached)


@functools.cache
def requests_and_answers() -> dict[str, Any]:
    """API Gateway's events, and what DynamoDB answers to what they lead to: items that the product itself wrote."""
    written: list[dict[str, Any]] = []

    class Recorder:
        def put_item(self, **asked: Any) -> None:
            written.append(asked["Item"])

        def update_item(self, **_: Any) -> Any:
            return {"Attributes": {"tries": {"N": "1"}}}

        def transact_write_items(self, **asked: Any) -> None:
            written.extend(write["Put"]["Item"] for write in asked["TransactItems"])

    recorder = Recorder()
    with operator.operating(SCC_TABLE="bench"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.core.aws.client", lambda *_, **__: recorder)
        credentials = sign_in.Credentials(operator.PASSWORD, "", keep_signed_in=True)
        token = sign_in.log_in(credentials, address="192.0.2.7", now=system.utc_now())["token"]
        for number in range(CHARTERS):
            body = new_event(title=f"Sunset sail {number}")
            charters.create_charter(body, request_key=None, actor=operator.ADMIN, now=system.utc_now())
    settings.forget()
    session, *rows = written
    events = [row for row in rows if row["SK"]["S"] == "EVENT"]
    page = {"Items": events, "Count": CHARTERS, "ScannedCount": CHARTERS}
    answers = {
        "GetItem SESSION": {"Item": session},
        "GetItem EVENT": {"Item": events[0]},
        "Query": page,
        "TransactWriteItems": {},
    }
    event_id = events[0]["PK"]["S"].partition("#")[2]
    payment = {"event_id": event_id, "payment_id": PAYMENT_ID}
    paid = f"/api/events/{event_id}/payments/{PAYMENT_ID}"
    return {
        "canned": {name: json.dumps(answer, separators=(",", ":")) for name, answer in answers.items()},
        "requests": {
            "login check": gateway_event("GET", "/api/session", "/api/session", token),
            "list of 50": gateway_event("GET", "/api/events", "/api/events", token),
            "log payment": gateway_event(
                "PUT",
                paid,
                "/api/events/{event_id}/payments/{payment_id}",
                token,
                parameters=payment,
                body=new_payment(notify=False),
            ),
        },
    }


def gateway_event(
    method: str,
    path: str,
    resource: str,
    token: str,
    parameters: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """As API Gateway's Lambda proxy integration sends it (format 1.0)."""
    headers = {
        "accept": "application/json",
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "host": "sail.example.com",
        "x-forwarded-for": "192.0.2.7, 198.51.100.1",
        "x-forwarded-proto": "https",
    }
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters,
        "stageVariables": None,
        "requestContext": {
            "resourceId": "abc123",
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/prod{path}",
            "stage": "prod",
            "requestId": "00000000-0000-4000-8000-000000000000",
            "accountId": "123456789012",
            "apiId": "api",
            "identity": {"sourceIp": "198.51.100.1", "userAgent": "bench"},
            "protocol": "HTTP/1.1",
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
