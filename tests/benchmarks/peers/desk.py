"""What every peer does for a request: the product's own calls to DynamoDB by the same kind of client, and no more.

A session is looked up and believed, each row's JSON is parsed and handed back, nothing is checked.
"""

import hashlib
import json
import os
from functools import cache
from typing import Any


@cache
def client() -> Any:
    if os.environ.get("CLIENT") == "ours":
        from chalicelib.core import aws

        return aws.client("dynamodb")
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
    return boto3.client("dynamodb", config=config)


def read_session(authorization: str) -> dict[str, Any]:
    key = f"SESSION#{hashlib.sha256(authorization.partition(' ')[2].encode()).hexdigest()}"
    answer = client().get_item(TableName=table(), Key={"PK": {"S": key}, "SK": {"S": key}}, ConsistentRead=True)
    found = json.loads(answer["Item"]["data"]["S"])
    return {"role": "admin", "expires_at": found["absolute_end"]}


def list_charters() -> dict[str, Any]:
    page = client().query(
        TableName=table(),
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        ExpressionAttributeValues={":pk": {"S": "BOARD"}, ":first": {"S": "2020"}, ":last": {"S": "9"}},
        Limit=51,
    )
    return {"events": [json.loads(item["data"]["S"]) for item in page["Items"]], "next_cursor": None}


def log_payment(event_id: str, payment_id: str, payment: dict[str, Any]) -> dict[str, Any]:
    key = {"PK": {"S": f"EVENT#{event_id}"}, "SK": {"S": "EVENT"}}
    event = client().get_item(TableName=table(), Key=key, ConsistentRead=True)["Item"]
    row = {"PK": key["PK"], "SK": {"S": f"PAYMENT#{payment_id}"}, "data": {"S": json.dumps(payment)}}
    change = {
        "TableName": table(),
        "Key": key,
        "UpdateExpression": "SET money = :money, ledger_seq = :next",
        "ConditionExpression": "ledger_seq = :seen",
        "ExpressionAttributeValues": {":money": event["money"], ":next": {"N": "1"}, ":seen": event["ledger_seq"]},
    }
    put = {"TableName": table(), "Item": row, "ConditionExpression": "attribute_not_exists(PK)"}
    client().transact_write_items(TransactItems=[{"Put": put}, {"Update": change}])
    return {"payment": payment, "event": json.loads(event["data"]["S"])}


def table() -> str:
    return os.environ["SCC_TABLE"]
