"""What an operation asks of DynamoDB: calls and capacity, on DynamoDB Local; and the board as the table grows."""

import statistics
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core import settings, system
from chalicelib.mail import outbox, transport
from chalicelib.sweep import MAIL_KINDS
from tests.benchmarks.tables import show, spread
from tests.support.api import Api, new_event, new_payment
from tests.support.operator import PASSWORD
from tests.support.programs import found_programs
from tests.support.running import running_dynamodb
from tests.support.stores import Call, counted, fresh_store, write_in_bulk
from tools.local.demo import hidden_fields

SIZES = (100, 10_000, 100_000)
LISTS = 40
READS = ("GetItem", "BatchGetItem", "Query")


@contextmanager
def local_store(**variables: str) -> Iterator[tuple[str, Any]]:
    """A fresh table in a DynamoDB Local of its own; its endpoint and the product's client. No mail leaves."""
    tools = found_programs()["tools"]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport, "send", lambda _: transport.Outcome("sent", "bench"))
        java, where = tools["java"], Path(tools["dynamodb_local"])
        with (
            running_dynamodb(java, where, Path(folder) / "log") as endpoint,
            fresh_store(endpoint, **variables) as dynamodb,
        ):
            yield endpoint, dynamodb


def main() -> None:
    if missing := found_programs()["missing"].keys() & {"java", "dynamodb_local"}:
        print(f"calls and capacity: left out, {', '.join(missing)} missing\n")
        return
    with local_store() as (_, dynamodb):
        show("calls to DynamoDB and capacity units", ["", "calls", "read", "written"], list(operation_rows(dynamodb)))
    with local_store() as (_, dynamodb):
        show("a list of 50 charters", ["among", "seeded in", "read units", "ms"], list(list_rows(dynamodb)))


def operation_rows(dynamodb: Any) -> Iterator[list[str]]:
    guest = Api()
    token = guest.post("/api/login", {"password": PASSWORD}).json["token"]
    api = guest.with_token(token)
    event_id = api.post("/api/events", new_event()).json["event_id"]
    url, page = f"/api/events/{event_id}", f"/g/{event_id}/waiver"
    for _ in range(50):
        api.post("/api/events", new_event())
    for number in range(10):
        api.put(f"{url}/payments/{uuid.uuid4()}", new_payment(amount_cents=number + 1, notify=False))
    ids = [str(uuid.uuid4()) for _ in range(3)]

    def sign() -> Any:
        form = hidden_fields(guest.get(page).text)
        asked.clear()
        return guest.submit(
            page,
            form
            | {
                "signer_name": "Ana R.",
                "esign_consent": "on",
                "intent": "on",
                "signature_typed": "Ana R.",
                "signer_email": "ana@example.com",
            },
        )

    operations: dict[str, Callable[[], Any]] = {
        "log in": lambda: guest.post("/api/login", {"password": PASSWORD}),
        "check a login": lambda: api.get("/api/session"),
        "list 50 charters": lambda: api.get("/api/events"),
        "a charter with 10 payments": lambda: api.get(url),
        "a new charter": lambda: api.post("/api/events", new_event(), headers={"idempotency-key": str(uuid.uuid4())}),
        "edit a charter": lambda: api.patch(url, {"version": 1, "title": "Moonlight sail"}),
        "log a payment": lambda: api.put(f"{url}/payments/{ids[0]}", new_payment(notify=False)),
        "the same again": lambda: api.put(f"{url}/payments/{ids[0]}", new_payment(notify=False)),
        "log a payment, mail it": lambda: api.put(f"{url}/payments/{ids[1]}", new_payment(method="check")),
        "clear it": lambda: api.post(f"{url}/payments/{ids[1]}/clear", {}),
        "void it, mail it": lambda: api.post(f"{url}/payments/{ids[1]}/void", {"reason": "twice"}),
        "payments of a month": lambda: api.get("/api/payments"),
        "payments to clear": lambda: api.get("/api/payments/to-clear"),
        "the guest page": lambda: guest.get(f"/api/guest/{event_id}"),
        "open the waiver": lambda: guest.get(page),
        "sign it, mail the copy": sign,
        "the manifest": lambda: api.get(f"{url}/manifest"),
        "an idle minute of the sweeper": lambda: outbox.sweep(MAIL_KINDS, system.utc_now()),
    }
    with counted(dynamodb) as asked:
        for name, operation in operations.items():
            asked.clear()
            answer = operation()
            if getattr(answer, "status", 200) >= 400:
                raise RuntimeError(f"{name}: {answer.status} {answer.text[:300]}")
            yield [name, *cells(asked)]


def cells(calls: list[Call]) -> list[str]:
    spelled = ", ".join(f"{count} {name}" for name, count in Counter(call.operation for call in calls).items())
    read, written = (sum(call.units for call in calls if (call.operation in READS) == reads) for reads in (True, False))
    return [spelled, f"{read:g}", f"{written:g}"]


def list_rows(dynamodb: Any) -> Iterator[list[str]]:
    guest = Api()
    api = guest.with_token(guest.post("/api/login", {"password": PASSWORD}).json["token"])
    event_id = api.post("/api/events", new_event()).json["event_id"]
    key = {"PK": {"S": f"EVENT#{event_id}"}, "SK": {"S": "EVENT"}}
    item = dynamodb.get_item(TableName=settings.settings().table, Key=key)["Item"]
    there = 1
    for size in SIZES:
        started_at = time.perf_counter()
        write_in_bulk(dynamodb, [copy(item, number) for number in range(there, size)])
        seeded_s, there = time.perf_counter() - started_at, size
        with counted(dynamodb) as asked:
            took = [list_ms(api) for _ in range(LISTS)]
        queries = [call.units for call in asked if call.operation == "Query"]
        yield [f"{size:,}", f"{seeded_s:.0f} s", f"{statistics.median(queries):g}", spread(took[3:], 1)]


def copy(item: dict[str, Any], number: int) -> dict[str, Any]:
    """A charter of its own, days apart from the next one: a board of centuries."""
    name = f"{number:022d}"
    start = f"{2031 + number // 1000:04d}-{number % 12 + 1:02d}-02T{number % 24:02d}:00:00Z"
    return {**item, "PK": {"S": f"EVENT#{name}"}, "by_date_sk": {"S": f"{start}#{name}"}}


def list_ms(api: Api) -> float:
    started_at = time.perf_counter()
    answer = api.get("/api/events?limit=50")
    took_ms = (time.perf_counter() - started_at) * 1000
    if len(answer.json["events"]) != 50:
        raise RuntimeError(answer.text[:300])
    return took_ms


if __name__ == "__main__":
    main()
