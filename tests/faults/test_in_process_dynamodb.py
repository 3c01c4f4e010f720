"""The fake DynamoDB answers each call as AWS's own DynamoDB Local does, so tests on it hold for that one too."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.doubles.dynamo import FakeClient, FakeDynamoDB
from tests.support.in_process import InProcessProduct, in_process_product
from tests.support.operations import OPERATIONS
from tests.support.races import at_once
from tests.support.stores import client
from tests.support.table import create_table


class Both:
    """Asks DynamoDB Local and the one in this process, and compares what they answer."""

    def __init__(self, real: Any, fake: FakeClient) -> None:
        self.real, self.fake = real, fake
        self.compared = 0

    def __getattr__(self, name: str) -> Any:
        def call(**params: Any) -> Any:
            theirs, ours = answer_of(getattr(self.real, name), params), answer_of(getattr(self.fake, name), params)
            assert comparable(ours) == comparable(theirs), (name, params)
            self.compared += 1
            if isinstance(ours, ClientError):
                raise ours
            return ours

        return call


def answer_of(method: Any, params: dict[str, Any]) -> Any:
    try:
        return method(**params)
    except ClientError as refusal:
        return refusal


def comparable(answer: Any) -> Any:
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
def both(dynamodb_local: str) -> Iterator[tuple[InProcessProduct, Both]]:
    real = client(dynamodb_local)
    with in_process_product(SCC_TABLE=create_table(real)) as product:
        compared = Both(real, FakeClient(product.dynamo))
        product.use_dynamodb(compared)
        yield product, compared


def test_every_operation_of_the_product_gets_the_same_answers_from_both(both: tuple[InProcessProduct, Both]) -> None:
    product, compared = both
    product.add_charter()
    product.add_some_of_everything()
    product.add_queued_receipt()
    product.add_what_waits_for_the_log()
    # Signing out comes last: it ends the session.
    for _, operation in sorted(OPERATIONS.items(), key=lambda one: one[0] == "sign out"):
        product.now = operation.now
        # Twice: the second time the records exist.
        for _ in range(2):
            operation.act(product)
    assert compared.compared > 300


def test_of_many_writes_at_once_one_succeeds() -> None:
    fake = FakeClient(FakeDynamoDB())

    def write(number: int) -> None:
        put = {"TableName": "t", "Item": {"PK": {"S": "a"}, "SK": {"S": "b"}, "by": {"N": str(number)}}}
        fake.transact_write_items(TransactItems=[{"Put": put | {"ConditionExpression": "attribute_not_exists(PK)"}}])

    refused = [one for one in at_once(8, write) if isinstance(one, ClientError)]
    assert len(refused) == 7
    assert {one.response["CancellationReasons"][0]["Code"] for one in refused} == {"ConditionalCheckFailed"}
