"""Import statements whose modules load when something of them is first used.

A cold start loads only what its first request needs, and an editor still follows the imports. It is the recipe of
`importlib.util.LazyLoader` with a lock: before Python 3.12.3 that one shows a half-loaded module to other threads
(python/cpython#114763). A thread that loads a module holds its lock and takes those of the modules that it imports.
No two threads wait for each other, because imports go one way: see the contracts in pyproject.toml.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any


class _LazyModule(ModuleType):
    """Reading any attribute loads it."""

    def __getattribute__(self, name: str) -> Any:
        loader = object.__getattribute__(self, "__spec__").loader
        with loader.lock:
            # The thread that loads it reads it as well: its `__spec__`, while the module's own imports run.
            if object.__getattribute__(self, "__class__") is _LazyModule and not loader.is_loading:
                loader.is_loading = True
                try:
                    loader.real.exec_module(self)
                    object.__setattr__(self, "__class__", ModuleType)
                finally:
                    loader.is_loading = False
        return ModuleType.__getattribute__(self, name)


class _LazyLoader(Loader):
    def __init__(self, real: Loader) -> None:
        self.real, self.lock, self.is_loading = real, RLock(), False

    def exec_module(self, module: ModuleType) -> None:
        object.__setattr__(module, "__class__", _LazyModule)


class _LazyFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        if fullname.startswith("chalicelib.") and spec and spec.loader and spec.submodule_search_locations is None:
            spec.loader = _LazyLoader(spec.loader)
        return spec


@contextmanager
def lazy_imports() -> Iterator[None]:
    """Modules of `chalicelib` that are imported inside load later; packages load at once."""
    finder = _LazyFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
