"""A Chromium of this machine without windows, for what has to be seen as a viewer sees it."""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from tools.common.console import Refused
from tools.setup import VENV

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from playwright.async_api import Browser
    from playwright.sync_api import Playwright

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
    from playwright.sync_api import sync_playwright

    use_own_node()
    return sync_playwright()


@contextlib.asynccontextmanager
async def started_browser(path: str) -> AsyncIterator["Browser"]:
    """Refused when the browser does not start, or breaks."""
    from playwright.async_api import Error, async_playwright

    use_own_node()
    async with async_playwright() as playwright:
        try:
            async with await playwright.chromium.launch(executable_path=path, args=list(FLAGS)) as browser:
                yield browser
        except Error as error:
            raise Refused(f"{path} fails: {error.message.splitlines()[0]}") from error


def use_own_node() -> None:
    """The one that Playwright brings needs libatomic, which a bare Debian lacks."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    if node := shutil.which("node", path=path):
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = node
