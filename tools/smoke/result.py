"""What a check of a deployment says, and how it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from tools.common.console import Refused, one_line


@dataclass(frozen=True)
class Result:
    name: str
    state: Literal["pass", "FAIL", "note"]
    """A note is worth reading and no failure."""
    detail: str


class NotAsExpected(Exception):
    """What was seen instead, in one line."""


class Skipped(Exception):
    """Why a check says nothing."""


Check = tuple[str, Callable[[], str]]


def run_check(name: str, look: Callable[[], str]) -> Result:
    try:
        return Result(name, "pass", look())
    except Skipped as reason:
        return Result(name, "note", str(reason))
    except (NotAsExpected, Refused) as problem:
        return Result(name, "FAIL", str(problem))
    except (BotoCoreError, ClientError, ValueError, KeyError, TypeError) as problem:
        return Result(name, "FAIL", f"{type(problem).__name__}: {one_line(problem)}")


def failed(results: list[Result]) -> list[str]:
    return [result.name for result in results if result.state == "FAIL"]


def show(results: list[Result]) -> None:
    width = max(len(result.name) for result in results)
    for result in results:
        print(f"{result.state}  {result.name:{width}}  {result.detail}")


def require_passed(base_url: str, results: list[Result]) -> None:
    if failing := failed(results):
        raise Refused(f"{base_url}: {len(failing)} of {len(results)} checks failed: {', '.join(failing)}")
