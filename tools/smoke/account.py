"""The account around a deployment: what it lets in, what it keeps, and whom it tells."""

import json

from chalicelib import openapi
from tools.common import gateway, stacks
from tools.common.cloud import ROOT, Cloud, api_stage
from tools.common.limits import MIN_UNRESERVED, configured_limits, read_concurrency
from tools.common.table import live_table
from tools.common.website import Website
from tools.smoke.result import NotAsExpected, Skipped

DEPLOY_AGAIN = "`make deploy` sets it"
# What the functions never may.
NEVER = ("dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:UpdateTable")
OF_THE_LEDGER = "EVENT#x"


def routes(cloud: Cloud) -> str:
    """Whether API Gateway has taken the whole document that Chalice imports."""
    known = {
        (method.upper(), path)
        for path, methods in openapi.document()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    if missing := sorted(known - gateway.routes(cloud, _api(cloud))):
        raise NotAsExpected(f"{len(missing)} are not there, {' '.join(missing[0])} the first: deploy the API again")
    return f"all {len(known)} are there"


def rights(cloud: Cloud) -> str:
    """By IAM's simulator, which judges a single write; a write inside a transaction only AWS itself can show."""
    iam, function = cloud.client("iam"), cloud.function_names()[0]
    role = cloud.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    table = cloud.client("dynamodb").describe_table(TableName=live_table(cloud))["Table"]["TableArn"]

    def allowed(actions: tuple[str, ...], partition: str) -> list[str]:
        key = {"ContextKeyName": "dynamodb:LeadingKeys", "ContextKeyValues": [partition]}
        found = iam.simulate_principal_policy(
            PolicySourceArn=role,
            ActionNames=list(actions),
            ResourceArns=[table],
            ContextEntries=[{**key, "ContextKeyType": "stringList"}],
        )
        return [one["EvalActionName"] for one in found["EvaluationResults"] if one["EvalDecision"] == "allowed"]

    if too_much := allowed(NEVER, OF_THE_LEDGER):
        raise NotAsExpected(f"the functions may {', '.join(too_much)} in the ledger: {DEPLOY_AGAIN}")
    partitions = may_delete_in(cloud.stage)
    for partition in partitions:
        if not allowed(("dynamodb:DeleteItem",), partition):
            raise NotAsExpected(f"the functions may not delete in {partition}: {DEPLOY_AGAIN}")
    return f"no delete and no scan of the ledger; deletes in {len(partitions)} partitions"


def may_delete_in(stage: str) -> list[str]:
    """A partition of each kind in which the functions may delete, by the stage's policy."""
    policy = json.loads((ROOT / f".chalice/policy-{stage}.json").read_text())
    (deleting,) = (one for one in policy["Statement"] if one["Action"] == "dynamodb:DeleteItem")
    keys: list[str] = deleting["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    return [key.replace("*", "x") for key in keys]


def limits(cloud: Cloud) -> str:
    """What is let through, and whether the account is large enough for it."""
    wanted, found = configured_limits(), read_concurrency(cloud)
    apigateway = cloud.client("apigateway")
    if not gateway.has_throttle(apigateway, _api(cloud), api_stage(cloud.stage), wanted):
        raise NotAsExpected(f"the gateway's throttle is not {wanted.requests_per_second} a second: {DEPLOY_AGAIN}")
    if found.reserved != found.reservable:
        raise NotAsExpected(
            f"reserved for the API are {found.reserved or 'no'} calls at once, not {found.reservable}: {DEPLOY_AGAIN}"
        )
    if found.reserved is None:
        raise Skipped(
            f"Lambda works on {found.account} calls at once in this account, all functions together, and answers 500 "
            f"to more. To reserve {wanted.concurrency} for the API it must be {wanted.concurrency + MIN_UNRESERVED} "
            "or more: ask for it (docs/deploy.md, 'Limits of the account')"
        )
    return (
        f"{wanted.requests_per_second} a second and {wanted.burst} at once of each call; the API works on "
        f"{found.reserved} at once, the account on {found.account}"
    )


def private_bucket(cloud: Cloud, slot: str) -> str:
    """By asking it for the SPA's page."""
    stack = stacks.stack_name(cloud.stage, "resources")
    bucket = stacks.outputs(cloud.client("cloudformation"), stack)["SpaBucketName"]
    address = f"{cloud.client('s3').meta.endpoint_url}/{bucket}"
    status = Website(address).ask(f"/{slot}/index.html").status
    if status != 403:
        raise NotAsExpected(f"{address} answers {status} without the edge: `tools.edge fix` closes the bucket")
    return "403 without the edge"


def what_is_kept(cloud: Cloud) -> str:
    dynamodb, table = cloud.client("dynamodb"), live_table(cloud)
    if not dynamodb.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled"):
        raise NotAsExpected(f"table {table} can be deleted by accident")
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    if backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] != "ENABLED":
        raise NotAsExpected(f"table {table} is not backed up")
    days = set()
    for function in cloud.function_names():
        name = f"/aws/lambda/{function}"
        groups = cloud.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        kept = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
        if not kept.get(name):
            raise NotAsExpected(f"log group {name} {'is kept for ever' if name in kept else 'is not there'}")
        days.add(str(kept[name]))
    return f"the table is backed up and protected, logs are kept {', '.join(sorted(days))} days"


def alarms(cloud: Cloud) -> str:
    """Whether anybody has clicked that they want to be told."""
    stack = stacks.stack_name(cloud.stage, "resources")
    found = cloud.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId="Alarms")
    topic = found["StackResourceDetail"]["PhysicalResourceId"]
    told = cloud.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    if not told:
        raise Skipped("they tell nobody: `python -m tools.deploy --alarm-email` names whom")
    waiting = [one["Endpoint"] for one in told if not one["SubscriptionArn"].startswith("arn:")]
    if len(waiting) == len(told):
        raise Skipped(f"{', '.join(waiting)} has not confirmed yet: click the link in AWS's mail")
    return f"{len(told) - len(waiting)} confirmed"


def _api(cloud: Cloud) -> str:
    api_id = gateway.find_api(cloud)
    if api_id is None:
        raise NotAsExpected("no API calls the stage's function: deploy it")
    return api_id
