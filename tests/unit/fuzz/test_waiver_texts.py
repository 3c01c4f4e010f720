"""Whatever an author writes into a waiver: it harms no page, and takes no long."""

import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.waivers import markdown
from chalicelib.waivers.fields import MAX_TEXT_CHARS
from tests.support.fuzzing import any_text, fuzz

ALLOWED = {"h2": (), "h3": (), "p": (), "ol": (), "ul": (), "li": (), "blockquote": (), "hr": (), "code": ()} | {
    "br": (),
    "strong": (),
    "em": (),
    "a": ("href",),
}
MARKS = r"""
    # ## ** * _ ` ``` > - 1. [ ] ( ) ![ <b> </b> <script> <img/onerror=x> <a href= javascript: JAVASCRIPT&colon; ~~ |
    data:text/html, https://e.example mailto:a@b.example tel:1 " ' & &#106; &lt; \ --- === [a]: :// // %0a <!-- -->
    <![CDATA[ word
""".split()
marks = st.lists(
    st.sampled_from([*MARKS, "\n", "\n\n", "    ", "\t", " ", "\u202e", "\xa0"]) | any_text, max_size=40
).map("".join)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def words(tree: Any) -> str:
    if isinstance(tree, list):
        return "".join(map(words, tree))
    return tree.get("text", "") + words(tree.get("children", [])) + words(tree.get("items", []))


@fuzz
@given(marks)
def test_of_any_markdown_only_harmless_elements_come_out_with_every_word(text: str) -> None:
    page = Page(markdown.to_html(text))
    for tag, attributes in page.tags:
        assert tuple(attributes) == ALLOWED[tag]
        if tag == "a":
            assert re.match(r"(https?://|mailto:|tel:)", attributes["href"] or "", re.IGNORECASE)
    assert "".join(page.text.split()) == "".join(words(markdown.parse(text)).split())


@fuzz
@given(marks)
def test_the_html_of_a_waiver_taken_for_markdown_is_text(text: str) -> None:
    assert {tag for tag, _ in Page(markdown.to_html(markdown.to_html(text))).tags} <= set(ALLOWED)


@pytest.mark.parametrize(
    "piece",
    [
        ">",
        "> ",
        "- ",
        "1. ",
        "*",
        "**a *b ",
        "_a ",
        "`a",
        "[",
        "[a](",
        "![",
        "[a][",
        "<a ",
        "<",
        "<!--",
        "&#",
        "\\",
        "\t",
        "a\n=\n",
        "[a]: b\n",
        "```\n",
        "#",
        "|",
        "~~a ",
        "\n",
        "> - ",
    ],
)
def test_no_text_of_full_length_takes_long(piece: str) -> None:
    text = (piece * MAX_TEXT_CHARS)[:MAX_TEXT_CHARS]
    begun = time.process_time()
    Page(markdown.to_html(text))
    # The function is stopped at 15 s.
    assert time.process_time() - begun < 15
