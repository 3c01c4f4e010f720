"""HTML pages and mail texts: Jinja2 with autoescape on, in English and Spanish."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.core import names, times

if TYPE_CHECKING:
    from jinja2 import Environment

_NUMBER = re.compile(r"\d+")


def render(room: str, template: str, **data: Any) -> str:
    """A page or mail of a room, in the `language` that the data names; English by default."""
    language = data.get("language", "en")
    defaults = {"language": language, "_": translator(language), "script": ""}
    return environment(room).get_template(template).render({**defaults, **data})


def translator(language: str) -> Callable[..., str]:
    """A function that translates English sentences into this language; those it does not know stay English.

    It fills in `{names}` in a sentence. A sentence with numbers is looked up with # for each of them.
    """
    sentences = _sentences(language)

    def translate(sentence: str, **values: Any) -> str:
        known = sentences.get(sentence)
        if known is None:
            numbers = iter(_NUMBER.findall(sentence))
            known = re.sub("#", lambda _: next(numbers), sentences.get(_NUMBER.sub("#", sentence), "")) or sentence
        for name, value in values.items():
            known = known.replace(f"{{{name}}}", str(value))
        return known

    return translate


@cache
def _sentences(language: str) -> Mapping[str, str]:
    return {} if language == "en" else json.loads(read_file("pages", f"data/sentences-{language}.json"))


@cache
def read_file(room: str, name: str) -> str:
    """A text file that lies in a room."""
    return (files(f"chalicelib.{room}") / name).read_text("utf-8")


@cache
def environment(room: str) -> "Environment":
    """The room's templates. A folder among them only sorts: its templates are named without it, but for `parts/`."""
    # Imported late: most requests answer JSON and need no template.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape

    def in_language(spell: Callable[[str, str, str], str]) -> Callable[[Any, str, str], str]:
        return pass_context(lambda context, instant, timezone: spell(instant, timezone, context["language"]))

    folder = Path(str(files(f"chalicelib.{room}"))) / "templates"
    made = Environment(
        loader=FileSystemLoader([folder, *sorted(path for path in folder.iterdir() if path.is_dir())]),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    made.filters.update(day=in_language(times.spell_day), clock=in_language(times.spell_clock), isolate=names.isolate)
    made.filters["date"] = lambda day: times.spell_date(times.parse_day(day))
    return made
