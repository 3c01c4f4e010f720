"""The whole API does what the model does. tests/faults/test_model_again.py is the other half, for another process.

`MODEL_SEED=7 MODEL_EXAMPLES=2000` tries others, and more; a failure prints its steps and seed, and with that seed the
shortest steps to it.
`MODEL_SEED=random` draws a seed and prints it.
"""

import os

import pytest

from tests.support.model import run

# The time is for the slowest machine and the longest run.
pytestmark = pytest.mark.timeout(max(600, 4 * run.EXAMPLES))


def test_the_product_answers_as_the_model_does() -> None:
    run.run(os.environ.get("MODEL_SEED", "1"))
