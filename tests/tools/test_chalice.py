"""`chalice deploy` as it stands, against the embedded AWS, and what it puts into the function's package."""

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import AWS_KEYS, ROOT, environment_without_aws
from tools.local.embedded import EmbeddedAws

STAGE = "test"
FUNCTION = f"ship-captain-crew-{STAGE}"
MAX_PACKAGE_BYTES = 3_000_000
FORBIDDEN = ("dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:*", "*")


@dataclass(frozen=True)
class Deployed:
    project: Path
    aws: EmbeddedAws
    environment: dict[str, str]

    def chalice(self, *arguments: str) -> None:
        chalice = Path(sys.executable).with_name("chalice")
        done = subprocess.run(
            [chalice, *arguments], cwd=self.project, env=self.environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def configuration(self, function: str = FUNCTION) -> dict[str, Any]:
        return dict(self.aws.client("lambda").get_function_configuration(FunctionName=function))


@pytest.fixture(scope="module")
def deployed(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """A copy of the project, deployed by the plain command; the copy keeps `.chalice/deployed` out of the tree."""
    project = tmp_path_factory.mktemp("deployed")
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, project)
    shutil.copytree(ROOT / "chalicelib", project / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".chalice", project / ".chalice", ignore=shutil.ignore_patterns("deployed", "deployments"))
    environment = environment_without_aws() | AWS_KEYS | {"AWS_ENDPOINT_URL": embedded_aws.endpoint}
    result = Deployed(project, embedded_aws, environment)
    result.chalice("deploy", "--stage", STAGE)
    return result


def test_the_functions_are_what_the_config_says(deployed: Deployed) -> None:
    # The sweeper reads the whole ledger once a day.
    for function, timeout_s in ((FUNCTION, 15), (f"{FUNCTION}-sweep_mail", 60), (f"{FUNCTION}-mail_feedback", 15)):
        found = deployed.configuration(function)
        assert found["MemorySize"] == 1024
        assert found["Timeout"] == timeout_s
        assert found["Architectures"] == ["arm64"]
        assert found["Runtime"] == f"python{sys.version_info.major}.{sys.version_info.minor}"
        names = ("SCC_MAIL_CONFIGURATION_SET", "SCC_TABLE")
        assert found["Environment"]["Variables"] == dict.fromkeys(names, "ship-captain-crew-test")


def test_the_role_has_the_stages_policy_and_nothing_else(deployed: Deployed) -> None:
    iam = deployed.aws.client("iam")
    role = deployed.configuration()["Role"].rpartition("/")[2]
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    assert len(names) == 1
    assert not iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    document = iam.get_role_policy(RoleName=role, PolicyName=names[0])["PolicyDocument"]
    assert document == json.loads((ROOT / f".chalice/policy-{STAGE}.json").read_text())


def test_the_sweeper_is_on_a_schedule(deployed: Deployed) -> None:
    rules = deployed.aws.client("events").list_rules(NamePrefix=f"{FUNCTION}-sweep_mail")["Rules"]
    assert [rule["ScheduleExpression"] for rule in rules] == ["rate(1 minute)"]


def test_bounces_and_complaints_have_a_rule(deployed: Deployed) -> None:
    events = deployed.aws.client("events")
    (rule,) = events.list_rules(NamePrefix=f"{FUNCTION}-mail_feedback")["Rules"]
    pattern = json.loads(rule["EventPattern"])
    assert pattern == {"source": ["aws.ses"], "detail-type": ["Email Bounced", "Email Complaint Received"]}
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"].endswith(f":{FUNCTION}-mail_feedback")


def test_the_package_is_small_and_carries_its_templates(deployed: Deployed) -> None:
    package = next((deployed.project / ".chalice/deployments").glob("*.zip"))
    assert package.stat().st_size < MAX_PACKAGE_BYTES
    names = zipfile.ZipFile(package).namelist()
    assert "app.py" in names
    assert any(name.startswith("chalicelib/waivers/templates/") for name in names)
    assert any(name.startswith("tzdata/") for name in names)
    assert not [name for name in names if name.startswith(("boto3/", "botocore/", "ministack/", "tests/", "tools/"))]


@pytest.mark.parametrize("stage", ["dev", "prod", "test"])
def test_policies_allow_no_scan_and_no_delete_of_the_ledger(stage: str) -> None:
    policy = json.loads((ROOT / f".chalice/policy-{stage}.json").read_text())
    for statement in policy["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
        assert not set(actions) & set(FORBIDDEN), statement["Sid"]
        assert "*" not in resources, statement["Sid"]
        if "dynamodb:DeleteItem" in actions:
            assert actions == ["dynamodb:DeleteItem"]
            keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            assert keys == ["ASKS", "NOTICES", "RECEIVABLES", "SCHEDULE", "SESSION#*", "TO_CLEAR", "WAIVER_LOG_WAITING"]


@pytest.mark.parametrize("stage", ["dev", "prod", "test"])
def test_each_stage_is_alike_but_for_its_name(stage: str) -> None:
    mine, prod = (
        (ROOT / f".chalice/policy-{name}.json")
        .read_text()
        .replace(f"ship-captain-crew-{name}", "APP")
        .replace(f"/{name}/", "/")
        for name in (stage, "prod")
    )
    assert mine == prod


def test_the_config_holds_no_secret() -> None:
    config = json.loads((ROOT / ".chalice/config.json").read_text())
    for stage in config["stages"].values():
        for name, value in stage["environment_variables"].items():
            assert value.startswith("ssm:/") or name in ("SCC_MAIL_CONFIGURATION_SET", "SCC_TABLE")
    for stage in ("dev", "prod"):
        variables = config["stages"][stage]["environment_variables"]
        assert variables["ADMIN_TOTP"] == f"ssm:/ship-captain-crew/{stage}/ADMIN_TOTP"
