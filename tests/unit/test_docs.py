"""What the pages lead to exists: links, headings, files, modules, and every kind of mail."""

import re
from pathlib import Path

import pytest

from chalicelib.sweep import MAIL_KINDS
from tests.support.running import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = "app.py|chalicelib|tools|spa|tests|docs|[.]chalice"
# A page may leave the room's parent out: `payments/service.py`.
PARENTS = ("", "chalicelib/", "spa/src/", "tools/", "chalicelib/waivers/")
MADE_LATER = {"spa/dist", "spa/node_modules"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def find(path: str) -> Path | None:
    return next((ROOT / f"{parent}{path}" for parent in PARENTS if (ROOT / f"{parent}{path}").exists()), None)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not heading or heading in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"`([\w./-]+)(?:::\w+)?`", page.read_text())) - MADE_LATER
    full = {one for one in named if re.fullmatch(rf"({FOLDERS})(/.*)?", one)}
    # Of a path without its first folder only source files: "text/html" is none.
    short = {one for one in named if re.fullmatch(r"[a-z-]+/[\w/.-]+\.(py|tsx?|css|html|js|json|yaml)", one)}
    for one in full | short:
        # NAME and KIND stand for any.
        assert find(one) or re.search("NAME|KIND", one), one


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_name_that_is_said_to_be_in_a_file_is_there(page: Path) -> None:
    for name, path in re.findall(r"`(\w+)`\s+(?:in|of)\s+`([\w./-]+\.\w+)`", page.read_text()):
        file = find(path)
        assert file, path
        assert re.search(rf"\b(def|class|function|const) {name}\b|^{name}\b", file.read_text(), re.MULTILINE), name


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_tool_that_is_named_is_a_command(page: Path) -> None:
    for tool in set(re.findall(r"\btools\.([a-z_]+)", page.read_text())):
        assert (ROOT / f"tools/{tool}.py").is_file() or (ROOT / f"tools/{tool}/__main__.py").is_file(), tool


def test_the_index_of_decisions_lists_each_page_by_its_title_and_status() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text()
    pages = sorted(folder.glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    for page in pages:
        number, title = re.match(r"# (\d{4}): (.+)\n", page.read_text()).groups()  # type: ignore[union-attr]
        row = next(line for line in index.splitlines() if line.startswith(f"| {number} "))
        assert f"[{title}]({page.name})" in row
        is_superseded = "Status: superseded by" in page.read_text().replace("Superseded", "superseded")
        assert ("superseded by" in row) == is_superseded


def test_the_page_about_mail_lists_every_kind() -> None:
    rows = re.findall(r"^\| `(\w+)` \| the |^\| `(\w+)` \| a ", (ROOT / "docs/mail.md").read_text(), re.MULTILINE)
    assert {first or second for first, second in rows} == set(MAIL_KINDS)


def test_every_key_of_the_table_is_one_that_the_code_writes() -> None:
    section = (ROOT / "docs/architecture.md").read_text().partition("## The table")[2]
    source = "".join(file.read_text() for file in (ROOT / "chalicelib").rglob("*.py"))
    keys = set(re.findall(r"`#?([A-Z_]+)", section))
    assert len(keys) > 20
    assert not {key for key in keys if key not in source}
