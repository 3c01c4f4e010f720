"""HTML pages and mail texts: Jinja2 with autoescape on, English and Spanish words."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from chalicelib.core import times

if TYPE_CHECKING:
    from jinja2 import Environment

_NUMBER = re.compile(r"\d+")


def render(room: str, template: str, **data: Any) -> str:
    """A page or mail of a room; `language` in the data says in which words, English by default."""
    language = data.get("language", "en")
    defaults = {"language": language, "_": translator(language), "script": ""}
    return environment(room).get_template(template).render({**defaults, **data})


def translator(language: str) -> Callable[..., str]:
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
    return {} if language == "en" else json.loads(read_file("core", f"words-{language}.json"))


@cache
def read_file(room: str, name: str) -> str:
    """A text file that lies in a room."""
    return (files(f"chalicelib.{room}") / name).read_text("utf-8")


@cache
def environment(room: str) -> "Environment":
    # Imported late: most requests answer JSON and need no template.
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context, select_autoescape

    made = Environment(
        loader=PackageLoader(f"chalicelib.{room}"),
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

    made.filters.update(day=day, clock=clock)
    return made
