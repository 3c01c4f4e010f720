"""A waiver's text: Markdown as a tree of blocks, and as safe HTML."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from chalicelib.pages import templates
from chalicelib.waivers.text_tree import Block, Inline

_LINK = re.compile(r"(https?://|mailto:|tel:)[^\s<>\"'`]+", re.IGNORECASE)
Token = Mapping[str, Any]
"""One of mistune's."""


# Every guest of a charter opens the same text.
@lru_cache(maxsize=8)
def to_html(text: str, *, links: bool = True) -> str:
    """Safe HTML of a waiver's text: made of its tree, so that it shows what a preview shows and nothing else.

    Without `links`, of a link only its text is left.
    """
    macros: Any = templates.environment("waivers").get_template("markdown.html").module
    return str(macros.blocks(parse(text), links))


def parse(text: str) -> list[Block]:
    """A waiver's text as a tree of blocks.

    Raw HTML is kept as text, an image as its description; a link stays one if it leads to a web page, an email
    address or a phone number.
    """
    return list(_blocks(_markdown()(text)))


@cache
def _markdown() -> Any:
    import mistune

    return mistune.create_markdown(renderer=None)


def _blocks(tokens: Iterable[Token]) -> Iterator[Block]:
    for token in tokens:
        kind = token["type"]
        if kind == "heading":
            children = _inlines(token["children"])
            yield {"type": "heading", "level": 2 if token["attrs"]["level"] <= 2 else 3, "children": children}
        elif kind in ("paragraph", "block_text"):
            yield {"type": "paragraph", "children": _inlines(token["children"])}
        elif kind == "list":
            items = [list(_blocks(item["children"])) for item in token["children"]]
            yield {"type": "list", "ordered": token["attrs"]["ordered"], "items": items}
        elif kind == "block_quote":
            yield {"type": "quote", "children": list(_blocks(token["children"]))}
        elif kind == "thematic_break":
            yield {"type": "rule"}
        elif kind == "block_code":
            yield {"type": "paragraph", "children": [{"type": "code", "text": token["raw"].rstrip("\n")}]}
        elif kind == "block_html":
            yield {"type": "paragraph", "children": [{"type": "text", "text": token["raw"].strip()}]}


def _inlines(tokens: Iterable[Token]) -> list[Inline]:
    found: list[Inline] = []
    for token in tokens:
        kind = token["type"]
        if kind in ("strong", "emphasis"):
            found.append({"type": kind, "children": _inlines(token["children"])})
        elif kind == "link" and _LINK.fullmatch(token["attrs"]["url"]):
            found.append({"type": "link", "href": token["attrs"]["url"], "children": _inlines(token["children"])})
        elif kind in ("link", "image"):
            found += _inlines(token["children"])
        elif kind == "codespan":
            found.append({"type": "code", "text": token["raw"]})
        elif kind == "linebreak":
            found.append({"type": "break"})
        else:
            found.append({"type": "text", "text": "\n" if kind == "softbreak" else token["raw"]})
    return found
