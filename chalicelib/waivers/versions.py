"""The texts that guests sign: one current version a language, each named by the SHA-256 of its bytes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.core import templates, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.waivers import evidence, markdown, store
from chalicelib.waivers.fields import LANGUAGES, PREVIEW, NewVersion

if TYPE_CHECKING:
    pass
from datetime import datetime

SAMPLE = "sample"
_SAMPLE_TITLES = {
    "en": "Release of Liability and Assumption of Risk",
    "es": "Exención de responsabilidad y asunción de riesgos",
}


def sample(language: str) -> dict[str, Any]:
    """The text that ships with the product: current till an admin publishes another."""
    return _version(
        language,
        _SAMPLE_TITLES[language],
        templates.read_file("waivers", f"templates/waiver-sample-{language}.md"),
        "",
        SAMPLE,
    )


def _version(language: str, title: str, text: str, published_at: str, published_by: str) -> dict[str, Any]:
    return {
        "waiver_version": evidence.text_hash(text),
        "language": language,
        "title": title,
        "text": text,
        "published_at": published_at,
        "published_by": published_by,
    }


def choose(published: Mapping[str, dict[str, Any]], language: str) -> dict[str, Any]:
    """What a guest of this language signs, of the texts published last in each language.

    An operator's own English text is not replaced by a sample in another language: it is what they mean to agree.
    """
    english = published.get("en") or sample("en")
    own = published.get(language)
    if language == "en" or (own and own["published_by"] != SAMPLE):
        return own or english
    if english["published_by"] != SAMPLE:
        return english
    return own or sample(language)


def read_current() -> dict[str, dict[str, Any]]:
    """The version that is signed now, by the guest's language."""
    published = store.read_current_versions(LANGUAGES)
    return {language: choose(published, language) for language in LANGUAGES}


def is_superseded(record: Mapping[str, Any], current: Mapping[str, Mapping[str, Any]]) -> bool:
    return record["waiver_version"] not in {version["waiver_version"] for version in current.values()}


def list_versions() -> dict[str, Any]:
    current, versions = read_current(), store.list_versions()
    listed = {version["waiver_version"] for version in versions}
    unlisted = {one["waiver_version"]: one for one in current.values() if one["waiver_version"] not in listed}
    return {
        "current": current["en"]["waiver_version"],
        "current_es": current["es"]["waiver_version"] if current["es"]["language"] == "es" else None,
        "versions": [*unlisted.values(), *versions],
    }


def publish_version(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> tuple[dict[str, Any], bool]:
    """Makes a text the current one of its language; returns its version and whether the text is new.

    A text that was published before is the same version, with its title and date of then.
    """
    form = Form(body)
    title, text, language = form.read(NewVersion)
    form.finish()
    version = _version(language, title, text, times.format_instant(now), actor.name)

    def attempt() -> dict[str, Any] | None:
        known = store.read_version(version["waiver_version"])
        if known and known["language"] != language:
            form.refuse("language", "must be the one that this text was published in before")
            form.finish()
        current = store.read_current_versions([language]).get(language)
        if not (known and current and current["waiver_version"] == known["waiver_version"]):
            store.publish_version(known or version, audit_event("published", actor, times.format_instant(now)))
        return known

    known = retry_on_conflict(attempt)
    return known or version, known is None


def keep_sample(version: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Nobody published a text yet and the sample is being signed: its very bytes become the first version.

    Raises WriteConflict if somebody publishes or signs one meanwhile.
    """
    at = times.format_instant(now)
    try:
        store.publish_version({**version, "published_at": at}, audit_event("signed_first", actor, at), only_first=True)
    except AlreadyExists:
        raise WriteConflict from None


def preview(body: Mapping[str, Any]) -> dict[str, Any]:
    """The text as the tree that the page is made of."""
    form = Form(body)
    text = form.read_one("text", PREVIEW["text"])
    form.finish()
    return {"blocks": markdown.parse(text)}
