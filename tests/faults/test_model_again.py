"""The other half of tests/faults/test_model.py: other examples, in another process."""

import os

import pytest

from tests.support.model import run

# The time is for the slowest machine and the longest run.
pytestmark = pytest.mark.timeout(max(600, 4 * run.EXAMPLES))


def test_the_product_answers_as_the_model_does_to_others_too() -> None:
    run.run(os.environ.get("MODEL_SEED", "2"))
