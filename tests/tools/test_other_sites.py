"""A page of another site, open in the browser of whoever runs the product: it reads, wipes and runs nothing.

The page is a real one in Chromium, on another port of this machine and under a name that was made to stand for it.
"""

import http.client
import json
import stat
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, Playwright, Response

from tests.support.running import Product
from tools.common.cloud import embedded_client

REFUSED = {403, 421}
EVIL = "evil.example"
NEW_FUNCTION = json.dumps({"FunctionName": "evil", "Runtime": "python3.12", "Handler": "x.y", "Role": "r", "Code": {}})

# Every way by which a page can send something without asking first, and every way to read an answer.
ATTACK = """async (targets) => {
  const got = [], later = (ms) => new Promise((done) => setTimeout(done, ms));
  const attack = async ([base, path, body]) => {
    const url = base + path, note = (way) => (what) => got.push(`${way} of ${url}: ${what}`);
    const settled = (element, way) => new Promise((done) => {
      element.onload = () => { if (way !== "iframe") note(way)("loaded"); done(); };
      element.onerror = done;
      setTimeout(done, 2000);
    });
    for (const method of ["POST", "GET"]) {
      const options = { method, mode: "no-cors", credentials: "include", ...(method === "POST" && { body }) };
      await fetch(url, { ...options, headers: { "Content-Type": "text/plain" } }).catch(() => {});
      await fetch(url, { method, ...(method === "POST" && { body }) }).then((a) => a.text())
        .then(note("read"), () => {});
    }
    for (const method of ["PUT", "DELETE"]) await fetch(url, { method, body }).then(note(method), () => {});
    await fetch(url, { headers: { "X-Amz-Target": "DynamoDB_20120810.ListTables", "X-Origin-Verify": "x" } })
      .then(note("with headers"), () => {});
    navigator.sendBeacon(url, body);
    for (const tag of ["img", "script", "iframe"]) {
      const element = document.createElement(tag), end = settled(element, tag);
      element.src = url;
      document.body.append(element);
      await end;
    }
    for (const sandbox of [null, "allow-forms allow-scripts"]) {
      const frame = document.createElement("iframe"), end = settled(frame, "iframe");
      if (sandbox) frame.sandbox = sandbox;
      frame.srcdoc = `<form method=post enctype=text/plain action="${url}"><input name='${body}'></form>
        <script>document.forms[0].submit()</script>`;
      document.body.append(frame);
      await end;
      await later(300);
    }
    await new Promise((done) => {
      const socket = new WebSocket(url.replace("http", "ws"));
      socket.onopen = () => { note("socket")("open"); done(); };
      socket.onerror = socket.onclose = done;
    });
  };
  await Promise.all(targets.map(attack));
  return got;
}"""


