"""Requests that make a record once, however often they are sent: the header `Idempotency-Key`."""

from chalicelib.core.dynamo import Item, item_key, put_write, s
from chalicelib.core.fields import Form, is_uuid


def read_key(form: Form, given: str | None) -> str:
    """The key as it is stored; empty where the request has none."""
    if given is not None and not is_uuid(given):
        form.refuse("Idempotency-Key", "must be a UUID")
    return given.lower() if given else ""


def key_write(request_key: str, made_id: str, fingerprint: str) -> list[Item]:
    """The write that takes a key for what a request makes, as the first of its transaction; nothing without a key."""
    if not request_key:
        return []
    key = item_key(f"REQUEST#{request_key}", "REQUEST")
    return [put_write({**key, "made_id": s(made_id), "fingerprint": s(fingerprint)}, only_new=True)]


def request_of(item: Item) -> tuple[str, str]:
    """Of a key that was taken: the id of what its request made, and the fingerprint of the request."""
    return item["made_id"]["S"], item["fingerprint"]["S"]
