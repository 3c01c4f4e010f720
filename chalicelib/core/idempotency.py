"""Requests that make a record once, however often they are sent: the header `Idempotency-Key`."""

from chalicelib.core.dynamo import Item, item_key, put_write, read_item, s
from chalicelib.core.fields import Form
from chalicelib.core.text import is_uuid


def read_key(form: Form, given: str | None) -> str:
    """The key as it is stored; empty where the request has none."""
    if given is not None and not is_uuid(given):
        form.refuse("Idempotency-Key", "must be a UUID")
    return given.lower() if given else ""


def key_write(request_key: str, made_id: str, fingerprint: str) -> list[Item]:
    """The write that takes a key for what a request makes, as the first of its transaction; nothing without a key."""
    if not request_key:
        return []
    return [put_write({**key_item(request_key), "made_id": s(made_id), "fingerprint": s(fingerprint)}, only_new=True)]


def read_request(request_key: str) -> Item | None:
    return read_item(key_item(request_key))


def key_item(request_key: str) -> Item:
    return item_key(f"REQUEST#{request_key}", "REQUEST")


def request_of(item: Item) -> tuple[str, str]:
    """Of a key that was taken: the id of what its request made, and the fingerprint of the request."""
    return item["made_id"]["S"], item["fingerprint"]["S"]
