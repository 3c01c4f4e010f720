"""A clock that a test turns."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.core import system


def turn_from(start: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the product's clock to `start`; what is returned turns it to so much after that, as `timedelta` takes it."""

    def turn(**later: float) -> None:
        monkeypatch.setattr(system, "utc_now", lambda: start + timedelta(**later))

    turn()
    return turn
