"""The other half of tests/faults/test_model.py: other examples, in another process."""

import os

from tests.support import machine


def test_the_product_answers_as_the_model_does_to_others_too() -> None:
    machine.run(os.environ.get("MODEL_SEED", "2"))
