"""The part of DynamoDB that the product uses, in this process: for tests that need thousands of fresh tables.

Conditions, transactions, their tokens and the index are real; what each call answers is compared with AWS's own
DynamoDB Local in tests/faults/test_in_process_dynamodb.py. Left out: pages of 1 MB, capacity, a late index.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tests.support.table import read_table

Item = dict[str, Any]
Key = tuple[str, str]
MAX_WRITES = 100


class DynamoError(Exception):
    """What DynamoDB answers other than success."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class FakeDynamoDB:
    """One table. Items are never changed in place, so a copy of `items` is a copy of the table."""

    def __init__(self) -> None:
        self.items: dict[Key, Item] = {}
        self._done: dict[str, str] = {}
        """The content of each transaction by its token."""
        self._lock = threading.RLock()
        properties = read_table()
        (index,) = properties["GlobalSecondaryIndexes"]
        keys = [part["AttributeName"] for part in properties["KeySchema"] + index["KeySchema"]]
        self._projected = frozenset(keys + index["Projection"]["NonKeyAttributes"])

    def call(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            return getattr(self, f"_{operation}")(**params)  # type: ignore[no-any-return]

    # --- one item -----------------------------------------------------------------------------------

    def _GetItem(self, Key: Item, **_: Any) -> dict[str, Any]:  # noqa: N802, N803
        item = self.items.get(_key(Key))
        return {"Item": item} if item else {}

    def _BatchGetItem(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, N803
        ((table, asked),) = RequestItems.items()
        found = [self.items[key] for key in map(_key, asked["Keys"]) if key in self.items]
        return {"Responses": {table: found}, "UnprocessedKeys": {}}

    def _PutItem(self, **put: Any) -> dict[str, Any]:  # noqa: N802
        return self._write_one("Put", put)

    def _UpdateItem(self, **update: Any) -> dict[str, Any]:  # noqa: N802
        answer = self._write_one("Update", update)
        if update.get("ReturnValues") == "UPDATED_NEW":
            names = _names(update)
            item = self.items[_key(update["Key"])]
            changed = [names.get(name, name) for name in _changes(update["UpdateExpression"])]
            answer["Attributes"] = {name: item[name] for name in changed}
        return answer

    def _DeleteItem(self, **delete: Any) -> dict[str, Any]:  # noqa: N802
        return self._write_one("Delete", delete)

    def _write_one(self, kind: str, write: Mapping[str, Any]) -> dict[str, Any]:
        if not self._holds(kind, write):
            raise DynamoError("ConditionalCheckFailedException")
        self._apply(kind, write)
        return {}

    # --- several items ------------------------------------------------------------------------------

    def _TransactWriteItems(self, TransactItems: list[Item], ClientRequestToken: str = "") -> dict[str, Any]:  # noqa: N802, N803
        content = json.dumps(TransactItems, sort_keys=True)
        if ClientRequestToken in self._done:
            if self._done[ClientRequestToken] != content:
                raise DynamoError("IdempotentParameterMismatchException")
            return {}
        writes = [next(iter(one.items())) for one in TransactItems]
        keys = [_target(kind, write) for kind, write in writes]
        if len(set(keys)) < len(keys) or len(keys) > MAX_WRITES:
            raise DynamoError("ValidationException")
        reasons = [self._reason(kind, write) for kind, write in writes]
        if any(reason["Code"] != "None" for reason in reasons):
            raise DynamoError("TransactionCanceledException", CancellationReasons=reasons)
        for kind, write in writes:
            self._apply(kind, write)
        if ClientRequestToken:
            self._done[ClientRequestToken] = content
        return {}

    def _reason(self, kind: str, write: Mapping[str, Any]) -> dict[str, Any]:
        if self._holds(kind, write):
            return {"Code": "None"}
        reason: dict[str, Any] = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
        item = self.items.get(_target(kind, write))
        if item and write.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            reason["Item"] = item
        return reason

    def _holds(self, kind: str, write: Mapping[str, Any]) -> bool:
        if "ConditionExpression" not in write:
            return True
        item = self.items.get(_target(kind, write), {})
        return _condition(write["ConditionExpression"])(_Operands(item, _names(write), _values(write)))

    def _apply(self, kind: str, write: Mapping[str, Any]) -> None:
        key = _target(kind, write)
        if kind == "Put":
            self.items[key] = write["Item"]
        elif kind == "Delete":
            self.items.pop(key, None)
        elif kind == "Update":
            before = self.items.get(key, write["Key"])
            operands = _Operands(before, _names(write), _values(write))
            changes = _changes(write["UpdateExpression"]).items()
            after = {operands.names.get(name, name): new(operands, name) for name, new in changes}
            self.items[key] = {name: value for name, value in {**before, **after}.items() if value is not None}

    # --- lists --------------------------------------------------------------------------------------

    def _Query(  # noqa: N802
        self,
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeValues: Item,  # noqa: N803
        IndexName: str = "",  # noqa: N803
        FilterExpression: str = "",  # noqa: N803
        ScanIndexForward: bool = True,  # noqa: N803
        Limit: int = 0,  # noqa: N803
        ExclusiveStartKey: Item | None = None,  # noqa: N803
        **more: Any,
    ) -> dict[str, Any]:
        pk, sk = ("by_date_pk", "by_date_sk") if IndexName else ("PK", "SK")
        matches = _condition(KeyConditionExpression)
        # Every query of the product calls its partition `:pk`.
        partition = ExpressionAttributeValues[":pk"]
        names = more.get("ExpressionAttributeNames", {})

        def sort_key(item: Item) -> tuple[str, ...]:
            return item[sk]["S"], item["PK"]["S"], item["SK"]["S"]

        found = [
            item
            for item in self.items.values()
            if item.get(pk) == partition and matches(_Operands(item, names, ExpressionAttributeValues))
        ]
        found.sort(key=sort_key, reverse=not ScanIndexForward)
        if ExclusiveStartKey:
            start = sort_key(ExclusiveStartKey)
            found = [item for item in found if (sort_key(item) > start if ScanIndexForward else sort_key(item) < start)]
        page = found[: Limit or None]
        answer: dict[str, Any] = {}
        # DynamoDB does not look beyond its limit: after a page that is just full, an empty one may follow.
        if Limit and len(page) == Limit:
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in dict.fromkeys((pk, sk, "PK", "SK"))}
        if FilterExpression:
            passes = _condition(FilterExpression)
            page = [item for item in page if passes(_Operands(item, names, ExpressionAttributeValues))]
        answer["Items"] = [self._as_listed(item) for item in page] if IndexName else page
        return answer

    def _Scan(self, **_: Any) -> dict[str, Any]:  # noqa: N802
        return {"Items": list(self.items.values())}

    def _as_listed(self, item: Item) -> Item:
        return {name: value for name, value in item.items() if name in self._projected}


def _key(key: Item) -> Key:
    return key["PK"]["S"], key["SK"]["S"]


def _target(kind: str, write: Mapping[str, Any]) -> Key:
    return _key(write["Item"] if kind == "Put" else write["Key"])


def _names(write: Mapping[str, Any]) -> dict[str, str]:
    return write.get("ExpressionAttributeNames", {})  # type: ignore[no-any-return]


def _values(write: Mapping[str, Any]) -> Item:
    return write.get("ExpressionAttributeValues", {})  # type: ignore[no-any-return]


# --- expressions ----------------------------------------------------------------------------------


class _Operands(NamedTuple):
    """What the operands of an expression stand for."""

    item: Item
    names: Mapping[str, str]
    values: Item

    def get(self, operand: str) -> Any:
        return self.values[operand] if operand[0] == ":" else self.item.get(self.names.get(operand, operand))


Test = Callable[[_Operands], bool]
_TOKEN = re.compile(r"\s*([\w:#.]+|<>|<=|>=|[<>=(),+])")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@cache
def _condition(text: str) -> Test:
    tokens = _TOKEN.findall(text)
    test = _any_of(tokens)
    assert not tokens, f"not understood: {text}"
    return test


def _any_of(tokens: list[str]) -> Test:
    tests = [_all_of(tokens)]
    while tokens[:1] == ["OR"]:
        tokens.pop(0)
        tests.append(_all_of(tokens))
    return lambda operands: any(test(operands) for test in tests)


def _all_of(tokens: list[str]) -> Test:
    tests = [_one_test(tokens)]
    while tokens[:1] == ["AND"]:
        tokens.pop(0)
        tests.append(_one_test(tokens))
    return lambda operands: all(test(operands) for test in tests)


def _one_test(tokens: list[str]) -> Test:
    first = tokens.pop(0)
    if first == "(":
        inner = _any_of(tokens)
        assert tokens.pop(0) == ")"
        return inner
    if tokens[0] == "(":
        given = _arguments(tokens)
        if first == "begins_with":
            return lambda operands: str(_plain(operands.get(given[0]))).startswith(_plain(operands.get(given[1])))
        return lambda operands: (operands.get(given[0]) is not None) == (first == "attribute_exists")
    operator = tokens.pop(0)
    if operator == "BETWEEN":
        low, high = tokens.pop(0), (tokens.pop(0) == "AND", tokens.pop(0))[1]
        return lambda operands: _order("<=", operands, low, first) and _order("<=", operands, first, high)
    other = tokens.pop(0)
    if operator == "=":
        return lambda operands: _equal(operands.get(first), operands.get(other))
    if operator == "<>":
        return lambda operands: not _equal(operands.get(first), operands.get(other))
    return lambda operands: _order(operator, operands, first, other)


def _arguments(tokens: list[str]) -> list[str]:
    end = tokens.index(")")
    inside = [token for token in tokens[1:end] if token != ","]
    del tokens[: end + 1]
    return inside


def _order(operator: str, operands: _Operands, first: str, other: str) -> bool:
    one, two = operands.get(first), operands.get(other)
    if one is None or two is None or set(one) != set(two):
        return False
    return _COMPARE[operator](_plain(one), _plain(two))


def _equal(one: Any, two: Any) -> bool:
    return one is not None and two is not None and set(one) == set(two) and _plain(one) == _plain(two)


def _plain(value: Any) -> Any:
    ((kind, held),) = value.items()
    # Text sorts by its bytes, which for UTF-8 is by its characters.
    return Decimal(held) if kind == "N" else set(held) if kind == "SS" else held


New = Callable[[_Operands, str], Item | None]


@cache
def _changes(text: str) -> dict[str, New]:
    """What an update makes of each attribute; None for one that it removes."""
    tokens = _TOKEN.findall(text)
    changes: dict[str, New] = {}
    clause = ""
    while tokens:
        if tokens[0] in ("SET", "ADD", "DELETE", "REMOVE"):
            clause = tokens.pop(0)
        name = tokens.pop(0)
        if clause == "ADD":
            changes[name] = _adding(tokens.pop(0))
        elif clause == "DELETE":
            changes[name] = _deleting(tokens.pop(0))
        elif clause == "REMOVE":
            changes[name] = lambda *_: None
        else:
            assert tokens.pop(0) == "="
            changes[name] = _setting(tokens)
        if tokens[:1] == [","]:
            tokens.pop(0)
    return changes


def _setting(tokens: list[str]) -> New:
    first = tokens.pop(0)
    if first != "if_not_exists":
        return lambda operands, _: operands.get(first)  # type: ignore[no-any-return]
    kept, new = _arguments(tokens)
    return lambda operands, _: operands.get(new) if operands.get(kept) is None else operands.get(kept)  # type: ignore[no-any-return]


def _adding(operand: str) -> New:
    def add(operands: _Operands, name: str) -> Item:
        before, more = operands.get(name), operands.get(operand)
        if "SS" in more:
            return {"SS": sorted({*(before["SS"] if before else ()), *more["SS"]})}
        return {"N": str(Decimal(before["N"] if before else 0) + Decimal(more["N"]))}

    return add


def _deleting(operand: str) -> New:
    """Of a set; one that nothing is left of is removed."""

    def delete(operands: _Operands, name: str) -> Item | None:
        before, gone = operands.get(name), operands.get(operand)
        left = set(before["SS"] if before else ()) - set(gone["SS"])
        return {"SS": sorted(left)} if left else None

    return delete


# --- as the product's client ----------------------------------------------------------------------

_OPERATIONS = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "Query", "Scan")


class FakeClient:
    """Takes the place of boto3's client, without the SDK's work, tries and tokens."""

    def __init__(self, dynamo: FakeDynamoDB) -> None:
        for operation in _OPERATIONS:
            name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
            setattr(self, name, self._as_method(dynamo, operation))

    @staticmethod
    def _as_method(dynamo: FakeDynamoDB, operation: str) -> Callable[..., Any]:
        def method(**params: Any) -> dict[str, Any]:
            try:
                return dynamo.call(operation, params)
            except DynamoError as error:
                answer = {"Error": {"Code": error.code, "Message": error.code}, **error.more}
                raise ClientError(answer, operation) from None

        return method
