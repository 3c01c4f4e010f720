"""The records of a stage's table, all of them: for the audit and the restore drill. The function never reads so."""

from collections.abc import Iterator
from typing import Any

from chalicelib.core.dynamo import Item
from tools.common.cloud import APP, Cloud
from tools.common.functions import find_api_environment

# Sessions and throttles come and go by the minute; they are no records.
PASSING = ("SESSION", "THROTTLE")
# Partitions that hold several kinds of records.
OWNERS = ("EVENT", "FORM")


def live_table(cloud: Cloud) -> str:
    """The one that the API works with."""
    variables = find_api_environment(cloud) or {}
    return variables.get("SCC_TABLE") or f"{APP}-{cloud.resource_stage}"


def scan(dynamodb: Any, table: str) -> Iterator[Item]:
    """Every item that is a record: all but sessions and throttles."""
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            if kind_of(item["PK"]["S"], item["SK"]["S"]) not in PASSING:
                yield item


def kind_of(pk: str, sk: str) -> str:
    """What a record is, by its key: EVENT, PAYMENT, ACT (on a payment), RECORD (a signed waiver), AUDIT, MAIL, …"""
    owner, parts = pk.partition("#")[0], sk.split("#")
    if owner not in OWNERS:
        return "AUDIT" if parts[0] == "AUDIT" else owner
    return "ACT" if parts[0] == "PAYMENT" and len(parts) > 2 else parts[0]
