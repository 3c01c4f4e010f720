"""Many at once: admins who log payments, guests who open and sign. How fast it goes, and whether anything is lost.

Two ways in: straight into the handler, one app and one client a caller, on DynamoDB Local; and as a browser comes,
through front door, CloudFront, API Gateway and Lambda of `make run`. After each case the whole table is read and its
books are added up anew: every answer that said yes has its row, the sums are right, the chain is whole, each mail is
owed once. A client that is told 503 asks again with the same id, as the outbox of the app does; those are counted.

`python -m tests.benchmarks.load paced` lets the 200 guests come over five minutes.
"""

import http.client
import json
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.core import aws, settings
from tests.benchmarks.capacity import local_store
from tests.benchmarks.tables import show
from tests.support import stores
from tests.support.api import ORIGIN_SECRET, Api, new_event, new_payment
from tests.support.operator import PASSWORD
from tests.support.running import running_product
from tools.audit.checks import find_differences
from tools.audit.records import gather
from tools.common.cloud import embedded_client
from tools.common.table import scan
from tools.local.demo import hidden_fields

ADMINS = (1, 8, 32)
SECONDS = 5.0
GUESTS, CHARTERS, AT_ONCE = 200, 5, 50
PACED_S = 300.0
FORM = "application/x-www-form-urlencoded"
TRIES = 30
NO_ANSWER = 599
# Taken before a store of the tests takes its place.
make_client = aws.client.__wrapped__


class Answer(NamedTuple):
    status: int
    text: str


Send = Callable[[str, str, str | None, str], Answer]
"""Method, path, body and its type; an answer."""


@dataclass
class Tally:
    """What the callers of one case saw."""

    took_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: dict[str, dict[str, int]] = field(default_factory=dict)
    """Cents of each payment that was answered with yes, by charter."""
    signed: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(
        self, send: Send, method: str, path: str, body: str | None = None, kind: str = "application/json"
    ) -> Answer:
        """Until there is an answer other than "busy"; each try is counted, the time is that of the whole."""
        started_at = time.perf_counter()
        for _ in range(TRIES):
            answer = send(method, path, body, kind)
            with self.lock:
                self.statuses[answer.status] += 1
            if answer.status < 500:
                break
            time.sleep(0.2)
        with self.lock:
            self.took_ms.append((time.perf_counter() - started_at) * 1000)
        return answer


@dataclass
class Way:
    """How the callers come in, and what there is to check afterwards."""

    name: str
    caller: Callable[[int], Send]
    scan: Callable[[], Iterator[dict[str, Any]]]
    cancelled: Callable[[], int | None]
    """How many transactions DynamoDB has cancelled so far, where that can be seen."""


def main(paced: str = "") -> None:
    rows = []
    for enter in (into_the_handler, as_a_browser):
        with enter() as way:
            payment_row(way, 4, 4, seconds=2)  # loads what the first of its kind loads
            rows += [*payment_rows(way), guest_row(way, PACED_S if paced else 0)]
    heads = ["", "done", "a second", "p50 ms", "p99 ms", "slowest", "cancelled", "told 503", "other errors", "books"]
    show(f"load, {SECONDS:.0f} s a case of payments", heads, rows)


# --- the two ways in ------------------------------------------------------------------------------


