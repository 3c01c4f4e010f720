"""HTML pages and mail texts: Jinja2 with autoescape on, waiver texts by mistune, English and Spanish words."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from chalicelib import money, times

if TYPE_CHECKING:
    from jinja2 import Environment

_LINK = re.compile(r"(https?://|mailto:|tel:)[^\s<>\"'`]+", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


def render(template: str, **facts: Any) -> str:
    """A page or mail; `language` among the facts says in which words, English by default."""
    language = facts.get("language", "en")
    return (
        _environment().get_template(template).render({"language": language, "_": say(language), "script": "", **facts})
    )


def say(language: str) -> Callable[..., str]:
    """What turns an English sentence into one of this language; what it does not know stays English.

    `{names}` in a sentence are filled in. A sentence with numbers is looked up with # for each of them.
    """
    words = _words(language)

    def translate(sentence: str, **values: Any) -> str:
        known = words.get(sentence)
        if known is None:
            numbers = iter(_NUMBER.findall(sentence))
            known = re.sub("#", lambda _: next(numbers), words.get(_NUMBER.sub("#", sentence), "")) or sentence
        for name, value in values.items():
            known = known.replace(f"{{{name}}}", str(value))
        return known

    return translate


@cache
def _words(language: str) -> Mapping[str, str]:
    return {} if language == "en" else json.loads(_file(f"words-{language}.json"))


def sample_waiver(language: str) -> str:
    return _file(f"waiver-sample-{language}.md")


def stylesheet() -> str:
    return _file("page.css")


def script() -> str:
    """What the waiver's page does more with JavaScript."""
    return _file("waiver.js")


@cache
def _file(name: str) -> str:
    return (files("chalicelib") / "templates" / name).read_text("utf-8")


@cache
def _environment() -> "Environment":
    # Imported late: most requests answer JSON and need no template.
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context, select_autoescape

    environment = Environment(
        loader=PackageLoader("chalicelib"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @pass_context
    def day(context: Any, instant: str, timezone: str) -> str:
        return times.spell_day(instant, timezone, context["language"])

    @pass_context
    def clock(context: Any, instant: str, timezone: str) -> str:
        return times.spell_clock(instant, timezone, context["language"])

    environment.filters.update(money=money.spell, day=day, clock=clock, markdown=markdown)
    return environment


# --- Markdown -------------------------------------------------------------------------------------


def markdown(text: str) -> str:
    """Safe HTML of a waiver's text: made of its tree, so that it shows what a preview shows and nothing else."""
    return str(_environment().get_template("markdown.html").module.blocks(read_markdown(text)))  # type: ignore[attr-defined]


def read_markdown(text: str) -> list[dict[str, Any]]:
    """A waiver's text as a tree of blocks: heading, paragraph, list, quote, rule, each with its inlines.

    Raw HTML in it is text, an image its description, a link to anything but a page, an address or a number its words.
    """
    return list(_blocks(_markdown()(text)))


@cache
def _markdown() -> Any:
    import mistune

    return mistune.create_markdown(renderer=None)


def _blocks(tokens: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for token in tokens:
        kind = token["type"]
        if kind == "heading":
            level = 2 if token["attrs"]["level"] <= 2 else 3
            yield {"type": "heading", "level": level, "children": _inlines(token["children"])}
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


def _inlines(tokens: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
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
