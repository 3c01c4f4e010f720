"""Stacks and the gateway as AWS answers: why one failed, what stands in its way, what is tried again."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.answering import answering, refusal, reply
from tests.support.running import ROOT
from tests.support.table import read_table, read_template
from tools.common import gateway, stacks
from tools.common.cloud import Cloud
from tools.common.console import Refused
from tools.deploy.existing import KINDS, named_resources, refuse_strangers
from tools.local.embedded import EmbeddedAws

NOT_OF_CREATE = ("PointInTimeRecoverySpecification", "TimeToLiveSpecification", "SSESpecification")
STACK = "arn:aws:cloudformation:us-east-1:000000000000:stack/s/1"


# Why a stack failed


def event(name: str, status: str, reason: str = "") -> dict[str, str]:
    seen = {"LogicalResourceId": name, "ResourceStatus": status, "StackId": STACK, "PhysicalResourceId": name}
    if name == "s":
        seen["PhysicalResourceId"] = STACK
    return seen | ({"ResourceStatusReason": reason} if reason else {})


EARLIER = [event("Old", "CREATE_FAILED", "of last week"), event("s", "CREATE_IN_PROGRESS", "User Initiated")]
BEGIN = event("s", "UPDATE_IN_PROGRESS", "User Initiated")


@pytest.mark.parametrize(
    ("oldest_first", "cause"),
    [
        (
            [
                event("Table", "CREATE_FAILED", "scc-prod already exists"),
                event("Bucket", "CREATE_FAILED", "Resource creation cancelled"),
                event("Log", "CREATE_FAILED", "Resource creation cancelled"),
            ],
            "Table: scc-prod already exists",
        ),
        (
            [
                event("Log", "UPDATE_FAILED", "Resource update cancelled"),
                event("Table", "UPDATE_FAILED", "no such index"),
                event("Alarm", "UPDATE_FAILED", "limit exceeded"),
            ],
            "Table: no such index",
        ),
        ([event("Table", "CREATE_FAILED")], "Table: no reason given"),
        ([event("Log", "CREATE_FAILED", "Resource creation canceled")], "no resource named a reason"),
        ([event("Table", "CREATE_COMPLETE")], "no resource named a reason"),
    ],
)
def test_the_earliest_failure_that_is_no_cancellation_is_the_cause(
    oldest_first: list[dict[str, str]], cause: str
) -> None:
    """Only of the last act: the history before it is not even asked for."""

    def events() -> Iterator[dict[str, str]]:
        yield from reversed([BEGIN, *oldest_first])
        yield from reversed(EARLIER)

    assert stacks.cause_of(events()) == cause


def test_a_long_history_is_read_page_after_page() -> None:
    def page(name: str, reason: str, more: str = "") -> str:
        return (
            f"<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents><member><StackId>{STACK}</StackId>"
            f"<LogicalResourceId>{name}</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus>"
            f"<ResourceStatusReason>{reason}</ResourceStatusReason></member></StackEvents>{more}"
            "</DescribeStackEventsResult></DescribeStackEventsResponse>"
        )

    first = page("Log", "Resource creation cancelled", "<NextToken>n</NextToken>")
    with answering(reply(200, first), reply(200, page("Table", "it exists"))) as (address, asked):
        found = stacks._first_failure(Cloud("prod", address).client("cloudformation"), "s")
    assert found == "Table: it exists"
    assert len(asked) == 2


# What stands in the way


@pytest.mark.parametrize("which", ["resources", "edge"])
def test_every_named_resource_of_the_templates_is_looked_for(which: str) -> None:
    found = {
        each.logical_id: each.name
        for each in named_resources(stacks.template(which), {"Stage": "prod", "MailIdentity": "example.com"})
    }
    template = read_template(ROOT / f".chalice/{which}.yaml")["Resources"]
    named = {
        logical_id: flat(part["Properties"])[KINDS[part["Type"]].property]
        for logical_id, part in template.items()
        if part["Type"] in KINDS
    }
    filled = {
        key: value.replace("${Stage}", "prod").replace("MailIdentity", "example.com") for key, value in named.items()
    }
    assert found == filled
    unnamed = {part["Type"] for part in template.values() if part["Type"] not in KINDS}
    assert unnamed <= {
        "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::CloudFront::Distribution", "AWS::Logs::MetricFilter",
        "AWS::SES::ConfigurationSetEventDestination", "AWS::SNS::Subscription",
    }  # fmt: skip


def flat(properties: dict[str, Any]) -> dict[str, Any]:
    """What CloudFront's resources have one level deeper, too."""
    inner = [value for value in properties.values() if isinstance(value, dict)]
    return {key: value for part in (*inner, properties) for key, value in part.items()}


@pytest.mark.parametrize("which", ["resources", "edge"])
def test_what_outlives_its_stack_does_not_outlive_a_first_try_that_failed(which: str) -> None:
    for part in read_template(ROOT / f".chalice/{which}.yaml")["Resources"].values():
        assert part.get("DeletionPolicy", "") in ("", "RetainExceptOnCreate")
        assert ("UpdateReplacePolicy" in part) == ("DeletionPolicy" in part)


