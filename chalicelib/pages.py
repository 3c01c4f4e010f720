"""HTML pages and mail texts: Jinja2 with autoescape on, waiver text by mistune with HTML off."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from chalicelib import money, times

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **facts: Any) -> str:
    return _environment().get_template(template).render(facts)


def markdown(text: str) -> str:
    """Safe HTML of a waiver's text: raw HTML in it is shown as text, links lose harmful schemes."""
    return str(_markdown()(text))


def default_waiver() -> str:
    return (files("chalicelib") / "templates" / "waiver-default.md").read_text("utf-8")


def stylesheet() -> str:
    return (files("chalicelib") / "templates" / "page.css").read_text("utf-8")


@cache
def _environment() -> "Environment":
    # Imported late: most requests answer JSON and need no template.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("chalicelib"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(money=money.spell, day=times.spell_day, clock=times.spell_clock, markdown=markdown)
    return environment


@cache
def _markdown() -> Any:
    import mistune

    return mistune.create_markdown(escape=True)
