"""A Chromium of this machine without windows, for what has to be seen as a viewer sees it."""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.common.console import Refused
from tools.setup import VENV

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Playwright

# The first is the same browser without windows: a visitor costs it a third of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PACKAGE = "chromium-headless-shell"
FLAGS = ("--no-sandbox", "--disable-background-networking")


def find_browser() -> str:
    """Its path. Refused with the remedy where there is none, or nothing to drive it."""
    if not importlib.util.find_spec("playwright"):
        raise Refused("Playwright is not installed here: `python3 tools/setup.py check` installs it")
    if path := next(filter(None, map(shutil.which, BROWSERS)), None):
        return path
    raise Refused(f"no Chromium or Chrome on this machine: `sudo apt-get install {BROWSER_PACKAGE}`")


def start_playwright() -> "AbstractContextManager[Playwright]":
    """On our Node.js: the one that Playwright brings needs libatomic, which a bare Debian lacks."""
    from playwright.sync_api import sync_playwright

    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = shutil.which("node", path=path) or ""
    return sync_playwright()


@contextlib.contextmanager
def started_browser(path: str) -> Iterator["Browser"]:
    from playwright.sync_api import Error

    with start_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        except Error as error:
            raise Refused(f"{path} does not start: {error.message.splitlines()[0]}") from error
        try:
            yield browser
        finally:
            browser.close()
