"""Modules that load at their first use, whichever thread comes first."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import chalicelib
from chalicelib.core.lazy import lazy_imports
from tests.support.races import at_once

NAME = "chalicelib.slow_sample"


@pytest.fixture
def slow_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module of the package that counts how often its code runs and takes a while to do so."""
    code = "import time\nSTARTED.append(1)\ntime.sleep(0.05)\nanswer = 42\n"
    (tmp_path / "slow_sample.py").write_text(code.replace("STARTED", "__import__('builtins').SLOW_SAMPLE"))
    monkeypatch.setattr("builtins.SLOW_SAMPLE", [], raising=False)
    monkeypatch.setattr(chalicelib, "__path__", [*chalicelib.__path__, str(tmp_path)])
    yield
    sys.modules.pop(NAME, None)
    vars(chalicelib).pop("slow_sample", None)


def runs() -> int:
    import builtins

    return len(builtins.SLOW_SAMPLE)  # type: ignore[attr-defined]


def test_the_code_runs_at_the_first_use_and_once(slow_module: None) -> None:
    with lazy_imports():
        from chalicelib import slow_sample  # type: ignore[attr-defined]
    assert runs() == 0
    assert (slow_sample.answer, slow_sample.answer) == (42, 42)
    assert runs() == 1
    assert slow_sample is sys.modules[NAME]


def test_threads_that_come_at_once_all_see_the_whole_module(slow_module: None) -> None:
    with lazy_imports():
        from chalicelib import slow_sample  # type: ignore[attr-defined]
    assert at_once(8, lambda _: slow_sample.answer) == [42] * 8
    assert runs() == 1


def test_a_module_that_failed_is_tried_again(slow_module: None, tmp_path: Path) -> None:
    code = (tmp_path / "slow_sample.py").read_text()
    (tmp_path / "slow_sample.py").write_text("raise OSError('not yet')\n")
    with lazy_imports():
        from chalicelib import slow_sample  # type: ignore[attr-defined]
    with pytest.raises(OSError, match="not yet"):
        _ = slow_sample.answer
    (tmp_path / "slow_sample.py").write_text(code)
    assert slow_sample.answer == 42


def test_imports_outside_of_it_load_at_once(slow_module: None) -> None:
    from chalicelib import slow_sample  # type: ignore[attr-defined]  # noqa: F401

    assert runs() == 1
