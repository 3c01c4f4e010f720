"""What tools.smoke says of the account around a deployment: API Gateway, Lambda, IAM, S3, SNS as they answer."""

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import operator
from tests.support.functions import create_functions
from tools.common import gateway, limits
from tools.common.cloud import APP, Cloud
from tools.common.limits import Limits, configured_limits, read_concurrency
from tools.deploy.function import API_HANDLER, LiveEnvironmentFactory
from tools.local.embedded import EmbeddedAws
from tools.smoke import account
from tools.smoke.result import NotAsExpected, Skipped

Services = dict[str, dict[str, Any]]
"""By service and operation: an answer, or a function that makes it."""
Answering = Callable[[Services], Cloud]


class Client:
    """One service of AWS, that answers as a test says."""

    exceptions = SimpleNamespace(ResourceNotFoundException=LookupError)

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def __getattr__(self, operation: str) -> Any:
        answer = self.answers[operation]
        return (lambda **_: answer) if isinstance(answer, dict) else answer


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Makes a cloud of stage prod whose services answer so."""

    def made(services: Services) -> Cloud:
        variables = {"get_function_configuration": {"RevisionId": "1"}}
        clients = {
            name: Client(variables | answers if name == "lambda" else answers) for name, answers in services.items()
        }
        monkeypatch.setattr(Cloud, "client", lambda _, service: clients[service])
        return Cloud("prod")

    return made


# --- what Lambda allows ---------------------------------------------------------------------------


def lambda_says(account_limit: int, unreserved: int, reserved: int | None) -> Services:
    """Of an account with this limit, so many calls at once unreserved, and so many reserved for the API."""
    found = {"ConcurrentExecutions": account_limit, "UnreservedConcurrentExecutions": unreserved}
    of_function = {} if reserved is None else {"ReservedConcurrentExecutions": reserved}
    return {
        "lambda": {"get_account_settings": {"AccountLimit": found}, "get_function_concurrency": of_function},
        "apigateway": {},
    }


@pytest.mark.parametrize(
    ("account_limit", "unreserved", "reserved", "reservable"),
    [
        (10, 10, None, None),  # a new account: reserving anything at all would be refused
        (50, 50, None, None),
        (199, 199, None, None),
        (200, 200, None, 100),
        (1000, 1000, None, 100),
        (1000, 900, 100, 100),  # ours already
        (1000, 150, None, None),  # others have reserved the rest
        (1000, 100, 100, 100),
        (1000, 960, 40, 100),  # an earlier version's
    ],
)
def test_concurrency_is_reserved_only_where_enough_is_left_for_the_other_functions(
    answering: Answering, account_limit: int, unreserved: int, reserved: int | None, reservable: int | None
) -> None:
    assert configured_limits().concurrency == limits.MIN_UNRESERVED == 100
    found = read_concurrency(answering(lambda_says(account_limit, unreserved, reserved)))
    assert found == (account_limit, reserved, reservable)


@pytest.mark.parametrize("reserved", [100, None])
def test_chalice_reserves_it_for_the_apis_function_alone(reserved: int | None) -> None:
    names = (API_HANDLER, "sweep_mail", "mail_feedback")
    factory = LiveEnvironmentFactory("prod", "policy-prod.json", {name: {} for name in names}, reserved)
    config = factory.create_config_obj("prod")
    assert [config.scope("prod", name).reserved_concurrency for name in names] == [reserved, None, None]


@pytest.fixture
def throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "find_api", lambda _: "a1")
    monkeypatch.setattr(gateway, "has_throttle", lambda *_: True)


def test_an_account_too_small_for_the_limits_is_named_with_what_to_ask_for(
    answering: Answering, throttled: None
) -> None:
    with pytest.raises(Skipped, match=r"works on 10 calls at once in this account.*must be 200 or more: ask for it"):
        account.limits(answering(lambda_says(10, 10, None)))


@pytest.mark.parametrize("reserved", [None, 40])
def test_a_reservation_that_is_not_as_configured_is_a_failure(
    answering: Answering, throttled: None, reserved: int | None
) -> None:
    with pytest.raises(NotAsExpected, match="not 100: `make deploy` sets it"):
        account.limits(answering(lambda_says(1000, 1000 - (reserved or 0), reserved)))


def test_limits_as_configured_are_told(answering: Answering, throttled: None) -> None:
    told = account.limits(answering(lambda_says(1000, 900, 100)))
    assert told == "50 a second and 100 at once of each call; the API works on 100 at once, the account on 1000"


# --- API Gateway ----------------------------------------------------------------------------------


@pytest.fixture
def api(embedded_aws: EmbeddedAws) -> tuple[Cloud, str]:
    """A stage with an API of two calls that its function answers."""
    cloud = Cloud(f"s{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    create_functions(cloud, operator.environment())
    function = cloud.client("lambda").get_function_configuration(FunctionName=cloud.function_names()[0])
    apigateway = cloud.client("apigateway")
    api_id = apigateway.create_rest_api(name=APP)["id"]
    parent = apigateway.get_resources(restApiId=api_id)["items"][0]["id"]
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function['FunctionArn']}/invocations"
    for part in ("api", "health"):
        parent = apigateway.create_resource(restApiId=api_id, parentId=parent, pathPart=part)["id"]
    where = {"restApiId": api_id, "resourceId": parent, "httpMethod": "GET"}
    apigateway.put_method(**where, authorizationType="NONE")
    apigateway.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    apigateway.create_deployment(restApiId=api_id, stageName=cloud.stage)
    return cloud, api_id


def test_calls_that_the_gateway_has_not_taken_are_counted(api: tuple[Cloud, str]) -> None:
    cloud, api_id = api
    assert gateway.routes(cloud, api_id) == {("GET", "/api/health")}
    with pytest.raises(NotAsExpected, match=r"\d+ are not there, \w+ /\S+ the first: deploy the API again"):
        account.routes(cloud)


def test_without_an_api_that_is_what_is_said(embedded_aws: EmbeddedAws) -> None:
    with pytest.raises(NotAsExpected, match="no API calls the stage's function"):
        account.routes(Cloud("nowhere", embedded_aws.endpoint))


def test_more_calls_than_are_let_through_get_an_answer_of_the_apis_own_kind(api: tuple[Cloud, str]) -> None:
    cloud, api_id = api
    apigateway, few = cloud.client("apigateway"), Limits(requests_per_second=1, burst=2, concurrency=1)
    assert gateway.set_answers(apigateway, api_id, cloud.stage)
    assert not gateway.set_answers(apigateway, api_id, cloud.stage)
    assert gateway.set_throttle(apigateway, api_id, cloud.stage, few)
    assert not gateway.set_throttle(apigateway, api_id, cloud.stage, few)
    site = account.Website(f"{cloud.endpoint}/_aws/execute-api/{api_id}/{cloud.stage}")
    answers = [site.ask("/api/health") for _ in range(4)]
    (refused, *_) = [answer for answer in answers if answer.status == 429]
    assert refused.json()["Code"] == "TooManyTries"
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["Cache-Control"] == "no-store"


# --- IAM ------------------------------------------------------------------------------------------


RIGHT = {("dynamodb:DeleteItem", partition) for partition in account.may_delete_in("prod")}


@pytest.mark.parametrize(
    ("allow", "wrong"),
    [
        (RIGHT, ""),
        (RIGHT | {("dynamodb:DeleteItem", "EVENT#x")}, "may dynamodb:DeleteItem in the ledger"),
        (RIGHT | {("dynamodb:Scan", "EVENT#x")}, "may dynamodb:Scan in the ledger"),
        (RIGHT - {("dynamodb:DeleteItem", "TO_CLEAR")}, "may not delete in TO_CLEAR"),
    ],
)
def test_rights_are_judged_by_iams_simulator(answering: Answering, allow: set[tuple[str, str]], wrong: str) -> None:
    def simulate(**asked: Any) -> dict[str, Any]:
        assert (asked["PolicySourceArn"], asked["ResourceArns"]) == ("arn:role", ["arn:table"])
        ((partition,),) = (entry["ContextKeyValues"] for entry in asked["ContextEntries"])
        return {
            "EvaluationResults": [
                {"EvalActionName": one, "EvalDecision": "allowed" if (one, partition) in allow else "implicitDeny"}
                for one in asked["ActionNames"]
            ]
        }

    cloud = answering(
        {
            "lambda": {"get_function_configuration": {"Role": "arn:role"}},
            "dynamodb": {"describe_table": {"Table": {"TableArn": "arn:table"}}},
            "iam": {"simulate_principal_policy": simulate},
        }
    )
    if wrong:
        with pytest.raises(NotAsExpected, match=wrong):
            account.rights(cloud)
    else:
        assert account.rights(cloud) == f"no delete and no scan of the ledger; deletes in {len(RIGHT)} partitions"


# --- S3, logs, backups, alarms --------------------------------------------------------------------


@pytest.mark.parametrize(("status", "passes"), [(403, True), (200, False), (404, False), (301, False)])
def test_a_page_that_the_bucket_gives_without_the_edge_is_a_failure(
    answering: Answering, monkeypatch: pytest.MonkeyPatch, status: int, passes: bool
) -> None:
    asked = []
    monkeypatch.setattr(
        account.Website, "ask", lambda site, path: asked.append(site.base_url + path) or SimpleNamespace(status=status)
    )
    outputs = [{"OutputKey": "SpaBucketName", "OutputValue": "spa-1"}]
    cloud = answering(
        {
            "cloudformation": {"describe_stacks": {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": outputs}]}},
            "s3": {"meta": SimpleNamespace(endpoint_url="https://s3.us-west-2.amazonaws.com")},
        }
    )
    if passes:
        assert account.private_bucket(cloud, "production") == "403 without the edge"
    else:
        with pytest.raises(NotAsExpected, match=f"answers {status} without the edge"):
            account.private_bucket(cloud, "production")
    assert asked == ["https://s3.us-west-2.amazonaws.com/spa-1/production/index.html"]


def kept(protected: bool = True, backups: str = "ENABLED", days: int | None = 90, log: bool = True) -> Services:
    def groups(logGroupNamePrefix: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        found = [{"logGroupName": f"{logGroupNamePrefix}-of-another", "retentionInDays": 1}]
        if log:
            found.append({"logGroupName": logGroupNamePrefix} | ({"retentionInDays": days} if days else {}))
        return {"logGroups": found}

    recovery = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": backups}}
    return {
        "lambda": {},
        "dynamodb": {
            "describe_table": {"Table": {"DeletionProtectionEnabled": protected}},
            "describe_continuous_backups": {"ContinuousBackupsDescription": recovery},
        },
        "logs": {"describe_log_groups": groups},
    }


@pytest.mark.parametrize(
    ("services", "wrong"),
    [
        (kept(), ""),
        (kept(protected=False), "table ship-captain-crew-prod can be deleted by accident"),
        (kept(backups="DISABLED"), "table ship-captain-crew-prod is not backed up"),
        (kept(days=None), "log group /aws/lambda/ship-captain-crew-prod is kept for ever"),
        (kept(log=False), "log group /aws/lambda/ship-captain-crew-prod is not there"),
    ],
)
def test_backups_protection_and_the_time_that_logs_are_kept_are_looked_at(
    answering: Answering, services: Services, wrong: str
) -> None:
    cloud = answering(services)
    if wrong:
        with pytest.raises(NotAsExpected, match=wrong):
            account.what_is_kept(cloud)
    else:
        assert account.what_is_kept(cloud) == "the table is backed up and protected, logs are kept 90 days"


CONFIRMED = {"Endpoint": "ana@example.com", "SubscriptionArn": "arn:aws:sns:us-east-1:1:t:s"}
PENDING = {"Endpoint": "ben@example.com", "SubscriptionArn": "PendingConfirmation"}


@pytest.mark.parametrize(
    ("subscriptions", "told"),
    [
        ([CONFIRMED], "1 confirmed"),
        ([PENDING, CONFIRMED], "1 confirmed"),
        ([PENDING], "ben@example.com has not confirmed yet: click the link in AWS's mail"),
        ([], "they tell nobody: `python -m tools.deploy --alarm-email` names whom"),
    ],
)
def test_alarms_that_reach_nobody_are_noted(answering: Answering, subscriptions: Any, told: str) -> None:
    cloud = answering(
        {
            "cloudformation": {"describe_stack_resource": {"StackResourceDetail": {"PhysicalResourceId": "arn:topic"}}},
            "sns": {"list_subscriptions_by_topic": {"Subscriptions": subscriptions}},
        }
    )
    try:
        seen = account.alarms(cloud)
    except Skipped as note:
        seen = str(note)
    assert seen == told
