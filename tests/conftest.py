"""What every test may ask for: the embedded AWS, DynamoDB Local, a browser and the running product, all on loopback."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.order import LongestFirst, turn_of
from tests.support.doubles import smtp_server
from tests.support.programs import found_programs
from tests.support.running import Product, running_dynamodb, running_product
from tools.common.browser import start_playwright
from tools.common.cloud import ignore_users_aws
from tools.common.console import keep_loopback_direct
from tools.local.embedded import EmbeddedAws


def pytest_configure(config: pytest.Config) -> None:
    """Whatever the user's shell has set; one temporary folder for all that is started, gone at the end."""
    keep_loopback_direct()
    ignore_users_aws()
    if hasattr(config, "workerinput"):
        return
    # Told to stop, as by `timeout` or CI: like Ctrl-C, so that what was started ends, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Short: a socket's path has 108 bytes.
    folder = tempfile.mkdtemp(prefix="scc-")
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst:
    config.option.loadscopereorder = False
    return LongestFirst(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn_of(item.nodeid))


def needed_program(name: str) -> str:
    programs = found_programs()
    if name not in programs["tools"]:
        pytest.skip(programs["missing"].get(name, f"{name} was not set up: run the tests with `make test`"))
    return programs["tools"][name]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """What could not be tested stands below pytest's own summary, where it is seen."""
    yield
    if reporter := session.config.pluginmanager.get_plugin("terminalreporter"):
        for reason in found_programs()["missing"].values():
            reporter.write_line(f"not everything was tested: {reason}")


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An AWS of its own for the tests: `.endpoint`, `.client("dynamodb")`; forgotten at the end."""
    aws = EmbeddedAws(tmp_path_factory.mktemp("embedded-aws") / "aws.log")
    try:
        aws.wait_ready()
        yield aws
    finally:
        aws.stop()


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Endpoint of AWS's own DynamoDB Local, in memory."""
    java, folder = needed_program("java"), Path(needed_program("dynamodb_local"))
    with running_dynamodb(java, folder, tmp_path_factory.mktemp("dynamodb-local") / "log") as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a mail server on loopback."""
    return smtp_server.make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product: `.base_url`, `.password`, `.endpoint` of its embedded AWS."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Executable of a Chromium or Chrome; the tests are skipped with the remedy where there is none."""
    return needed_program("browser")


@pytest.fixture(scope="session")
def started_playwright() -> Iterator[Any]:
    """Two of them in one process disturb each other."""
    with start_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(started_playwright: Any, browser_path: str) -> Iterator[Any]:
    """A headless browser of Playwright; one context a test keeps visitors apart."""
    browser = started_playwright.chromium.launch(
        executable_path=browser_path, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
    )
    yield browser
    browser.close()
