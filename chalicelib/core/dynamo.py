"""The one way to DynamoDB: how items are written down, written together and read page by page."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core import aws
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.core.settings import settings

Item = dict[str, Any]
# 1 MB a page: no list of a small operator comes near it, and no loop runs for ever.
MAX_PAGES = 200
# DynamoDB's own limit for one BatchGetItem.
MAX_KEYS = 100


def db() -> Any:
    return aws.client("dynamodb")


def table_name() -> str:
    return settings().table


def s(text: str) -> Item:
    return {"S": text}


def n(number: int) -> Item:
    return {"N": str(number)}


def json_s(data: Mapping[str, Any]) -> Item:
    return s(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def load_data(item: Item) -> dict[str, Any]:
    return json.loads(item["data"]["S"])  # type: ignore[no-any-return]


def item_key(pk: str, sk: str) -> Item:
    return {"PK": s(pk), "SK": s(sk)}


# In all expressions `#name` stands for the attribute of that name; DynamoDB reserves some of them.


def put_write(item: Item, *, only_new: bool = False, condition: str = "", values: Item | None = None) -> Item:
    """A put, as part of a transaction. With `only_new` it fails if the item exists, and the failure shows that item."""
    put: Item = {"Item": item}
    if only_new:
        condition, put["ReturnValuesOnConditionCheckFailure"] = condition or "attribute_not_exists(PK)", "ALL_OLD"
    return {"Put": put | _parameters(condition, values or {})}


def check_write(key: Item, condition: str, values: Item | None = None) -> Item:
    """A condition on an item that a transaction does not change."""
    return {"ConditionCheck": {"Key": key} | _parameters(condition, values or {})}


def update(key: Item, change: str, values: Item, condition: str = "") -> Item:
    """The parameters of an update."""
    names = _names(f"{change} {condition}")
    return {"Key": key, "UpdateExpression": change} | _parameters(condition, values) | names


def _parameters(condition: str, values: Item) -> Item:
    parameters: Item = {"TableName": table_name(), **_names(condition)}
    if condition:
        parameters["ConditionExpression"] = condition
    if values:
        parameters["ExpressionAttributeValues"] = values
    return parameters


def _names(expressions: str) -> Item:
    names = {name: name[1:] for name in re.findall(r"#\w+", expressions)}
    return {"ExpressionAttributeNames": names} if names else {}


def read_item(key: Item) -> Item | None:
    return db().get_item(TableName=table_name(), Key=key, ConsistentRead=True).get("Item")  # type: ignore[no-any-return]


def is_written(write: Callable[..., Any], *, or_busy: bool = False, **request: Any) -> bool:
    """One conditional write; False if its condition did not hold or, with `or_busy`, a transaction has the item."""
    refusals = ["ConditionalCheckFailedException", *(["TransactionConflictException"] if or_busy else [])]
    try:
        write(**{"TableName": table_name(), **request})
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in refusals:
            raise
        return False
    return True


def write_all(writes: Sequence[Item], unique: int | None = None) -> None:
    """Writes all or nothing. Raises WriteConflict or AlreadyExists.

    `unique` is the index of the write whose failed condition means that its record exists.
    """
    try:
        # The SDK adds a ClientRequestToken, so its own retry after a lost reply cannot write twice.
        db().transact_write_items(TransactItems=list(writes))
    except ClientError as problem:
        if problem.response["Error"]["Code"] == "TransactionInProgressException":
            raise WriteConflict from problem
        reasons = problem.response.get("CancellationReasons", [])
        codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
        if unique is not None and reasons and reasons[unique].get("Code") == "ConditionalCheckFailed":
            raise AlreadyExists(reasons[unique].get("Item", {})) from problem
        if codes and codes <= {"ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"}:
            raise WriteConflict from problem
        raise


def is_new(writes: Sequence[Item]) -> bool:
    """Writes all; or nothing, and returns False, if the first one's record exists. Raises WriteConflict."""
    try:
        write_all(writes, unique=0)
    except AlreadyExists:
        return False
    return True


def query_items(**query: Any) -> Iterator[Item]:
    for _ in range(MAX_PAGES):
        page = db().query(TableName=table_name(), **query)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    raise RuntimeError("a list is longer than any this product makes")


def read_items(keys: Sequence[Item]) -> list[Item]:
    """The items of these keys that exist, in any order."""
    found: list[Item] = []
    left = list(keys)
    for _ in range(MAX_PAGES):
        if not left:
            return found
        asked = {"Keys": left[:MAX_KEYS], "ConsistentRead": True}
        answer = db().batch_get_item(RequestItems={table_name(): asked})
        found += answer["Responses"].get(table_name(), [])
        left = left[MAX_KEYS:] + answer["UnprocessedKeys"].get(table_name(), {}).get("Keys", [])
    raise RuntimeError("DynamoDB leaves keys unread, again and again")
