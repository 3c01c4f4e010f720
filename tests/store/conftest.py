from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.stores import fresh_store


@pytest.fixture(params=["dynamodb_local", "embedded_aws"])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A fresh table in AWS's own DynamoDB Local, then in the embedded AWS: one contract for both."""
    found = request.getfixturevalue(request.param)
    endpoint = found if isinstance(found, str) else found.endpoint
    with fresh_store(endpoint) as client:
        yield client
