"""What a test of the running product needs: calls through the front door, and pages that tell their troubles."""

import http.client
import json
import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.support.running import ROOT, Product
from tools.local.demo import hidden_fields

PHONE, DESKTOP, NARROW = {"width": 390, "height": 844}, {"width": 1280, "height": 800}, {"width": 320, "height": 640}
AXE = ROOT / "spa/node_modules/axe-core/axe.min.js"
TIMEOUT_S = 60
_starts = [datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def is_app(self) -> bool:
        """Whether this is the SPA's page."""
        return '<div id="app">' in self.text


@dataclass
class Site:
    """The running product, called as a client does: through the front door and the edge."""

    product: Product

    @property
    def url(self) -> str:
        return self.product.base_url

    @cached_property
    def token(self) -> str:
        return self.log_in()

    def log_in(self) -> str:
        return str(self.call("POST", "/api/login", {"password": self.product.password}).json["token"])

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        """One request, no redirect followed; `body` is bytes as they are, or JSON."""
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        if token:
            sent["Authorization"] = f"Bearer {token}"
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.msg, response.read())
        finally:
            connection.close()

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """A call that has to succeed; its JSON."""
        answer = self.call(method, path, body, token=self.token)
        assert answer.status in (200, 201), (method, path, answer.status, answer.text)
        return answer.json

    def charter(self, **changes: Any) -> dict[str, Any]:
        """A charter of the test's own, with a patron and a title that no other has."""
        tag = secrets.token_hex(4)
        # Each before the last: a test looks for its own where the board begins, without scrolling.
        starts_at = _starts[-1] - timedelta(minutes=1)
        _starts.append(starts_at)
        details = {
            "title": f"Evening sail {tag}",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=3)).isoformat(),
            "vessel": "S/V Petrel",
            "passenger_limit": 12,
            "departure_port": "Sausalito",
            "return_port": "Oakland",
            "captain": {"name": "Luis Ferreira", "email": "luis@example.com", "phone": "+1 415 555 0142"},
            "crew": [{"name": "Tess Lindqvist", "email": "", "phone": ""}],
            "patron": {"name": "Ana Ruiz", "email": f"patron-{tag}@example.com", "phone": "+1 415 555 0150"},
            "party_size": 4,
            "charter_fee_cents": 48000,
            "guest_notes": "Bring a jacket.",
        }
        return dict(self.admin("POST", "/api/events", details | changes))

    def change_settings(self, **changes: Any) -> dict[str, Any]:
        """What the desk has set, with these changes."""
        return dict(self.admin("PUT", "/api/settings", self.admin("GET", "/api/settings") | changes))

    def pay(self, event: dict[str, Any], **changes: Any) -> dict[str, Any]:
        path = f"/api/events/{event['event_id']}/payments/{uuid.uuid4()}"
        return dict(self.admin("PUT", path, {"method": "card", "amount_cents": 10000} | changes)["payment"])

    def payments(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.admin("GET", f"/api/events/{event['event_id']}/payments")["payments"])

    def sign(self, event: dict[str, Any], **changes: Any) -> Answer:
        """Post the waiver's form as a browser does; the answer, a 303 when it was signed."""
        path = f"/g/{event['event_id']}/waiver"
        form = hidden_fields(self.call("GET", path).text) | {
            "signer_name": "Marcus Bell",
            "esign_consent": "yes",
            "intent": "yes",
            "signature_typed": "Marcus Bell",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.call("POST", path, urlencode(form | changes, doseq=True).encode(), headers=headers)

    def mail(self, to: str) -> list[dict[str, Any]]:
        """What this address got, newest first."""
        messages = self.call("GET", "/_local/mail").json["messages"]
        return [mail for mail in messages if to in {address for _, address in getaddresses([mail["to"]])}]


@dataclass
class Troubles:
    """What a visitor would find in the developer tools: errors, refused policies, failed requests."""

    seen: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"error: {error}"))
        page.on("requestfailed", lambda request: self._note(f"failed: {request.method} {request.url}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # The status of a response is noted by itself.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self._note(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status}: {response.request.method} {response.url}")

    def _note(self, trouble: str) -> None:
        if not any(known in trouble for known in self.expected):
            self.seen.append(trouble)


@dataclass
class Signal:
    """What a route looks at before it lets a request through. Playwright goes on with what a route still holds as soon
    as that route is taken away, so it stays, and the test says when the signal is back.
    """

    is_back: bool = False


REPORT_POLICY = """addEventListener("securitypolicyviolation", (violation) =>
  console.error(`policy: ${violation.violatedDirective} ${violation.blockedURI}`));"""


NO_WORKER = "delete Navigator.prototype.serviceWorker"


def sign_in(context: BrowserContext, token: str) -> None:
    """The pages of this visitor start with a session."""
    context.add_init_script(f"sessionStorage.getItem('scc.token') ?? sessionStorage.setItem('scc.token', '{token}')")


def sample_mail(status: str, **changes: Any) -> dict[str, Any]:
    """A mail as the API lists it."""
    return {
        "mail_id": f"mail-{status}",
        "kind": "receipt",
        "to": "ana@example.com",
        "subject": "Payment received: $480.00",
        "event_id": "A" * 22,
        "charter": "Evening sail",
        "payment_id": None,
        "status": status,
        "attempts": 3,
        "created_at": "2026-07-01T12:00:00Z",
        "due_at": None,
        "finished_at": "2026-07-01T13:00:00Z",
        "note": "",
    } | changes


def card(page: Page, event: dict[str, Any]) -> Locator:
    return page.get_by_role("article", name=event["title"], exact=True)


def axe_violations(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds, by these rules or by all, each with the elements it means."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(f"{AXE.read_text()};0")
    options: dict[str, Any] = {"preload": False, "resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sideways_px(page: Page) -> int:
    """How much wider than the window the page is."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


BROKEN_AMOUNTS = r"""() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isShown = (element) =>
    !element || (getComputedStyle(element).clipPath === "none" && isShown(element.parentElement));
  const broken = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    for (const { 0: amount, index } of text.data.matchAll(/(?:[A-Z]{3}\u00a0|[$€£¥])\d[\d,]*(?:\.\d+)?/g)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + amount.length);
      const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom)));
      if (lines.size > 1 && isShown(text.parentElement)) broken.push(amount);
    }
  }
  return broken;
}"""


def broken_amounts(page: Page) -> list[str]:
    """The amounts that stand on two lines, for example `$1,50` above `0`."""
    return list(page.evaluate(BROKEN_AMOUNTS))


def sheets(page: Page, paper: str) -> int:
    """On how many sheets the page prints."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))
