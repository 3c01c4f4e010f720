"""tools.deploy against the embedded AWS: first and next deployment, nothing lost, nothing promoted."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.running import AWS_KEYS, ROOT, environment_without_aws
from tools import password
from tools.common import gateway, stacks
from tools.common.build import build_spa
from tools.common.cloud import Cloud
from tools.common.functions import live_environment, live_environments, merge
from tools.edge.__main__ import fix
from tools.edge.check import check
from tools.edge.lookup import find_distribution, read_config
from tools.local.embedded import EmbeddedAws

STAGE = "test"

SETTINGS = {
    "SCC_OPERATOR_NAME": "Bay Charters",
    "SCC_OPERATOR_EMAIL": "captain@example.com",
    "SCC_MAIL_TRANSPORT": "ses",
    "SCC_MAIL_FROM": "captain@charters.example",
    "SCC_ORIGIN_SECRETS": f"ssm:/ship-captain-crew/{STAGE}/SCC_ORIGIN_SECRETS",
    "ADMIN_PASS_HASH": "scrypt$ln=17,r=8,p=1$" + "A" * 22 + "$" + "B" * 43,
}


@dataclass(frozen=True)
class Account:
    cloud: Cloud
    project: Path
    environment: dict[str, str]

    def deploy(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "deploying.py", *arguments],
            check=False,
            cwd=self.project,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def keys(self) -> list[str]:
        outputs = stacks.outputs(self.cloud.client("cloudformation"), f"ship-captain-crew-{STAGE}-resources")
        listed = self.cloud.client("s3").list_objects_v2(Bucket=outputs["SpaBucketName"])
        return [item["Key"] for item in listed.get("Contents", [])]

    def code(self) -> str:
        """What the API's function runs."""
        name = self.cloud.function_names()[0]
        return str(self.cloud.client("lambda").get_function_configuration(FunctionName=name)["CodeSha256"])

    def codes(self) -> set[str]:
        """What all of them run."""
        lambdas = self.cloud.client("lambda")
        names = self.cloud.function_names()
        return {lambdas.get_function_configuration(FunctionName=name)["CodeSha256"] for name in names}

    def state(self) -> list[object]:
        """What a deployment may change, by its revisions."""
        lambdas, cloudformation = self.cloud.client("lambda"), self.cloud.client("cloudformation")
        functions = [lambdas.get_function_configuration(FunctionName=name) for name in self.cloud.function_names()]
        names = [f"ship-captain-crew-{STAGE}-{which}" for which in ("resources", "budget", "edge")]
        return [
            *(found["RevisionId"] for found in functions),
            *(stacks.revision(cloudformation, name) for name in names),
            self.cloud.client("apigateway").get_rest_apis()["items"],
            read_config(self.cloud, find_distribution(self.cloud)),
            self.keys(),
        ]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An AWS account of its own and a copy of the project, so that nothing is written into the tree."""
    build_spa()
    project = tmp_path_factory.mktemp("project")
    for name in ("app.py", "requirements.txt", "tests/support/deploying.py"):
        shutil.copy(ROOT / name, project)
    leave = shutil.ignore_patterns("__pycache__", "node_modules", "deployed", "deployments")
    for name in ("chalicelib", ".chalice", "tools", "spa"):
        shutil.copytree(ROOT / name, project / name, ignore=leave)
    aws = EmbeddedAws(tmp_path_factory.mktemp("account") / "aws.log")
    environment = environment_without_aws() | AWS_KEYS | {"AWS_ENDPOINT_URL": aws.endpoint}
    try:
        aws.wait_ready()
        yield Account(Cloud(STAGE, aws.endpoint), project, environment)
    finally:
        aws.stop()


def test_without_a_yes_it_shows_its_plan_and_changes_nothing(account: Account) -> None:
    done = account.deploy()
    assert done.returncode == 1
    assert "create function ship-captain-crew-test" in done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert not account.cloud.client("dynamodb").list_tables()["TableNames"]


# In the middle of each step, in their order: right after a call that changed something, before its answer is used.
KILLED_AFTER = [
    "cloudformation:CreateStack:1",
    "ssm:PutParameter:1",
    "lambda:CreateFunction:1",
    "apigateway:CreateDeployment:1",
    "cloudformation:CreateStack:1",
    "lambda:UpdateFunctionConfiguration:1",
]


@pytest.mark.parametrize("call", KILLED_AFTER, ids=["resources", "secret", "function", "api", "edge", "environment"])
def test_a_deployment_may_be_killed_anywhere(account: Account, call: str) -> None:
    done = account.deploy("--yes", "--mail-identity", "charters.example", DIE_AFTER=call)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def test_run_again_it_goes_on_and_names_the_setting_that_is_missing(account: Account) -> None:
    done = account.deploy("--yes")
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(done.stderr.splitlines()[-1:]) == 1
    assert "stopped at 'environment check'" in done.stderr
    assert "SCC_MAIL_TRANSPORT is missing" in done.stderr
    assert "tools.env merge" in done.stderr
    assert "goes on from there" in done.stderr
    assert account.cloud.client("dynamodb").describe_table(TableName="ship-captain-crew-test")


def test_nothing_was_made_twice(account: Account) -> None:
    assert len(account.cloud.client("apigateway").get_rest_apis()["items"]) == 1
    assert len(account.cloud.client("lambda").list_functions()["Functions"]) == 3
    assert account.cloud.client("cloudfront").list_distributions()["DistributionList"]["Quantity"] == 1
    assert len(account.cloud.client("dynamodb").list_tables()["TableNames"]) == 1


def test_killed_while_it_stages_it_leaves_no_page_without_its_assets(account: Account) -> None:
    merge(account.cloud, SETTINGS | {"AWS_ENDPOINT_URL": account.environment["AWS_ENDPOINT_URL"]})
    done = account.deploy("--yes", DIE_AFTER="s3:PutObject:8")
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    keys = account.keys()
    assert "staging/index.html" not in keys


def test_the_next_deployment_finishes_passes_smoke_and_keeps_the_live_environment(account: Account) -> None:
    before = live_environments(account.cloud)
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    for named in ("payment endpoint", "waiver page", "SPA (staging)", "settings", "mail"):
        assert f"pass  {named}" in done.stdout
    assert live_environments(account.cloud) == before
    assert account.cloud.read_parameter(f"/ship-captain-crew/{STAGE}/ADMIN_TOTP") == "off"
    assert len(account.cloud.read_parameter(f"/ship-captain-crew/{STAGE}/SCC_LINK_SECRET")) >= 32
    apigateway = account.cloud.client("apigateway")
    api_id = apigateway.get_rest_apis()["items"][0]["id"]
    assert not gateway.set_answers(apigateway, api_id, STAGE), "deployed already"
    for kind, status in {"MISSING_AUTHENTICATION_TOKEN": "404", "THROTTLED": "429"}.items():
        assert apigateway.get_gateway_response(restApiId=api_id, responseType=kind)["statusCode"] == status
    settings = apigateway.get_stage(restApiId=api_id, stageName=STAGE)["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (50, 100)
    assert SETTINGS["ADMIN_PASS_HASH"] not in done.stdout + done.stderr
    assert not [
        file
        for file in (account.project / ".chalice").rglob("*")
        if file.is_file() and SETTINGS["ADMIN_PASS_HASH"].encode() in file.read_bytes()
    ]


def test_the_functions_may_send_as_this_sender_and_no_other_identity_of_the_account(account: Account) -> None:
    iam, lambdas = account.cloud.client("iam"), account.cloud.client("lambda")
    for function in account.cloud.function_names():
        role = lambdas.get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
        (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        (sending,) = (one for one in document["Statement"] if "ses:SendEmail" in one["Action"])
        assert sending["Resource"] == [
            "arn:aws:ses:*:*:identity/captain@charters.example",
            "arn:aws:ses:*:*:identity/charters.example",
            "arn:aws:ses:*:*:identity/captain@example.com",
            "arn:aws:ses:*:*:configuration-set/ship-captain-crew-test",
        ]
        assert sending["Condition"] == {"StringEquals": {"ses:FromAddress": "captain@charters.example"}}


def test_it_stages_and_never_promotes(account: Account) -> None:
    keys = account.keys()
    assert "staging/index.html" in keys
    assert not [key for key in keys if key.startswith("production/")]


def test_whom_the_alarms_tell_is_mailed_too_when_the_month_costs_more_than_was_said(account: Account) -> None:
    cloudformation, name = account.cloud.client("cloudformation"), f"ship-captain-crew-{STAGE}-budget"
    assert stacks.find_stack(cloudformation, name) is None
    done = account.deploy("--yes", "--alarm-email", "captain@example.com", "--monthly-budget", "40")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"create stack {name}" in done.stdout
    wanted = {"AlarmEmail": "captain@example.com", "MonthlyBudget": "40"}
    assert stacks.find_parameters(cloudformation, name) == wanted
    assert "nothing had to change" in account.deploy("--yes").stdout
    assert stacks.find_parameters(cloudformation, name) == wanted


def test_a_second_run_changes_nothing_and_says_so_also_on_another_machine(account: Account) -> None:
    before = account.state()
    shutil.rmtree(account.project / ".chalice/deployed")
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing had to change" in done.stdout
    assert "keep   function ship-captain-crew-test " in done.stdout
    assert account.state() == before


def test_a_changed_source_deploys_the_function_alone_and_keeps_the_second_factor(account: Account) -> None:
    source = account.project / "chalicelib/__init__.py"
    source.write_text(source.read_text() + "\n# changed\n")
    password.turn_on(account.cloud, "", yes=True)
    before = password.live_settings(account.cloud).totp_secrets
    done = account.deploy("--yes")
    assert before == password.live_settings(account.cloud).totp_secrets != {}
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deployed; changed: function and API\n" in done.stdout


def test_another_sender_is_deployed_although_no_source_has_changed(account: Account) -> None:
    merge(account.cloud, {"SCC_MAIL_FROM": "crew@charters.example"})
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deployed; changed: function and API\n" in done.stdout
    merge(account.cloud, {"SCC_MAIL_FROM": SETTINGS["SCC_MAIL_FROM"]})


def test_a_function_that_a_new_version_brings_starts_with_the_settings_of_the_others(account: Account) -> None:
    api, *_, newest = account.cloud.function_names()
    account.cloud.client("lambda").delete_function(FunctionName=newest)
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert live_environment(account.cloud, newest) == live_environment(account.cloud, api)


def test_the_status_names_both_halves(account: Account) -> None:
    done = account.deploy("status")
    assert done.returncode == 0, done.stdout + done.stderr
    (staging,) = (line for line in done.stdout.splitlines() if line.startswith("staging"))
    assert re.search(r"made with deployment \d+; works with what runs", staging)
    assert "production  empty" in done.stdout


FEWER_CALLS = """
_whole_document = document


