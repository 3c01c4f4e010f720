"""The client of DynamoDB reads answers faster than botocore does, and as it does."""

from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from chalicelib.core import aws
from tests.support.doubles.faults import aws_response, retry_at_once
from tests.support.running import use_aws_keys

KEY = {"PK": {"S": "EVENT#1"}, "SK": {"S": "EVENT"}}
ITEM = {
    **KEY,
    "text": {"S": 'Zoë\'s "sail" 🚢 \\ \n'},
    "number": {"N": "-12345678901234567890.5"},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "names": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "list": {"L": [{"S": ""}, {"L": []}]},
    "map": {"M": {"inner": {"M": {"deep": {"N": "1"}}}}},
}
ANSWERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "get_item": ({"TableName": "t", "Key": KEY}, {"Item": ITEM, "ConsumedCapacity": {"CapacityUnits": 0.5}}),
    "batch_get_item": (
        {"RequestItems": {"t": {"Keys": [KEY]}}},
        {"Responses": {"t": [ITEM]}, "UnprocessedKeys": {"t": {"Keys": [KEY], "ConsistentRead": True}}},
    ),
    "query": (
        {"TableName": "t", "KeyConditionExpression": "PK = :pk", "ExpressionAttributeValues": {":pk": {"S": "x"}}},
        {"Items": [ITEM, KEY], "Count": 2, "ScannedCount": 2, "LastEvaluatedKey": KEY},
    ),
}
EMPTY = {"get_item": {}, "batch_get_item": {"Responses": {}, "UnprocessedKeys": {}}, "query": {"Items": [], "Count": 0}}
SDK_TRIES = 3
REFUSED = {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "no such table"}


@pytest.fixture(scope="module")
def clients() -> tuple[Any, Any]:
    """The product's, and one as anybody makes it."""
    with pytest.MonkeyPatch.context() as patch:
        use_aws_keys(patch)
        return aws.client.__wrapped__("dynamodb"), boto3.client("dynamodb")


def answer_with(
    monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any], end: int | None = None, **more: str
) -> list[AWSPreparedRequest]:
    """To each request; returns those that were sent. `end` cuts the answer off."""
    sent: list[AWSPreparedRequest] = []

    def send(_: Any, request: AWSPreparedRequest) -> AWSResponse:
        sent.append(request)
        return aws_response(request, status, body, {"x-amzn-requestid": "R", **more}, end)

    monkeypatch.setattr(URLLib3Session, "send", send)
    return sent


@pytest.mark.parametrize("operation", ANSWERS)
@pytest.mark.parametrize("full", [True, False])
def test_an_answer_is_read_as_botocore_reads_it(
    operation: str, full: bool, clients: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = ANSWERS[operation]
    answer_with(monkeypatch, 200, answer if full else EMPTY[operation])
    ours, theirs = (getattr(client, operation)(**asked) for client in clients)
    assert ours == theirs
    assert ours["ResponseMetadata"]["RequestId"] == "R"


@pytest.mark.parametrize("operation", ANSWERS)
def test_a_refusal_is_read_as_botocore_reads_it(
    operation: str, clients: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(monkeypatch, 400, REFUSED)
    told = []
    for client in clients:
        with pytest.raises(ClientError) as refused:
            getattr(client, operation)(**ANSWERS[operation][0])
        told.append(refused.value.response)
    assert told[0] == told[1]
    assert told[0]["Error"]["Code"] == "ResourceNotFoundException"


def test_an_answer_that_broke_on_its_way_is_asked_for_again(
    clients: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    retry_at_once(monkeypatch)
    asked, answer = ANSWERS["get_item"]
    sent = answer_with(monkeypatch, 200, answer, -5, **{"x-amz-crc32": "1"})
    assert "Item" not in clients[0].get_item(**asked)
    assert len(sent) == SDK_TRIES
