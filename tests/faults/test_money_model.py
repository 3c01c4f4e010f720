"""The money desk does what the model does, whoever works on it and whatever fails: batches, corrections, evidence.

`MONEY_EXAMPLES=10000` tries more histories, and `MODEL_SEED=7` others; a failure prints its steps and seed, and with
that seed the shortest steps to it.
"""

import os

import pytest

from tests.support.model import run

# The time is for the slowest machine and the longest run.
pytestmark = pytest.mark.timeout(max(600, 4 * run.MONEY_EXAMPLES))


def test_the_money_desk_answers_as_the_model_does() -> None:
    run.run(os.environ.get("MODEL_SEED", "3"), run.MoneyDesk, run.MONEY_EXAMPLES)
