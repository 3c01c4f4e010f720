"""Which AWS a tool talks to: a stage in the cloud, or the embedded one of a running `make run` (stage local)."""

import contextlib
import functools
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from botocore.config import Config
from botocore.session import Session

from chalicelib.core import aws
from tools.common.console import Refused

ROOT = Path(__file__).parents[2]
APP = "ship-captain-crew"
LOCAL_STAGE = "local"
LOCAL_HOME = ROOT / ".local"
# As resources.yaml takes it.
STAGE_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
EMBEDDED_REGION = "us-east-1"
# The functions of app.py beside the API's, by the names their decorators give.
BACKGROUND = ("sweep_mail", "mail_feedback")
BACKUP_TRIES, BACKUP_PAUSE_S = 60, 5
# As many as there are uploads at once.
CONNECTIONS = 16


class Cloud(NamedTuple):
    stage: str
    endpoint: str | None = None
    """Of an embedded AWS; None is the cloud."""
    region: str | None = None
    """None: as the AWS environment or profile says."""
    attempts: int = 5

    @functools.cache  # noqa: B019 - a command makes a few of them and ends
    def client(self, service: str) -> Any:
        """botocore's client of one service; several threads may share it."""
        if self.endpoint:
            client = embedded_client(service, self.endpoint, self.attempts)
        else:
            client = _session().create_client(service, region_name=self.region, config=_config(self.attempts))
        client.meta.events.register("needs-retry.dynamodb.UpdateContinuousBackups", wait_for_backups)
        return client

    def client_environment(self) -> dict[str, str]:
        """What makes the product's own clients, in this process, talk to an embedded AWS alone; empty for the cloud."""
        if not self.endpoint:
            return {}
        nothing = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
        keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "test")
        region = {"AWS_DEFAULT_REGION": EMBEDDED_REGION, "AWS_ENDPOINT_URL": self.endpoint}
        return nothing | keys | region

    def function_names(self) -> list[str]:
        """The API's first."""
        if self.stage != LOCAL_STAGE:
            return [f"{APP}-{self.stage}", *(f"{APP}-{self.stage}-{name}" for name in BACKGROUND)]
        found = self.client("cloudformation").describe_stack_resources(StackName=f"{APP}-dev")["StackResources"]
        return sorted(
            resource["PhysicalResourceId"] for resource in found if resource["ResourceType"] == "AWS::Lambda::Function"
        )

    @property
    def resource_stage(self) -> str:
        """The stage in the names of stacks and policies: the local copy is the dev stage on its own AWS."""
        return "dev" if self.stage == LOCAL_STAGE else self.stage

    def read_parameter(self, name: str) -> str:
        """A (decrypted) value of the Parameter Store."""
        return str(self.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def read_parameters(self, names: Sequence[str]) -> dict[str, str]:
        """Several, as the function reads them: those that are not there are left out."""
        return aws.read_parameters(self.client("ssm"), names)

    def resolve(self, value: str) -> str:
        """A setting as the function reads it: `ssm:/name` stands for a value of the Parameter Store."""
        return self.read_parameter(value.removeprefix("ssm:")) if value.startswith("ssm:") else value

    def parameter_name(self, setting: str) -> str:
        return f"/{APP}/{self.stage}/{setting}"


def wait_for_backups(response: tuple[Any, Any] | None, attempts: int, **_: object) -> int | None:
    """Seconds until the next try: a table that was just made says for a while that its backups are being enabled.

    botocore asks this after each answer, and would not try that one again by itself.
    """
    code = response[1].get("Error", {}).get("Code") if response else None
    is_early = code == "ContinuousBackupsUnavailableException" and attempts < BACKUP_TRIES
    return BACKUP_PAUSE_S if is_early else None


def embedded_client(service: str, endpoint: str, attempts: int = 2) -> Any:
    """A client of an embedded AWS, whatever the user's own AWS environment, profiles and proxies are."""
    return _embedded_session().create_client(
        service,
        region_name=EMBEDDED_REGION,
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - any will do
        config=_config(attempts).merge(Config(proxies={})),
    )


def _config(attempts: int) -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=CONNECTIONS,
        user_agent=APP,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )


@functools.cache
def _session() -> Session:
    """One for all clients: a role or a single sign-on is asked for once."""
    return Session()


@functools.cache
def _embedded_session() -> Session:
    """Reads neither the environment nor ~/.aws: only defaults."""
    unread = {name: (None, None, *rest) for name, (_, _, *rest) in Session.SESSION_VARIABLES.items()}
    nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    return Session(session_vars=unread | nowhere)


def ignore_users_aws() -> None:
    """Nothing of the caller's AWS account and profiles, in this process and those it starts."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def configured_stages() -> dict[str, Any]:
    """Of .chalice/config.json, by their names."""
    stages: dict[str, Any] = json.loads((ROOT / ".chalice/config.json").read_text())["stages"]
    return stages


def api_stage(stage: str) -> str:
    """API Gateway's name for the stage, the first part of the API's paths there; empty when it is not configured."""
    return str(configured_stages().get(stage, {}).get("api_gateway_stage", ""))


class LocalStack(TypedDict, total=False):
    """What `make run` remembers in its `local.json`; bucket and distribution are there once it is ready."""

    aws_port: int
    base_url: str
    bucket: str
    distribution: str
    format: int
    origin_secret: str
    link_secret: str
    password_hash: str
    pid: int


def read_local(home: Path = LOCAL_HOME) -> LocalStack:
    """Of the `make run` that is up; what one that has ended remembered is refused."""
    state = home / "local.json"
    try:
        found: LocalStack = json.loads(state.read_text())
        # Refused for another user's process, which runs all the same.
        with contextlib.suppress(PermissionError):
            os.kill(found["pid"], 0)
    except PermissionError as error:
        raise Refused(f"{state} cannot be read: it is of a `make run` by another user") from error
    except (OSError, ValueError, KeyError) as error:
        raise Refused("nothing runs here: start it with `make run`") from error
    return found


def find_cloud(stage: str, home: Path = LOCAL_HOME) -> Cloud:
    if not STAGE_NAME.fullmatch(stage):
        raise Refused(f"{stage!r} is no stage: small letters, digits and -, 16 at most, a letter first")
    if stage != LOCAL_STAGE:
        return Cloud(stage)
    return Cloud(LOCAL_STAGE, f"http://127.0.0.1:{read_local(home)['aws_port']}", attempts=2)
