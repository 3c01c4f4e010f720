"""What stands in a new stack's way: resources with a name that exist already, made by hand or left by an earlier stack.

CloudFormation would make half of the stack, stop at the first of them and take all back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tools.common import stacks
from tools.common.cloud import APP, Cloud
from tools.common.console import Refused

RESOURCE = re.compile(r"^  (\w+):\n    Type: (\S+)\n(.*?)(?=^  \w|^\w|\Z)", re.MULTILINE | re.DOTALL)
NOT_THERE = re.compile("NotFound|NoSuch")


class Kind(NamedTuple):
    text: str
    property: str
    """Which of the template's properties is its name."""
    exists: Callable[[Cloud, str], bool]


class Named(NamedTuple):
    logical_id: str
    kind: Kind
    name: str


def refuse_strangers(cloud: Cloud, mail_identity: str | None) -> None:
    """Refused before anything is made, with the name of each such resource that no stack of this stage has."""
    found = [
        f"{each.kind.text} {each.name}"
        for which in ("resources", "edge")
        for each in _not_yet_made(cloud, which, mail_identity or "")
        if _exists(cloud, each)
    ]
    if found:
        raise Refused(
            f"there already, and in no stack of {cloud.stage}: {', '.join(found)}. "
            "Import or delete that first (docs/deploy.md, 'What exists already'). Nothing was changed"
        )


def _not_yet_made(cloud: Cloud, which: str, mail_identity: str) -> Iterator[Named]:
    cloudformation, name = cloud.client("cloudformation"), f"{APP}-{cloud.stage}-{which}"
    stack = stacks.find_stack(cloudformation, name)
    owned: set[str] = set()
    if stack and stack["StackStatus"].endswith("_IN_PROGRESS"):
        return
    if stack:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        owned = {one["LogicalResourceId"] for page in pages for one in page["StackResourceSummaries"]}
    for each in named_resources(stacks.template(which), {"Stage": cloud.stage, "MailIdentity": mail_identity}):
        if each.logical_id not in owned:
            yield each


def named_resources(template: str, parameters: Mapping[str, str]) -> Iterator[Named]:
    """Those of a template's resources whose names are given, and not empty."""
    for logical_id, type_, body in RESOURCE.findall(template):
        if kind := KINDS.get(type_):
            found = re.search(rf"^ +{kind.property}: (?:!Sub (\S+)|!Ref (\w+))$", body, re.MULTILINE)
            if found is None:
                raise ValueError(f"{logical_id} has no {kind.property}")
            name = found[1] or f"${{{found[2]}}}"
            for parameter, value in parameters.items():
                name = name.replace(f"${{{parameter}}}", value)
            if name:
                yield Named(logical_id, kind, name)


def _exists(cloud: Cloud, named: Named) -> bool:
    try:
        return named.kind.exists(cloud, named.name)
    except ClientError as error:
        if NOT_THERE.search(error.response["Error"]["Code"]):
            return False
        raise


def _has_log(cloud: Cloud, name: str) -> bool:
    groups = cloud.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(group["logGroupName"] == name for group in groups)


def _has_topic(cloud: Cloud, name: str) -> bool:
    pages = cloud.client("sns").get_paginator("list_topics").paginate()
    return any(topic["TopicArn"].endswith(f":{name}") for page in pages for topic in page["Topics"])


def _has_access_control(cloud: Cloud, name: str) -> bool:
    pages = cloud.client("cloudfront").get_paginator("list_origin_access_controls").paginate()
    return any(one["Name"] == name for page in pages for one in page["OriginAccessControlList"].get("Items", []))


def _has_headers_policy(cloud: Cloud, name: str) -> bool:
    listed = cloud.client("cloudfront").list_response_headers_policies(Type="custom", MaxItems="100")
    found = [item["ResponseHeadersPolicy"] for item in listed["ResponseHeadersPolicyList"].get("Items", [])]
    return any(policy["ResponseHeadersPolicyConfig"]["Name"] == name for policy in found)


def _answers(service: str, operation: str, argument: str, **more: str) -> Callable[[Cloud, str], bool]:
    """A call that answers, with anything, when there is one of that name."""

    def look(cloud: Cloud, name: str) -> bool:
        call: Callable[..., Any] = getattr(cloud.client(service), operation)
        return bool(call(**{argument: name}, **more))

    return look


KINDS = {
    "AWS::DynamoDB::Table": Kind("table", "TableName", _answers("dynamodb", "describe_table", "TableName")),
    "AWS::Logs::LogGroup": Kind("log group", "LogGroupName", _has_log),
    "AWS::SES::ConfigurationSet": Kind(
        "SES configuration set", "Name", _answers("sesv2", "get_configuration_set", "ConfigurationSetName")
    ),
    "AWS::SES::EmailIdentity": Kind(
        "SES identity", "EmailIdentity", _answers("sesv2", "get_email_identity", "EmailIdentity")
    ),
    "AWS::SNS::Topic": Kind("SNS topic", "TopicName", _has_topic),
    "AWS::CloudWatch::Alarm": Kind(
        "alarm",
        "AlarmName",
        lambda cloud, name: bool(cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]),
    ),
    "AWS::CloudFront::Function": Kind(
        "CloudFront function", "Name", _answers("cloudfront", "describe_function", "Name", Stage="DEVELOPMENT")
    ),
    "AWS::CloudFront::OriginAccessControl": Kind("origin access control", "Name", _has_access_control),
    "AWS::CloudFront::ResponseHeadersPolicy": Kind("response-headers policy", "Name", _has_headers_policy),
}