@contextmanager
def into_the_handler() -> Iterator[Way]:
    with local_store(SCC_ORIGIN_SECRETS=ORIGIN_SECRET) as (endpoint, dynamodb), pytest.MonkeyPatch.context() as patch:
        for name, value in stores.environment(endpoint).items():
            patch.setenv(name, value)
        mine, one_by_one, cancelled = threading.local(), threading.Lock(), deque[int]()

        def own_client(service: str, **_: Any) -> Any:
            """A client a caller, as each function has its own."""
            if not hasattr(mine, "client"):
                with one_by_one:
                    mine.client = make_client("dynamodb")
                mine.client.meta.events.register("after-call.dynamodb.TransactWriteItems", note)
            return mine.client

        def note(http_response: Any, **_: Any) -> None:
            if http_response.status_code == 400:
                cancelled.append(1)

        patch.setattr(aws, "client", own_client)
        token = Api().post("/api/login", {"password": PASSWORD}).json["token"]

        def caller(number: int) -> Send:
            api = Api(token, address=f"192.0.2.{number % 250 + 1}")

            def send(method: str, path: str, body: str | None, kind: str) -> Answer:
                answer = api.call(method, path, raw=body, content_type=kind)
                return Answer(answer.status, answer.text)

            return send

        table = settings.settings().table
        yield Way("handler", caller, lambda: scan(dynamodb, table), lambda: len(cancelled))


@contextmanager
def as_a_browser() -> Iterator[Way]:
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as product:
        address = urlsplit(product.base_url)
        dynamodb = embedded_client("dynamodb", product.endpoint)
        (table,) = dynamodb.list_tables()["TableNames"]

        def caller(_: int, token: str = "") -> Send:
            def send(method: str, path: str, body: str | None, kind: str) -> Answer:
                connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
                headers = {"Content-Type": kind, "Authorization": f"Bearer {token}"}
                try:
                    connection.request(method, path, body, headers)
                    response = connection.getresponse()
                    text = response.read().decode()
                except OSError:
                    return Answer(NO_ANSWER, "")
                finally:
                    connection.close()
                return Answer(response.status, text)

            return send

        login = caller(0)("POST", "/api/login", json.dumps({"password": product.password}), "application/json")
        token = json.loads(login.text)["token"]
        yield Way("browser", lambda number: caller(number, token), lambda: scan(dynamodb, table), lambda: None)


# --- admins ---------------------------------------------------------------------------------------


def payment_rows(way: Way) -> Iterator[list[str]]:
    for admins in ADMINS:
        for charters in sorted({1, admins}):
            yield payment_row(way, admins, charters)


def payment_row(way: Way, admins: int, charters: int, seconds: float = SECONDS) -> list[str]:
    make = way.caller(0)
    ids = [new_charter(make) for _ in range(charters)]
    tally, before = Tally(), way.cancelled()
    start, ends_at = threading.Barrier(admins + 1), [0.0]

    def log(number: int) -> None:
        send, event_id = way.caller(number), ids[number % charters]
        send("GET", "/api/session", None, "application/json")
        start.wait()
        turn = 0
        while time.perf_counter() < ends_at[0]:
            turn += 1
            payment_id, cents = str(uuid.uuid4()), number * 1000 + turn
            body = json.dumps(new_payment(amount_cents=cents, kind="balance"))
            answer = tally.ask(send, "PUT", f"/api/events/{event_id}/payments/{payment_id}", body)
            if answer.status in (200, 201):
                with tally.lock:
                    tally.acknowledged.setdefault(event_id, {})[payment_id] = cents

    with ThreadPoolExecutor(admins) as pool:
        ends_at[0] = time.perf_counter() + 3600
        running = [pool.submit(log, number) for number in range(admins)]
        start.wait()
        started_at = time.perf_counter()
        ends_at[0] = started_at + seconds
        for one in running:
            one.result()
    took_s = time.perf_counter() - started_at
    where = "one charter" if charters == 1 else f"{charters} charters"
    title = f"{way.name}: {admins} admin{'s' * (admins > 1)}, {where}"
    return row(way, title, tally, took_s, before, check_payments(way, tally, ids))


def new_charter(send: Send) -> str:
    answer = send("POST", "/api/events", json.dumps(new_event(passenger_limit=None)), "application/json")
    return str(json.loads(answer.text)["event_id"])


