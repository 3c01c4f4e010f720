"""How the tools talk: progress with elapsed time, one-line refusals, questions before changes."""

import gc
import os
import re
import sys
import time
from collections.abc import Callable, Sequence

LOOPBACK = ("localhost", "127.0.0.1", "::1")
STARTED_AT = time.monotonic()


class Refused(Exception):
    """The tool won't or can't go on; its text is the one line a person needs."""


def first_few(problems: Sequence[str], most: int = 5) -> str:
    """As one line."""
    more = f" and {len(problems) - most} more" if len(problems) > most else ""
    return "; ".join(problems[:most]) + more


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
    keep_loopback_direct()
    status, message = 1, ""
    try:
        status = main()
        gc.freeze()
    except SystemExit as wrong_usage:
        status = int(wrong_usage.code or 0)
    except BrokenPipeError:
        """Who reads has seen enough, as with `| head`."""
    except Refused as refusal:
        message = str(refusal)
    except KeyboardInterrupt:
        message = "interrupted"
    except Exception as error:
        if not is_from_aws(error):
            raise
        message = f"AWS: {one_line(error)}"
    if message:
        print(message, file=sys.stderr)
    try:
        print(end="", flush=True)
    except BrokenPipeError:
        # Python would try again at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def is_from_aws(error: Exception) -> bool:
    """Whether botocore raised it; seen by name, because not every command needs botocore."""
    return any(kind.__module__ == "botocore.exceptions" for kind in type(error).__mro__)


def one_line(error: Exception) -> str:
    """Without a full stop, for more may follow.

    AWS repeats a refused object whole, a function's secrets with it: what stands in braces is left out.
    """
    return " ".join(re.sub(r"\{.*(\}|$)", "{…}", str(error), flags=re.DOTALL).split()).removesuffix(".")


def keep_loopback_direct() -> None:
    """No proxy on the way to this machine, whoever asks: botocore, urllib3, or a program that is started."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if known.strip() != "*":
        hosts = [host.strip() for host in known.split(",")]
        known = ",".join(dict.fromkeys(host for host in (*hosts, *LOOPBACK) if host))
    os.environ |= {"no_proxy": known, "NO_PROXY": known}
