"""How the tools talk: progress with elapsed time, one-line refusals, questions before changes."""

import gc
import sys
import time
from collections.abc import Callable

STARTED_AT = time.monotonic()


class Refused(Exception):
    """The tool won't or can't go on; its text is the one line a person needs."""


def progress(message: str) -> None:
    print(f"{time.monotonic() - STARTED_AT:6.1f}s  {message}", flush=True)


def note(message: str) -> None:
    """Progress of long work, for a person who watches; nothing in a pipe."""
    if sys.stderr.isatty():
        print(f"{time.monotonic() - STARTED_AT:6.1f}s  {message}", file=sys.stderr, flush=True)


def confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("this changes the cloud: answer the plan with --yes, or run it in a terminal")
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused("nothing changed")


def wait_for(name: str, wanted: str, look: Callable[[], str], *, poll_s: float, timeout_s: float) -> None:
    """Looks until the status of what has this name is the wanted one, and shows each."""
    deadline = time.monotonic() + timeout_s
    while True:
        status = look()
        progress(f"{name}: {status}")
        if status == wanted:
            return
        if time.monotonic() > deadline:
            raise Refused(f"{name} is {status} after {timeout_s:.0f} s, not {wanted}: look again later")
        time.sleep(poll_s)


def run_tool(main: Callable[[], int]) -> None:
    """Exit 0 done, 1 refused or failed with one line on standard error, 2 wrong usage (argparse)."""
    # Looking for garbage among botocore's large tables, and once more at the end, takes a quarter of a short run.
    gc.set_threshold(100_000)
    try:
        status = main()
        gc.freeze()
        sys.exit(status)
    except Refused as refusal:
        message = str(refusal)
    except KeyboardInterrupt:
        message = "interrupted"
    except Exception as error:
        if not is_from_aws(error):
            raise
        message = f"AWS: {one_line(error)}"
    print(message, file=sys.stderr)
    sys.exit(1)


def is_from_aws(error: Exception) -> bool:
    """Whether botocore raised it; seen by name, because not every command needs botocore."""
    return any(kind.__module__ == "botocore.exceptions" for kind in type(error).__mro__)


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())
