"""The commands around the product: one file a command, `python -m tools.NAME --help`."""

import importlib.util
import os
import sys
from pathlib import Path

_OWN_PYTHON = Path(__file__).parent.parent / ".venv/bin/python"
_NAME = "".join(sys.orig_argv[2:3])

# `python -m tools.NAME` works from any Python: one that lacks the packages hands over to the one that has them.
if (
    sys.orig_argv[1:2] == ["-m"]
    and _NAME.startswith("tools.")
    and importlib.util.find_spec("chalice") is None
    and _OWN_PYTHON.exists()
):
    os.execv(_OWN_PYTHON, [str(_OWN_PYTHON), *sys.orig_argv[1:]])  # noqa: S606 - our own Python, no shell wanted
