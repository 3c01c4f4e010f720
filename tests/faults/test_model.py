"""The whole API does what the model does. tests/faults/test_model_again.py is the other half, for another process.

`MODEL_SEED=7 MODEL_EXAMPLES=2000` tries others, and more; a failure prints the shortest steps to it, and its seed.
`MODEL_SEED=random` draws a seed and prints it.
"""

import os

from tests.support import machine


def test_the_product_answers_as_the_model_does() -> None:
    machine.run(os.environ.get("MODEL_SEED", "1"))