@pytest.fixture
def cloud(embedded_aws: EmbeddedAws) -> Cloud:
    return Cloud(f"x{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)


def make(cloud: Cloud) -> list[str]:
    """One of each kind, by hand; returns how each should be named."""
    named = f"ship-captain-crew-{cloud.stage}"
    cloud.client("dynamodb").create_table(
        TableName=named,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
    )
    cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{named}-sweep_mail")
    cloud.client("sesv2").create_configuration_set(ConfigurationSetName=named)
    cloud.client("sesv2").create_email_identity(EmailIdentity=f"{cloud.stage}.example")
    cloud.client("sns").create_topic(Name=f"{named}-alarms")
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{named}-mail",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )
    cloudfront = cloud.client("cloudfront")
    cloudfront.create_function(
        Name=f"{named}-viewer-request",
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=b"function handler(event) { return event.request; }",
    )
    control = {"SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3"}
    cloudfront.create_origin_access_control(OriginAccessControlConfig={"Name": named, **control})
    cloudfront.create_response_headers_policy(
        ResponseHeadersPolicyConfig={
            "Name": f"{named}-pages",
            "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
        }
    )
    return [
        f"table {named}",
        f"log group /aws/lambda/{named}-sweep_mail",
        f"SES configuration set {named}",
        f"SES identity {cloud.stage}.example",
        f"SNS topic {named}-alarms",
        f"alarm {named}-mail",
        f"CloudFront function {named}-viewer-request",
        f"origin access control {named}",
        f"response-headers policy {named}-pages",
    ]


def test_what_exists_outside_of_the_stacks_is_named_before_anything_is_made(cloud: Cloud) -> None:
    refuse_strangers(cloud, f"{cloud.stage}.example")
    wanted = make(cloud)
    with pytest.raises(Refused, match=r"What exists already.*Nothing was changed") as refused:
        refuse_strangers(cloud, f"{cloud.stage}.example")
    listed = str(refused.value).partition(": ")[2].partition(". Import")[0].split(", ")
    assert sorted(listed) == sorted(wanted)


def test_what_the_stacks_have_made_themselves_is_none_of_that(cloud: Cloud) -> None:
    identity = f"{cloud.stage}.example"
    stacks.apply_stack(
        cloud.client("cloudformation"),
        f"ship-captain-crew-{cloud.stage}-resources",
        stacks.template("resources"),
        {"Stage": cloud.stage, "MailIdentity": identity},
        poll_s=0.05,
    )
    refuse_strangers(cloud, identity)


def test_what_exists_is_imported_as_the_docs_say(cloud: Cloud, tmp_path: Path) -> None:
    """A table with a record and a log, which another stack has left."""
    table = f"ship-captain-crew-{cloud.stage}"
    stack = f"{table}-resources"
    dynamodb, cloudformation = cloud.client("dynamodb"), cloud.client("cloudformation")
    properties = {name: part for name, part in read_table().items() if name not in NOT_OF_CREATE}
    dynamodb.create_table(**properties | {"TableName": table})
    dynamodb.put_item(TableName=table, Item={"PK": {"S": "EVENT#1"}, "SK": {"S": "EVENT"}})
    cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{table}")

    recipe = next(line for line in (ROOT / "docs/deploy.md").read_text().splitlines() if line.startswith("sed "))
    command = f"stage={cloud.stage}\n{recipe.partition(' >')[0]}"
    filled_in = subprocess.run(["sh", "-c", command], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    change = {"StackName": stack, "ChangeSetName": "import"}
    cloudformation.create_change_set(
        **change,
        ChangeSetType="CREATE",
        ImportExistingResources=True,
        TemplateBody=filled_in,
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": cloud.stage}],
    )
    found = cloudformation.describe_change_set(**change)
    imported = {
        each["ResourceChange"]["LogicalResourceId"]
        for each in found["Changes"]
        if each["ResourceChange"]["Action"] == "Import"
    }
    assert imported == {"Table", "ApiLog"}, found
    cloudformation.execute_change_set(**change)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})

    refuse_strangers(cloud, None)
    parameters: dict[str, str | None] = {"Stage": cloud.stage}
    stacks.apply_stack(cloudformation, stack, stacks.template("resources"), parameters, poll_s=0.05)
    assert dynamodb.scan(TableName=table)["Count"] == 1


# What is tried again


def test_a_deployment_that_comes_too_soon_after_another_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    too_soon = reply(429, '{"message": "Too Many Requests"}', {"x-amzn-ErrorType": "TooManyRequestsException"})
    with answering(too_soon, too_soon, reply(201, '{"id": "d1"}')) as (address, asked):
        gateway._create_deployment(Cloud("prod", address, attempts=1).client("apigateway"), "a1", "prod")
    assert [one.method for one in asked] == ["POST"] * 3
    assert waited == [5, 5]
    with answering(too_soon) as (address, _), pytest.raises(Refused, match="takes no deployment"):
        gateway._create_deployment(Cloud("prod", address, attempts=1).client("apigateway"), "a1", "prod")


def test_backups_of_a_table_that_was_just_made_are_asked_for_until_they_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    kind = "com.amazonaws.dynamodb.v20120810#ContinuousBackupsUnavailableException"
    early = reply(400, f'{{"__type": "{kind}", "message": "Backups are being enabled for the table: t"}}')
    wanted = {"PointInTimeRecoveryEnabled": True}
    with answering(early, early, reply(200, "{}")) as (address, asked):
        Cloud("prod", address, attempts=1).client("dynamodb").update_continuous_backups(
            TableName="t", PointInTimeRecoverySpecification=wanted
        )
    assert len(asked) == 3
    assert waited == [5, 5]


def test_another_refusal_of_backups_is_not_tried_again() -> None:
    with (
        answering(refusal(400, "TableNotFoundException")) as (address, asked),
        pytest.raises(ClientError, match="TableNotFoundException"),
    ):
        Cloud("prod", address, attempts=1).client("dynamodb").update_continuous_backups(
            TableName="t", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    assert len(asked) == 1
