"""tools.deploy against the embedded AWS: first and next deployment, nothing lost, nothing promoted."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.running import ROOT
from tools import env, local, stacks
from tools.cloud import Cloud
from tools.embedded import REGION, EmbeddedAws

STAGE = "test"

# The emulator has no PutRestApi, its distribution no public address, and nothing in it is worth waiting for.
DEPLOY = """
import sys, time
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.1))
from chalice.awsclient import TypedAWSClient
TypedAWSClient.update_api_from_swagger = lambda *given, **named: None
from tools import deploy
deploy.smoke = lambda base_url: None
deploy.verify_spa = lambda releaser: None
sys.argv = ["deploy", "--stage", "test", *sys.argv[1:]]
deploy.run_tool(deploy.main)
"""

SETTINGS = {
    "SCC_OPERATOR_NAME": "Bay Charters",
    "SCC_OPERATOR_EMAIL": "captain@example.com",
    "SCC_MAIL_TRANSPORT": "ses",
    "SCC_MAIL_FROM": "captain@charters.example",
    "ADMIN_PASS_HASH": "scrypt$ln=17,r=8,p=1$" + "A" * 22 + "$" + "B" * 43,
}


@dataclass(frozen=True)
class Account:
    cloud: Cloud
    project: Path
    environment: dict[str, str]

    def deploy(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", DEPLOY, *arguments],
            check=False,
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def keys(self) -> list[str]:
        outputs = stacks.outputs(self.cloud.client("cloudformation"), f"ship-captain-crew-{STAGE}-resources")
        listed = self.cloud.client("s3").list_objects_v2(Bucket=outputs["SpaBucketName"])
        return [item["Key"] for item in listed.get("Contents", [])]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An AWS account of its own and a copy of the project, so that nothing is written into the tree."""
    local.build_spa()
    project = tmp_path_factory.mktemp("project")
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, project)
    leave = shutil.ignore_patterns("__pycache__", "node_modules", "deployed", "deployments")
    for name in ("chalicelib", ".chalice", "tools", "spa"):
        shutil.copytree(ROOT / name, project / name, ignore=leave)
    aws = EmbeddedAws(tmp_path_factory.mktemp("account") / "aws.log")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SCC_"))} | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": aws.endpoint,
    }
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


def test_the_first_deployment_names_the_setting_that_is_missing(account: Account) -> None:
    done = account.deploy("--yes")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "SCC_MAIL_TRANSPORT is missing" in done.stderr
    assert "tools.env merge" in done.stderr
    assert account.cloud.client("dynamodb").describe_table(TableName="ship-captain-crew-test")


def test_the_next_deployment_keeps_the_live_environment(account: Account) -> None:
    env.merge(account.cloud, SETTINGS)
    before = {name: env.live_environment(account.cloud, name)[0] for name in account.cloud.function_names()}
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    for name, variables in before.items():
        assert env.live_environment(account.cloud, name)[0] == variables
    assert SETTINGS["ADMIN_PASS_HASH"] not in done.stdout + done.stderr
    assert not [
        file
        for file in (account.project / ".chalice").rglob("*")
        if file.is_file() and SETTINGS["ADMIN_PASS_HASH"].encode() in file.read_bytes()
    ]


def test_it_stages_and_never_promotes(account: Account) -> None:
    keys = account.keys()
    assert "staging/index.html" in keys
    assert not [key for key in keys if key.startswith("production/")]


def test_another_machine_deploys_the_same_api(account: Account) -> None:
    apis = account.cloud.client("apigateway").get_rest_apis()["items"]
    shutil.rmtree(account.project / ".chalice/deployed")
    assert account.deploy("--yes").returncode == 0
    assert account.cloud.client("apigateway").get_rest_apis()["items"] == apis