def check_payments(way: Way, tally: Tally, ids: list[str]) -> str:
    found = gather(way.scan())
    wrong = [str(one) for one in find_differences(found)]
    mailed = Counter(mail.payment_id for mail in found.mails.values() if mail.payment_id)
    for event_id in ids:
        rows = {one["payment_id"]: one["amount_cents"] for one in found.payments.get(event_id, [])}
        if rows != tally.acknowledged.get(event_id, {}):
            wrong.append(f"{event_id}: rows differ from what was acknowledged")
        if found.events[event_id].sums.received_cents != sum(rows.values()):
            wrong.append(f"{event_id}: the sum is wrong")
        wrong += [f"{one}: {mailed[one]} mails" for one in rows if mailed[one] != 1]
    return told(wrong)


# --- guests ---------------------------------------------------------------------------------------


def guest_row(way: Way, paced_s: float) -> list[str]:
    make = way.caller(0)
    ids = [new_charter(make) for _ in range(CHARTERS)]
    tally, before = Tally(), way.cancelled()
    apps: Any = threading.local()
    started_at = time.perf_counter()

    def sign(number: int) -> None:
        if not hasattr(apps, "send"):
            apps.send = way.caller(number)
        time.sleep(max(0.0, started_at + paced_s * number / GUESTS - time.perf_counter()))
        page = f"/g/{ids[number % CHARTERS]}/waiver"
        form = hidden_fields(tally.ask(apps.send, "GET", page).text)
        name = f"Guest {number}"
        form |= {"signer_name": name, "signer_email": f"guest{number}@example.com", "signature_typed": name}
        answer = tally.ask(apps.send, "POST", page, urlencode(form | {"esign_consent": "on", "intent": "on"}), FORM)
        if answer.status == 303:
            with tally.lock:
                tally.signed.add(name)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(sign, range(GUESTS)))
    took_s = time.perf_counter() - started_at
    pace = f"over {paced_s / 60:.0f} minutes" if paced_s else f"{AT_ONCE} at once"
    title = f"{way.name}: {GUESTS} guests open and sign, {pace}"
    return row(way, title, tally, took_s, before, check_signatures(way, tally, ids))


def check_signatures(way: Way, tally: Tally, ids: list[str]) -> str:
    found = gather(way.scan())
    wrong = [str(one) for one in find_differences(found)]
    records = [one for kept in found.waivers.values() for one in kept]
    signed = Counter(one["signer_name"] for one in records)
    if signed != Counter(tally.signed) or len(tally.signed) != GUESTS:
        wrong.append(f"{len(tally.signed)} were told that they have signed, {signed.total()} have")
    counted = sum(found.events[event_id].signed_count for event_id in ids)
    if counted != signed.total():
        wrong.append(f"the charters count {counted}")
    copies = Counter(facts["waiver_id"] for _, facts in found.mails.values() if facts["kind"] == "waiver_copy")
    wrong += [
        f"{one['waiver_id']}: {copies[one['waiver_id']]} mails" for one in records if copies[one["waiver_id"]] != 1
    ]
    return told(wrong)


# --- telling --------------------------------------------------------------------------------------


def row(way: Way, title: str, tally: Tally, took_s: float, before: int | None, verdict: str) -> list[str]:
    took = sorted(tally.took_ms)
    after = way.cancelled()
    busy = tally.statuses.pop(503, 0)
    errors = {status: count for status, count in tally.statuses.items() if status >= 400}
    return [
        title,
        str(len(took)),
        f"{len(took) / took_s:.0f}",
        f"{took[len(took) // 2]:.0f}",
        f"{took[len(took) * 99 // 100]:.0f}",
        f"{took[-1]:.0f}",
        "-" if before is None or after is None else str(after - before),
        str(busy),
        ", ".join(f"{count} x {status}" for status, count in errors.items()) or "none",
        verdict,
    ]


def told(wrong: list[str]) -> str:
    for one in wrong[:10]:
        print(one, file=sys.stderr)
    return f"{len(wrong)} WRONG" if wrong else "right"


if __name__ == "__main__":
    main(*sys.argv[1:])
