"""The real client of the product, pointed at a DynamoDB of the tests and at a fresh table there."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import pytest

from chalicelib.core import aws, settings
from tests.support import operator
from tests.support.running import AWS_KEYS
from tests.support.table import create_table

# Taken before a test puts another in its place.
make_client = aws.client.__wrapped__


@cache
def client(endpoint: str) -> Any:
    """With the product's own timeouts and attempts."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(endpoint).items():
            patch.setenv(name, value)
        return make_client("dynamodb")


def environment(endpoint: str) -> dict[str, str]:
    """What makes a client talk to this DynamoDB."""
    return {**AWS_KEYS, "AWS_ENDPOINT_URL_DYNAMODB": endpoint}


@contextmanager
def fresh_store(endpoint: str, **variables: str) -> Iterator[Any]:
    """`chalicelib.store` works on a table of its own for as long as it lasts; yields the client it uses."""
    dynamodb = client(endpoint)

    def only_dynamodb(service: str, **_: Any) -> Any:
        assert service == "dynamodb", f"{service} was called"
        return dynamodb

    with operator.operating(SCC_TABLE=create_table(dynamodb), **variables), pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "client", only_dynamodb)
        yield dynamodb


# Of items in one transaction, as DynamoDB documents it.
MOST_WRITES = 100


class Call(NamedTuple):
    """A call to DynamoDB, the capacity it consumed and what it asked for."""

    operation: str
    units: float
    asked: dict[str, Any]


@contextmanager
def counted(dynamodb: Any) -> Iterator[list[Call]]:
    """The calls made meanwhile, by one thread."""
    calls: list[Call] = []
    asked: list[dict[str, Any]] = []

    def ask(params: dict[str, Any], **_: Any) -> None:
        asked.append(params.copy())
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        # A refused call does not tell what it consumed.
        used = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))
        calls.append(Call(model.name, units, asked[-1]))

    dynamodb.meta.events.register("provide-client-params.dynamodb.*", ask)
    dynamodb.meta.events.register("after-call.dynamodb.*", note)
    try:
        yield calls
    finally:
        dynamodb.meta.events.unregister("provide-client-params.dynamodb.*", ask)
        dynamodb.meta.events.unregister("after-call.dynamodb.*", note)


def writes_of(calls: Iterable[Call]) -> list[int]:
    """How many items each transaction writes or checks."""
    return [len(call.asked["TransactItems"]) for call in calls if call.operation == "TransactWriteItems"]


def write_in_bulk(dynamodb: Any, items: list[dict[str, Any]]) -> None:
    """Faster than the product can; for copies of what the store wrote."""
    table = settings.settings().table

    def write(batch: list[dict[str, Any]]) -> Any:
        requests = [{"PutRequest": {"Item": item}} for item in batch]
        return dynamodb.batch_write_item(RequestItems={table: requests})["UnprocessedItems"]

    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(write, (items[place : place + 25] for place in range(0, len(items), 25))))
