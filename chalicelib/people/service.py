"""People who may sail as captain or crew: listed, made, edited, never deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.core import names
from chalicelib.core.audit import Actor
from chalicelib.operator import links
from chalicelib.people.fields import PeopleList, PersonDetails, PersonJson
from chalicelib.register import editing, store
from chalicelib.register.editing import ComingCharters
from chalicelib.register.store import PERSON, Record

Person = Record[PersonDetails]


def list_people() -> PeopleList:
    return {"people": [person_json(person) for person in read_people()]}


def read_people() -> list[Person]:
    """By rank, then by name."""

    def order(person: Person) -> tuple[int, str, str]:
        return person.details["rank"], names.fold(person.details["name"]), person.record_id

    return sorted(store.list_records(PERSON), key=order)


def create_person(
    body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[PersonJson, bool]:
    """The person, and whether they are new: the same request under the same key again finds the first one."""
    person, new = editing.create(PERSON, PersonDetails, body, request_key=request_key, actor=actor, now=now)
    return person_json(person), new


def edit_person(
    person_id: str, body: Mapping[str, Any], *, coming_charters: ComingCharters, actor: Actor, now: datetime
) -> PersonJson:
    person = editing.edit(
        PERSON,
        PersonDetails,
        person_id,
        body,
        to_json=person_json,
        coming_charters=coming_charters,
        actor=actor,
        now=now,
    )
    return person_json(person)


def renew_link(person_id: str, *, actor: Actor, now: datetime) -> PersonJson:
    return person_json(editing.renew_link(PERSON, person_id, actor=actor, now=now))


def person_json(person: Person) -> PersonJson:
    """The contract's Person."""
    return {
        "person_id": person.record_id,
        **person.details,
        "version": person.version,
        "page_url": links.page_url("person", person.record_id, person.link_number),
    }
