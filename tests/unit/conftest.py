from collections.abc import Iterator

import pytest

from tests.support import operator


@pytest.fixture(autouse=True)
def here() -> Iterator[None]:
    """Every unit test runs as one operator; none has a network."""
    with operator.operating():
        yield
