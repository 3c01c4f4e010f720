"""The texts that guests sign: one current version a language, each named by the SHA-256 of its bytes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.core import times
from chalicelib.core.audit import SYSTEM, Actor, audit_event
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.pages import templates
from chalicelib.waivers import fields, markdown, text_tree, version_store
from chalicelib.waivers.evidence import canonical
from chalicelib.waivers.fields import LANGUAGES, Language, WaiverVersion

SAMPLE = "sample"
_SAMPLE_TITLES: Mapping[Language, str] = {
    "en": "Release of Liability and Assumption of Risk",
    "es": "Exención de responsabilidad y asunción de riesgos",
}

CurrentVersions = Mapping[Language, WaiverVersion]
"""By the guest's language."""


def read_current() -> CurrentVersions:
    return choose_all(version_store.read_current_versions())


def choose_all(published: CurrentVersions) -> CurrentVersions:
    return {language: choose(published, language) for language in LANGUAGES}


def choose(published: CurrentVersions, language: Language) -> WaiverVersion:
    """What a guest of this language signs, of the texts published last in each language.

    An operator's own English text is not replaced by a sample in another language: it is what they mean to agree.
    """
    english = published.get("en") or sample("en")
    own = english if language == "en" else published.get(language) or sample(language)
    return english if own["published_by"] == SAMPLE and english["published_by"] != SAMPLE else own


def sample(language: Language) -> WaiverVersion:
    """The text that ships with the product: current until an admin publishes another."""
    text = templates.read_file("waivers", f"templates/waiver-sample-{language}.md")
    return _version(language, _SAMPLE_TITLES[language], text, "", SAMPLE)


def _version(language: Language, title: str, text: str, published_at: str, published_by: str) -> WaiverVersion:
    return {
        "waiver_version": canonical.text_hash(text),
        "language": language,
        "title": title,
        "text": text,
        "published_at": published_at,
        "published_by": published_by,
    }


def is_superseded(waiver_version: str, current: CurrentVersions) -> bool:
    """Whether no language's current text is this one."""
    return waiver_version not in {version["waiver_version"] for version in current.values()}


def list_versions() -> fields.VersionList:
    current, versions = read_current(), version_store.list_versions()
    listed = {version["waiver_version"] for version in versions}
    # A sample that was never signed is stored nowhere.
    samples = {one["waiver_version"]: one for one in current.values() if one["waiver_version"] not in listed}
    return {
        "current": current["en"]["waiver_version"],
        "current_es": current["es"]["waiver_version"] if current["es"]["language"] == "es" else None,
        "versions": [*samples.values(), *versions],
    }


def publish_version(body: Mapping[str, Any], *, actor: Actor, now: datetime) -> tuple[WaiverVersion, bool]:
    """Makes a text the current one of its language; returns its version and whether the text is new.

    A text that was published before is the same version, with its first title and date.
    """
    form = Form(body)
    title, text, language = form.read(fields.NewVersion)
    form.finish()
    version = _version(language, title, text, times.format_instant(now), actor.name)

    def attempt() -> WaiverVersion | None:
        known = version_store.read_version(version["waiver_version"])
        if known and known["language"] != language:
            form.refuse("language", "must be the one that this text was published in before")
            form.finish()
        current = version_store.read_current_versions().get(language)
        if not (known and current and current["waiver_version"] == known["waiver_version"]):
            version_store.publish_version(known or version, audit_event("published", actor, times.format_instant(now)))
        return known

    known = retry_on_conflict(attempt)
    return known or version, known is None


def publish_sample(version: WaiverVersion, *, now: datetime) -> WaiverVersion:
    """Stores the sample that is being signed for the first time as the first version of its language."""
    at = times.format_instant(now)
    published: WaiverVersion = {**version, "published_at": at}
    version_store.publish_first(published, audit_event("signed_first", SYSTEM, at))
    return published


def preview(body: Mapping[str, Any]) -> text_tree.Preview:
    """The text as the tree that the page is made of."""
    form = Form(body)
    text = form.read_one("text", fields.PREVIEW["text"])
    form.finish()
    return {"blocks": markdown.parse(text)}