class OtherSite(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = b"<!doctype html><title>Another site</title><body><a id=link>follow me</a>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def other_port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), OtherSite) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def victims_browser(started_playwright: Playwright, browser_path: str) -> Iterator[Browser]:
    """For it, evil.example is this machine: what an attacker's name server would say."""
    rules = f"--host-resolver-rules=MAP {EVIL} 127.0.0.1"
    browser = started_playwright.chromium.launch(
        executable_path=browser_path, args=["--no-sandbox", "--disable-background-networking", rules]
    )
    yield browser
    browser.close()


@pytest.fixture
def page(victims_browser: Browser) -> Iterator[Page]:
    context = victims_browser.new_context()
    yield context.new_page()
    context.close()


def call(product: Product, path: str, body: Any = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(product.base_url + path, json.dumps(body).encode() if body else None, headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def everything(product: Product) -> Any:
    """What the embedded AWS holds: what a wipe would take and a program of an attacker would add to."""
    dynamodb, s3 = (embedded_client(name, product.endpoint) for name in ("dynamodb", "s3"))
    functions = embedded_client("lambda", product.endpoint).list_functions()["Functions"]
    stacks = embedded_client("cloudformation", product.endpoint).list_stacks()["StackSummaries"]
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    items = [
        item
        for table in dynamodb.list_tables()["TableNames"]
        for item in dynamodb.scan(TableName=table)["Items"]
        if item["PK"]["S"].startswith("EVENT#")
    ]
    return (
        sorted((each["FunctionName"], each["CodeSha256"]) for each in functions),
        sorted((each["StackName"], each["StackStatus"]) for each in stacks),
        {name: [each["Key"] for each in s3.list_objects_v2(Bucket=name).get("Contents", [])] for name in buckets},
        items,
    )


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    return str(call(product, "/api/login", {"password": product.password})["token"])


@pytest.fixture(scope="module")
def targets(product: Product, token: str) -> list[tuple[str, str, str]]:
    """Address, path and body: of the front door and of the embedded AWS's own port, what would harm most."""
    charter = {"title": "Canary sail", "starts_at": "2031-06-01T17:00:00Z", "ends_at": "2031-06-01T20:00:00Z"}
    event = call(product, "/api/events", charter, token)
    api_id = embedded_client("apigateway", product.endpoint).get_rest_apis()["items"][0]["id"]
    paths = [
        ("/_ministack/reset", "{}"),
        ("/_ministack/config", '{"lambda_svc.LAMBDA_EXECUTOR":"docker"}'),
        ("/_localstack/health", "{}"),
        ("/_ministack/ses/messages", "{}"),
        (f"/_aws/execute-api/{api_id}/dev/api/health", "{}"),
        (f"/restapis/{api_id}/dev/_user_request_/api/health", "{}"),
        ("/2015-03-31/functions", NEW_FUNCTION),
        ("/v2/email/outbound-emails", "{}"),
        ("/", "Action=CreateTopic&Name=evil"),
        ("/evil-bucket", "x"),
        ("/_local/mail", "{}"),
        (f"/api/guest/{event['event_id']}", "{}"),
        ("/api/login", '{"password":"guess"}'),
    ]
    return [(base, *path) for base in (product.base_url, product.endpoint) for path in paths]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", EVIL])
def test_a_page_of_another_site_reads_wipes_and_runs_nothing(
    product: Product, page: Page, other_port: int, targets: list[tuple[str, str, str]], host: str
) -> None:
    before = everything(product)
    ports = {urlsplit(base).port for base, _, _ in targets}
    answers: list[tuple[str, str, int]] = []

    def note(response: Response) -> None:
        if urlsplit(response.url).port in ports:
            answers.append((response.request.method, response.url, response.status))

    page.context.on("response", note)
    page.goto(f"http://{host}:{other_port}/")
    assert page.evaluate(ATTACK, targets) == []
    assert len(answers) >= 5 * len(targets), "they were sent, and answered"
    assert [answer for answer in answers if answer[2] not in REFUSED] == []
    assert everything(product) == before


def test_a_name_that_was_made_to_stand_for_this_machine_opens_nothing(product: Product, page: Page) -> None:
    before = everything(product)
    for base in (product.base_url, product.endpoint):
        port = urlsplit(base).port
        for path in ("/", "/_local/mail", "/_ministack/ses/messages", "/api/health"):
            shown = page.goto(f"http://{EVIL}:{port}{path}")
            assert shown
            assert (shown.status, shown.text()) == (421, "This answers to localhost only.\n")
            # The page has the origin that it asks now: it may read whatever is answered.
            asked = page.evaluate(
                """async (path) => { const a = await fetch(path, { method: "POST", body: "{}" });
                return [a.status, await a.text()]; }""",
                path.replace("/ses/messages", "/reset"),
            )
            assert asked[0] in REFUSED
            assert len(asked[1]) < 60
    assert everything(product) == before


def test_a_link_of_another_site_opens_the_page_it_names(product: Product, page: Page, other_port: int) -> None:
    page.goto(f"http://127.0.0.1:{other_port}/")
    page.evaluate("(url) => { document.getElementById('link').href = url; }", product.base_url)
    with page.expect_navigation() as opened:
        page.click("#link")
    assert opened.value.status == 200
    page.get_by_label("Password").wait_for()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_no_program_reaches_the_emulators_own_calls_through_the_front_door(product: Product, method: str) -> None:
    """By any header and path: what the front door hands on is the distribution's alone."""
    before, port = everything(product), urlsplit(product.base_url).port
    api_id = embedded_client("apigateway", product.endpoint).get_rest_apis()["items"][0]["id"]
    signed = (
        "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
    )
    ways: list[dict[str, str]] = [{}, {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Authorization": signed}]
    spa = http.client.HTTPConnection("localhost", port, timeout=60)
    spa.request("GET", "/no-such-page")
    page_of_spa = spa.getresponse().read()
    for path in (
        "/_ministack/reset",
        "/_ministack/health",
        "/_ministack/ready",
        "/_ministack/config",
        "/_ministack/ses/messages",
        "/_ministack/rds/iam-auth",
        "/_localstack/health",
        "/health",
        f"/_aws/execute-api/{api_id}/dev/api/health",
        f"/restapis/{api_id}/dev/_user_request_/api/health",
        "/oauth2/token",
        "/v2/email/identities",
        "/v20180820/tags/x",
        "/iceberg/v1/config",
        "/2015-03-31/functions",
        "/?Action=ListTopics",
        "//_ministack/reset",
        "/%5fministack/reset",
    ):
        for headers in ways:
            spa.request(method, path, b"{}" if method != "GET" else None, headers)
            answer = spa.getresponse()
            content = answer.read()
            assert answer.getheader("Via", "").endswith("(CloudFront)"), (path, answer.status, content[:200])
            assert answer.status >= 400 or content == page_of_spa, (path, answer.status, content[:200])
    spa.close()
    assert everything(product) == before


def test_what_the_local_copy_keeps_is_its_users_alone(product: Product) -> None:
    assert stat.S_IMODE(product.home.stat().st_mode) == 0o700
    kept = [product.home / name for name in ("local.json", "lock", "aws.log")]
    kept += [path for path in (product.home / "aws").rglob("*") if path.is_file() and path.suffix != ".tmp"]
    assert len(kept) > 3, "the embedded AWS keeps its state there"
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in kept} == {
        path.name: oct(0o600) for path in kept
    }
