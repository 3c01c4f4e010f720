"""Modules that are loaded when something of them is first used: whoever opens the board waits for no mail or waiver."""

from importlib import import_module
from typing import Any


class _Later:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def later(name: str) -> Any:
    """Stands for the module `chalicelib.<name>`."""
    return _Later(f"chalicelib.{name}")