def document() -> dict[str, Any]:
    found = _whole_document()
    del found["paths"]["/api/boats"]
    return found
"""


def test_a_change_that_breaks_an_open_tab_is_refused_with_the_calls_name_before_anything_is_deployed(
    account: Account,
) -> None:
    source = account.project / "chalicelib/openapi.py"
    text, before = source.read_text(), account.code()
    source.write_text(text + FEWER_CALLS)
    done = account.deploy("--yes")
    assert done.returncode == 1
    assert "stopped at 'open tabs" in done.stderr
    assert "GET /api/boats: there is no such call; POST /api/boats: there is no such call" in done.stderr
    assert account.code() == before
    done = account.deploy("--yes", "--force", "nobody has it open")
    assert done.returncode == 0, done.stdout + done.stderr
    assert account.code() != before
    assert "forced: nobody has it open" in account.deploy("status").stdout
    source.write_text(text)


def test_the_version_before_comes_back_with_all_variables_and_goes_again(account: Account) -> None:
    before, forced = live_environments(account.cloud), account.code()
    done = account.deploy("rollback", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert account.code() != forced
    assert live_environments(account.cloud) == before
    assert re.search(r"\d+ +rolled back ", account.deploy("status").stdout)
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert live_environments(account.cloud) == before


def test_a_deployment_that_is_killed_after_it_changed_a_function_can_go_back(account: Account) -> None:
    source, before = account.project / "chalicelib/__init__.py", account.codes()
    text = source.read_text()
    source.write_text(text + "\n# a version that is never whole\n")
    done = account.deploy("--yes", DIE_AFTER="lambda:UpdateFunctionCode:1")
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    source.write_text(text)
    assert account.codes() > before
    assert re.search(r"deploying .*, never told its end", account.deploy("status").stdout)
    done = account.deploy("rollback", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert account.codes() == before
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_edge_that_somebody_broke_stops_it_with_the_remedy(account: Account) -> None:
    distribution_id = find_distribution(account.cloud)
    config, etag = read_config(account.cloud, distribution_id)
    config["CacheBehaviors"]["Items"][1]["TargetOriginId"] = "spa"
    account.cloud.client("cloudfront").update_distribution(Id=distribution_id, DistributionConfig=config, IfMatch=etag)
    done = account.deploy("--yes")
    assert done.returncode == 1
    assert "/g/*/waiver goes to spa, not to the API" in done.stdout
    assert "`python -m tools.edge fix --stage test`" in done.stderr
    fix(account.cloud, distribution_id, yes=True)
    check(account.cloud, distribution_id)
