"""The DynamoDB in this process answers each call as AWS's own DynamoDB Local does, so what holds on it holds there."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import harbor as harbors
from tests.support.dynamo import Client, Dynamo
from tests.support.harbor import OPERATIONS, Harbor
from tests.support.races import at_once
from tests.support.stores import client
from tests.support.table import create_table


class Both:
    """Asks DynamoDB Local and the one in this process, and compares what they answer."""

    def __init__(self, real: Any, double: Client) -> None:
        self.real, self.double = real, double
        self.compared = 0

    def __getattr__(self, name: str) -> Any:
        def call(**params: Any) -> Any:
            theirs, ours = told(getattr(self.real, name), params), told(getattr(self.double, name), params)
            assert plain(ours) == plain(theirs), (name, params)
            self.compared += 1
            if isinstance(ours, ClientError):
                raise ours
            return ours

        return call


def told(method: Any, params: dict[str, Any]) -> Any:
    try:
        return method(**params)
    except ClientError as refusal:
        return refusal


def plain(answer: Any) -> Any:
    """What the product can see of it; items that are asked for by their keys come in any order."""
    if isinstance(answer, ClientError):
        reasons = [(reason["Code"], reason.get("Item")) for reason in answer.response.get("CancellationReasons", [])]
        return answer.response["Error"]["Code"], reasons
    answer = {
        name: value for name, value in answer.items() if name not in ("ResponseMetadata", "Count", "ScannedCount")
    }
    if "Responses" in answer:
        answer["Responses"] = {name: in_order(items) for name, items in answer["Responses"].items()}
    return answer


def in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


@pytest.fixture
def both(dynamodb_local: str) -> Iterator[tuple[Harbor, Both]]:
    real = client(dynamodb_local)
    with harbors.harbor(SCC_TABLE=create_table(real)) as here:
        found = Both(real, Client(here.dynamo))
        here.use(found)
        yield here, found


def test_all_that_can_be_asked_of_the_product_is_answered_the_same_on_both(both: tuple[Harbor, Both]) -> None:
    here, compared = both
    here.open()
    here.settle_in()
    here.let_mail_wait()
    # Whoever has signed out is refused everything else.
    for _, operation in sorted(OPERATIONS.items(), key=lambda one: one[0] == "sign out"):
        here.now = operation.now
        # Twice: what is there already is refused, or found.
        for _ in range(2):
            operation.act(here)
    assert compared.compared > 300


def test_of_many_at_once_one_writes() -> None:
    double = Client(Dynamo())

    def write(number: int) -> None:
        put = {"TableName": "t", "Item": {"PK": {"S": "a"}, "SK": {"S": "b"}, "by": {"N": str(number)}}}
        double.transact_write_items(TransactItems=[{"Put": put | {"ConditionExpression": "attribute_not_exists(PK)"}}])

    refused = [one for one in at_once(8, write) if isinstance(one, ClientError)]
    assert len(refused) == 7
    assert {one.response["CancellationReasons"][0]["Code"] for one in refused} == {"ConditionalCheckFailed"}
