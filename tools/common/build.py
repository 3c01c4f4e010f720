"""What is made from the sources: the function's package and the SPA, each again only when a source changed."""

import contextlib
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.common.cloud import EMBEDDED_REGION, ROOT
from tools.common.console import Refused
from tools.setup import SetupFailed, call, do_once, one_at_a_time

SPA_FOLDER = ROOT / "spa"
# What is made, and the workspace that makes a checked-in file.
NO_SOURCES = {"__pycache__", "dist", "node_modules", ".vite", "contract"}
SPA_BUILD = SPA_FOLDER / "dist"
PACKAGE_STAMP = "package.sha256"
# The OpenAPI document of the packaged API. In a process of its own: this one may have loaded earlier sources.
DOCUMENT = "openapi.json"
MAKE_DOCUMENT = """
import json, pathlib, sys
from chalicelib import openapi
pathlib.Path(sys.argv[1]).write_text(json.dumps(openapi.document()))
"""
SPA_STAMP = ".sources.sha256"


def package_function(folder: Path, stage: str) -> None:
    """`chalice package` into the folder, and the API's document."""

    def package() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        quiet_run(Path(sys.executable).with_name("chalice"), "package", "--stage", stage, folder.resolve())
        quiet_run(sys.executable, "-c", MAKE_DOCUMENT, (folder / DOCUMENT).resolve())

    with one_at_a_time("packaging"):
        do_once(folder / PACKAGE_STAMP, fingerprint_of(function_sources(stage)), package)
        for old in sorted((ROOT / ".chalice/deployments").glob("*.zip"), key=os.path.getmtime)[:-4]:
            old.unlink(missing_ok=True)


def build_spa() -> None:
    """`npm run build` into spa/dist."""
    stamp = SPA_BUILD / SPA_STAMP
    with one_at_a_time("build"):
        do_once(stamp, fingerprint_of(spa_sources()), lambda: quiet_run("npm", "run", "build", folder=SPA_FOLDER))


def all_sources(stage: str, before: str = "") -> str:
    """Fingerprint of all sources; the one before while an editor replaces a file."""
    with contextlib.suppress(FileNotFoundError):
        return fingerprint_of([*function_sources(stage), *spa_sources()])
    return before


def function_sources(stage: str) -> list[str]:
    return ["app.py", "chalicelib", "requirements.txt", ".chalice/config.json", f".chalice/policy-{stage}.json"]


def spa_sources() -> list[str]:
    return [f"spa/{path.name}" for path in sorted(SPA_FOLDER.iterdir()) if path.name not in NO_SOURCES]


def quiet_run(*command: str | Path, folder: Path = ROOT) -> None:
    """Run to the end; its output is shown only when it fails."""
    try:
        call(*command, folder=folder, AWS_DEFAULT_REGION=EMBEDDED_REGION)
    except SetupFailed as error:
        raise Refused(str(error)) from error


def fingerprint_of(paths: list[str]) -> str:
    digest = hashlib.sha256()
    for path in source_files(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def source_files(paths: list[str]) -> Iterator[Path]:
    for name in paths:
        path = ROOT / name
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (file for file in files if file.is_file() and not NO_SOURCES & set(file.relative_to(ROOT).parts))
