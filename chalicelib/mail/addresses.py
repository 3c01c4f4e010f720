"""Addresses that mail could not reach, or whose owner complained. No key holds an address."""

import hashlib
from collections.abc import Iterable
from typing import Literal, TypedDict, cast

from chalicelib.core import names
from chalicelib.core.dynamo import Item, db, is_written, item_key, json_s, load_data, read_items, s, update


class AddressProblem(TypedDict):
    problem: Literal["bounced", "complained"]
    at: str
    detail: str


def flag_address(email: str, problem: AddressProblem) -> None:
    """Keeps the latest problem, by its `at`, in whatever order they come; a complaint outweighs bounces."""
    condition = "attribute_not_exists(PK) OR (#status = :problem AND updated_at <= :at)"
    values = {":data": json_s(problem), ":problem": s(problem["problem"]), ":at": s(problem["at"])}
    if problem["problem"] == "complained":
        # After a complaint SES withholds the next mails and reports each of them as bounced.
        condition += " OR #status = :bounced"
        values[":bounced"] = s("bounced")
    change = update(_key(email), "SET #data = :data, #status = :problem, updated_at = :at", values, condition)
    is_written(db().update_item, **change)


def forget_detail(email: str) -> None:
    """Keeps that mail does not reach an address, and nothing that a mail server said of it."""
    if problem := read_flags([email]).get(email):
        change = update(_key(email), "SET #data = :data", {":data": json_s({**problem, "detail": ""})})
        db().update_item(**change)


def read_flags(emails: Iterable[str]) -> dict[str, AddressProblem]:
    """The problem of each of these addresses that has one: one BatchGetItem."""
    keys = {_key(email)["PK"]["S"]: email for email in emails}
    found = read_items([item_key(key, "ADDRESS") for key in keys])
    return {keys[item["PK"]["S"]]: cast(AddressProblem, load_data(item)) for item in found}


def _key(email: str) -> Item:
    return item_key(f"ADDRESS#{hashlib.sha256(names.email_key(email).encode()).hexdigest()}", "ADDRESS")
