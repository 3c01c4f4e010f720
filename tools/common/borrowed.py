"""Well-known tools that no command of everyday needs: each in an environment of its own below `.cache`."""

import subprocess
import sys
from pathlib import Path

from tools.common.cloud import ROOT
from tools.common.console import Refused


def borrow(requirement: str) -> list[str]:
    """The command of a tool in an environment of its own."""
    name, folder = requirement.partition("==")[0], ROOT / ".cache" / requirement
    if not (folder / "bin" / name).is_file():
        call([sys.executable, "-m", "venv", str(folder)])
        call([str(folder / "bin/python"), "-m", "pip", "install", "--quiet", requirement])
    return [str(folder / "bin" / name)]


def call(command: list[str], *, folder: Path = ROOT, accept: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)
    if done.returncode not in accept:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        raise Refused(f"`{Path(command[0]).name} {' '.join(command[1:3])}` failed: {last[0]}")
    return done.stdout
