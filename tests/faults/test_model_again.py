"""The other half of tests/faults/test_model.py: other examples, in another process."""

import os

import pytest

from tests.support import machine

# The time is for the slowest machine and the longest run.
pytestmark = pytest.mark.timeout(max(600, 4 * machine.EXAMPLES))


def test_the_product_answers_as_the_model_does_to_others_too() -> None:
    machine.run(os.environ.get("MODEL_SEED", "2"))
