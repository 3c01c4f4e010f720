"""Where a built SPA goes: assets first, index.html last, nothing in the pool ever overwritten."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from tools.console import Refused
from tools.embedded import EmbeddedAws
from tools.slots import IMMUTABLE, REVALIDATE, read_build, upload


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "sw.js").write_text("// worker")
    (tmp_path / "assets/app-1a2b.js").write_text("export {}")
    (tmp_path / "manifest.webmanifest").write_text("{}")
    return tmp_path


@pytest.fixture
def bucket(embedded_aws: EmbeddedAws) -> tuple[Any, str]:
    s3 = embedded_aws.client("s3")
    name = f"spa-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return s3, name


def test_assets_go_first_and_the_page_last(build: Path, bucket: tuple[Any, str]) -> None:
    written = upload(*bucket, read_build(build), "staging")
    assert written == ["assets/app-1a2b.js", "staging/manifest.webmanifest", "staging/sw.js", "staging/index.html"]


def test_types_and_cache_headers_come_from_one_table(build: Path, bucket: tuple[Any, str]) -> None:
    s3, name = bucket
    upload(s3, name, read_build(build), "production")
    expected = {
        "assets/app-1a2b.js": ("text/javascript; charset=utf-8", IMMUTABLE),
        "production/index.html": ("text/html; charset=utf-8", REVALIDATE),
        "production/manifest.webmanifest": ("application/manifest+json", REVALIDATE),
    }
    for key, (content_type, cache_control) in expected.items():
        found = s3.head_object(Bucket=name, Key=key)
        assert (found["ContentType"], found["CacheControl"]) == (content_type, cache_control)


def test_the_same_asset_again_is_left_alone(build: Path, bucket: tuple[Any, str]) -> None:
    upload(*bucket, read_build(build), "staging")
    assert "assets/app-1a2b.js" not in upload(*bucket, read_build(build), "production")


def test_other_bytes_under_a_pooled_name_are_refused(build: Path, bucket: tuple[Any, str]) -> None:
    upload(*bucket, read_build(build), "staging")
    (build / "assets/app-1a2b.js").write_text("export const other = 1")
    with pytest.raises(Refused, match="nothing was overwritten"):
        upload(*bucket, read_build(build), "staging")


def test_a_folder_without_a_page_is_no_build(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="make build"):
        read_build(tmp_path)
