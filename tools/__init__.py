"""The commands around the product: one file a command, `python -m tools.NAME --help`."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

_OWN = Path(__file__).parent.parent / ".venv"
_PYTHON = _OWN / "bin/python"
_NAME = "".join(sys.orig_argv[2:3])

# `python -m tools.NAME` works from any Python: one that lacks the packages hands over to the one that has them.
if (
    sys.orig_argv[1:2] == ["-m"]
    and _NAME.startswith("tools.")
    and sys.prefix != str(_OWN)
    and find_spec("chalice") is None
    and _PYTHON.exists()
):
    os.execv(_PYTHON, [str(_PYTHON), *sys.orig_argv[1:]])  # noqa: S606 - our own Python, no shell wanted
