"""Expressions and lists of DynamoDB; the stores' own tests run on DynamoDB Local."""

from typing import Any

import pytest

from chalicelib.core import aws, dynamo
from chalicelib.core.settings import settings

KEYS = [dynamo.item_key(f"EVENT#{number}", "EVENT") for number in range(250)]


class Table:
    """Answers at most `most` of the keys that it is asked for and leaves the others for later."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.asked: list[int] = []

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((table, asked),) = RequestItems.items()
        assert (table, asked["ConsistentRead"]) == (settings().table, True)
        self.asked.append(len(asked["Keys"]))
        answered, left = asked["Keys"][: self.most], asked["Keys"][self.most :]
        return {"Responses": {table: answered}, "UnprocessedKeys": {table: {"Keys": left}} if left else {}}


def read_from(table: Table, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(aws, "client", lambda _: table)
    return [item["PK"]["S"] for item in dynamo.read_items(KEYS)]


def test_items_are_read_a_hundred_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(100)
    assert sorted(read_from(table, monkeypatch)) == sorted(key["PK"]["S"] for key in KEYS)
    assert table.asked == [100, 100, 50]


def test_items_that_dynamodb_left_out_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(60)
    assert sorted(read_from(table, monkeypatch)) == sorted(key["PK"]["S"] for key in KEYS)
    assert max(table.asked) <= 100


def test_a_dynamodb_that_answers_nothing_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(0)
    with pytest.raises(RuntimeError, match="unread"):
        read_from(table, monkeypatch)
    assert len(table.asked) < 1000


def test_an_expression_names_each_attribute_that_dynamodb_reserves_once() -> None:
    found = dynamo.update(KEYS[0], "SET #data = :a, #status = :b", {":a": dynamo.s("x")}, "#status = :c")
    assert found["ExpressionAttributeNames"] == {"#data": "data", "#status": "status"}
    assert "ExpressionAttributeNames" not in dynamo.update(KEYS[0], "SET seq = :a", {":a": dynamo.n(1)})


def test_only_a_new_item_replaces_nothing() -> None:
    item = {**KEYS[0], "data": dynamo.s("x")}
    assert "ConditionExpression" not in dynamo.put_write(item)["Put"]
    put = dynamo.put_write(item, only_new=True)["Put"]
    assert put["ConditionExpression"] == "attribute_not_exists(PK)"
    assert put["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
