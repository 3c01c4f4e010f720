"""The real client of the product, pointed at a DynamoDB of the tests and at a fresh table there."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from chalicelib import aws
from tests.support import operator
from tests.support.table import create_table


@cache
def client(endpoint: str) -> Any:
    """With the product's own timeouts and attempts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        return aws.client.__wrapped__("dynamodb")


@contextmanager
def fresh_store(endpoint: str, **settings: str) -> Iterator[Any]:
    """`chalicelib.store` works on a table of its own for as long as it lasts; yields the client it uses."""
    dynamodb = client(endpoint)

    def only_dynamodb(service: str, **_: Any) -> Any:
        assert service == "dynamodb", f"{service} was called"
        return dynamodb

    with operator.operating(SCC_TABLE=create_table(dynamodb), **settings), pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "client", only_dynamodb)
        yield dynamodb


@contextmanager
def watched(note: Any) -> Iterator[None]:
    """Tells the name of each call to DynamoDB, retries too, for as long as it lasts."""
    events = aws.client("dynamodb").meta.events

    def tell(model: Any, **_: Any) -> None:
        note(model.name)

    events.register("before-call.dynamodb", tell)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb", tell)
