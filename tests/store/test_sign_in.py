"""Sessions and counted tries in the table; one contract for DynamoDB Local and the embedded AWS."""

from typing import Any

import pytest

from chalicelib.core import settings
from chalicelib.core.throttle import count_try
from chalicelib.sign_in import store as sign_in_store
from chalicelib.waivers import version_store
from tests.support.races import at_once
from tests.support.stored import audit, new_mail, new_version, store_charter, store_payment, store_waivers

pytestmark = pytest.mark.usefixtures("dynamodb")


# --- sessions and throttles -----------------------------------------------------------------------


def test_a_session_lives_till_it_is_deleted() -> None:
    session = {"admin": "ana", "kept": True}
    sign_in_store.put_session("hash", session, 1000, 2000)
    assert sign_in_store.read_session("hash") == (session, 1000)
    assert sign_in_store.read_session("other") is None
    sign_in_store.extend_session("hash", 1500)
    assert sign_in_store.read_session("hash") == (session, 1500)
    sign_in_store.delete_session("hash")
    sign_in_store.delete_session("hash")
    assert sign_in_store.read_session("hash") is None


def test_a_revoked_session_does_not_come_back_by_being_used() -> None:
    sign_in_store.put_session("hash", {"admin": "ana"}, 1000, 2000)
    sign_in_store.delete_session("hash")
    sign_in_store.extend_session("hash", 5000)
    assert sign_in_store.read_session("hash") is None


def test_tries_at_once_are_all_counted() -> None:
    assert sorted(at_once(8, lambda _: count_try("login#192.0.2.7", +1, 2000))) == list(range(1, 9))
    assert count_try("login#192.0.2.7", -1, 2000) == 7
    assert count_try("login#192.0.2.8", +1, 2000) == 1


def test_only_sessions_and_throttles_are_ever_forgotten_by_the_database(dynamodb: Any) -> None:
    charter = store_charter()
    store_payment(charter, new_mail())
    store_waivers(charter)
    version_store.publish_version(new_version("text"), audit("published"))
    sign_in_store.put_session("hash", {}, 1000, 2000)
    count_try("login", +1, 3000)
    items = dynamodb.scan(TableName=settings.settings().table)["Items"]
    mortal = {item["PK"]["S"]: item["ttl"]["N"] for item in items if "ttl" in item}
    assert mortal == {"SESSION#hash": "2000", "THROTTLE#login": "3000"}
