"""tools.smoke: passes what is right, and says of what is wrong which wrong it is."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import pytest

from tests.support import operator
from tests.support.answering import answering, reply
from tests.support.functions import create_functions
from tests.support.running import ROOT, Product
from tools.common.cloud import Cloud
from tools.local.embedded import EmbeddedAws
from tools.smoke.checks import NO_EVENT, NO_LINKS, NO_PAYMENT, WORKER, Site, run_checks

PAYMENT = f"/api/events/{NO_EVENT}/payments/{NO_PAYMENT}"
WAIVER = f"/g/{NO_EVENT}/waiver"
PAGE = '<div id="app"></div><script type="module" src="/assets/app-1.js"></script>'
SAFE = {
    "Content-Security-Policy": "default-src 'none'",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
HTML, JSON = {"Content-Type": "text/html; charset=utf-8"}, {"Content-Type": "application/json"}
NO_STORE = {"Cache-Control": "no-store"}
Reply = tuple[int, dict[str, str], str]


def good() -> dict[str, Reply]:
    """A deployment that answers as it should, by path."""
    page = (200, HTML | SAFE, PAGE)
    return {
        PAYMENT: (401, JSON | SAFE | NO_STORE, "{}"),
        "/api/health": (200, JSON | SAFE | NO_STORE, '{"status": "ok", "version": "1"}'),
        "/api/events": (200, JSON | SAFE | NO_STORE, '{"events": []}'),
        "/api/nope": (404, JSON | SAFE | NO_STORE, "{}"),
        WAIVER: (404, HTML | SAFE | NO_STORE, "<h1>Not found</h1>"),
        **dict.fromkeys(NO_LINKS, (404, HTML | SAFE | NO_STORE, "<h1>This link opens nothing</h1>")),
        WORKER: (200, {"Content-Type": "text/javascript"}, "addEventListener()"),
        "/": page,
        f"/events/{NO_EVENT}": page,
        "/assets/app-1.js": (200, {"Content-Type": "text/javascript"}, 'import("./later-2.js")'),
        "/assets/later-2.js": (200, {"Content-Type": "text/javascript"}, "export {}"),
    }


@dataclass
class Fake:
    replies: dict[str, Reply] = field(default_factory=good)
    base_url: str = ""


@pytest.fixture
def fake() -> Iterator[Fake]:
    served = Fake()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        status, headers, body = served.replies.get(handler.path.split("?")[0], (404, JSON, "{}"))
        reply(status, body, headers)(handler)

    with answering(answer) as (served.base_url, _):
        yield served


def failures(fake: Fake, cloud: Cloud | None = None) -> dict[str, str]:
    results = run_checks(Site(fake.base_url), cloud, "production")
    return {result.name: result.detail for result in results if result.state == "FAIL"}


def test_a_right_deployment_passes(fake: Fake) -> None:
    assert failures(fake) == {}


MASKED = (200, HTML | SAFE, PAGE)


@pytest.mark.parametrize(
    ("path", "reply", "check", "named"),
    [
        (PAYMENT, MASKED, "payment endpoint", "the SPA is masking the API"),
        (PAYMENT, (404, JSON, "{}"), "payment endpoint", "is not wired"),
        (PAYMENT, (403, JSON, "{}"), "payment endpoint", "SCC_ORIGIN_SECRETS"),
        (PAYMENT, (201, JSON, "{}"), "payment endpoint", "201 application/json instead of 401"),
        (PAYMENT, (401, JSON | SAFE, "{}"), "payment endpoint", "instead of no-store"),
        ("/api/health", (500, JSON, "{}"), "health", "its log names the reason"),
        ("/api/health", MASKED, "health", "instead of 200 application/json"),
        ("/api/nope", MASKED, "unknown API call", "instead of an error in JSON"),
        (WAIVER, MASKED, "waiver page", "the SPA answers instead of the function"),
        (WAIVER, (404, HTML | SAFE, "<h1>"), "waiver page", "instead of no-store"),
        (WAIVER, (200, HTML | SAFE | NO_STORE | {"X-Cache": "Hit from cloudfront"}, "x"), "waiver page", "instead of"),
        (NO_LINKS[0], MASKED, "private links", "the SPA answers instead of the function"),
        (NO_LINKS[0], (404, HTML | SAFE, "<h1>"), "private links", "instead of no-store"),
        (NO_LINKS[0], (404, JSON | SAFE | NO_STORE, "{}"), "private links", "instead of the function's 404"),
        (NO_LINKS[1], MASKED, "private links", "the SPA answers instead of the function"),
        (NO_LINKS[2], MASKED, "private links", "the SPA answers instead of the function"),
        (WORKER, MASKED, "private links", "instead of the worker"),
        ("/", (403, {"Content-Type": "application/xml"}, "<Error/>"), "SPA (production)", "nothing is promoted yet"),
        (f"/events/{NO_EVENT}", (404, JSON, "{}"), "SPA (production)", "an address inside the SPA"),
        ("/assets/app-1.js", (404, JSON, "{}"), "SPA (production)", "/assets/app-1.js answers 404"),
        ("/assets/later-2.js", (404, JSON, "{}"), "SPA (production)", "/assets/later-2.js answers 404"),
        ("/assets/app-1.js", (200, HTML, "<p>"), "SPA (production)", "text/html instead of 200 text/javascript"),
        ("/assets/no-such-file-00000000.js", MASKED, "SPA (production)", "a missing asset answers 200"),
        ("/", (200, HTML, PAGE), "security headers", "/ has Content-Security-Policy None"),
    ],
)
def test_what_is_wrong_is_told_apart(fake: Fake, path: str, reply: Reply, check: str, named: str) -> None:
    fake.replies[path] = reply
    assert named in failures(fake)[check]


def test_a_server_that_does_not_answer_is_a_failure_and_no_crash() -> None:
    results = run_checks(Site("http://127.0.0.1:1"), None, "production")
    assert {result.state for result in results} == {"FAIL", "note"}


# --- with a stage ---------------------------------------------------------------------------------


@pytest.fixture
def cloud(embedded_aws: EmbeddedAws) -> Cloud:
    cloud = Cloud(f"s{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    create_functions(cloud, operator.environment(SCC_MAIL_FROM=f"captain@{cloud.stage}.example"))
    return cloud


def log(cloud: Cloud, message: str, age_s: float = 0) -> None:
    logs, group = cloud.client("logs"), f"/aws/lambda/{cloud.function_names()[1]}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    logs.put_log_events(
        logGroupName=group,
        logStreamName="s",
        logEvents=[{"timestamp": int((time.time() - age_s) * 1000), "message": message}],
    )


def test_an_error_in_either_functions_log_is_reported(fake: Fake, cloud: Cloud) -> None:
    log(cloud, "scc.mail - ERROR - mail 1: attempt 2 broke off (TypeError)", age_s=-1)
    assert "attempt 2 broke off" in failures(fake, cloud)["function's log"]


def test_what_was_logged_before_the_last_change_is_past(fake: Fake, cloud: Cloud) -> None:
    log(cloud, "[ERROR] SCC_TABLE is missing.", age_s=600)
    assert "function's log" not in failures(fake, cloud)


def test_a_sender_that_ses_has_not_verified_is_named(fake: Fake, cloud: Cloud) -> None:
    assert f"has not verified captain@{cloud.stage}.example" in failures(fake, cloud)["mail"]
    cloud.client("sesv2").create_email_identity(EmailIdentity=f"captain@{cloud.stage}.example")
    assert "mail" not in failures(fake, cloud)


@pytest.mark.parametrize("verified", ["mail.sail.{}.example", "sail.{}.example", "{}.example"])
def test_a_sender_is_verified_by_its_domain_or_one_above(fake: Fake, embedded_aws: EmbeddedAws, verified: str) -> None:
    cloud = Cloud(f"s{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    create_functions(cloud, operator.environment(SCC_MAIL_FROM=f"captain@mail.sail.{cloud.stage}.example"))
    assert "has not verified captain@mail.sail" in failures(fake, cloud)["mail"]
    cloud.client("sesv2").create_email_identity(EmailIdentity=verified.format(cloud.stage))
    assert "mail" not in failures(fake, cloud)


@pytest.mark.parametrize(
    ("sender", "verified", "passes"),
    [
        ("captain@mail.{}.example", "{}.example", True),
        ("captain@a.b.c.{}.example", "c.{}.example", True),
        ("captain@{}.example", "mail.{}.example", False),
        ("captain@not{}.example", "{}.example", False),
    ],
)
def test_a_verified_domain_covers_those_below_it(
    fake: Fake, embedded_aws: EmbeddedAws, sender: str, verified: str, passes: bool
) -> None:
    cloud = Cloud(f"s{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    create_functions(cloud, operator.environment(SCC_MAIL_FROM=sender.format(cloud.stage)))
    cloud.client("sesv2").create_email_identity(EmailIdentity=verified.format(cloud.stage))
    assert ("mail" not in failures(fake, cloud)) == passes


def test_a_missing_setting_is_named(fake: Fake, cloud: Cloud) -> None:
    function = cloud.function_names()[1]
    variables = operator.environment(SCC_OPERATOR_NAME="")
    cloud.client("lambda").update_function_configuration(FunctionName=function, Environment={"Variables": variables})
    assert failures(fake, cloud)["settings"] == f"{function}: SCC_OPERATOR_NAME is missing."


def test_functions_that_are_not_there_are_named(fake: Fake, embedded_aws: EmbeddedAws) -> None:
    assert "ship-captain-crew-nowhere" in failures(fake, Cloud("nowhere", embedded_aws.endpoint))["settings"]


# --- the command ----------------------------------------------------------------------------------


def run(*arguments: str, typed: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tools.smoke", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        input=typed,
        check=False,
        capture_output=True,
        text=True,
    )


def log_in(product: Product) -> str:
    body = json.dumps({"password": product.password}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(product.base_url + "/api/login", body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(json.load(response)["token"])


def test_the_product_as_make_run_starts_it_passes_in_both_slots(product: Product) -> None:
    token = log_in(product)
    done = run(product.base_url, "--json", "--token-stdin", typed=token + "\n")
    report = json.loads(done.stdout)
    assert (done.returncode, report["passed"]) == (0, True), done.stdout + done.stderr
    assert {check["state"] for check in report["checks"]} == {"pass"}
    assert token not in done.stdout + done.stderr
    staged = run(product.base_url, "--slot", "staging", SCC_SMOKE_TOKEN=token)
    assert staged.returncode == 0, staged.stdout + staged.stderr
    assert f"{'charters':16}  " in staged.stdout


def test_the_products_own_aws_passes_too(product: Product) -> None:
    results = run_checks(Site(product.base_url), Cloud("local", product.endpoint), "production")
    by_name = {result.name: result for result in results}
    assert by_name["settings"].state == "pass", by_name["settings"]
    assert by_name["settings"].detail.endswith("no second factor for admin")
    assert by_name["mail"].state == "pass", by_name["mail"]


def test_what_says_nothing_fails_after_the_time_that_is_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = run(f"http://127.0.0.1:{silent.getsockname()[1]}", "--timeout", "0.1")
    assert done.returncode == 1
    assert re.search(r"FAIL +health +http://\S+/api/health does not answer: .*Read timed out", done.stdout)


@pytest.mark.parametrize("wrong", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_in_which_nothing_can_answer_is_wrong_usage(fake: Fake, wrong: str) -> None:
    assert run(fake.base_url, f"--timeout={wrong}").returncode == 2


def test_a_failure_exits_1_with_one_line(fake: Fake) -> None:
    fake.replies[PAYMENT] = MASKED
    done = run(fake.base_url)
    assert done.returncode == 1
    assert "FAIL  payment endpoint" in done.stdout
    assert done.stderr == f"{fake.base_url}: 1 of 8 checks failed: payment endpoint\n"


def test_an_address_with_a_path_is_wrong_usage() -> None:
    assert run("https://charters.example.com/api").returncode == 2
    assert run().returncode == 2
