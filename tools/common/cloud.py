"""Which AWS a tool talks to: a stage in the cloud, or the embedded one of a running `make run` (stage local)."""

import functools
import json
from pathlib import Path
from typing import Any, NamedTuple

from tools.common.aws import Bucket, Credentials, Distribution, found_cloudfront, found_credentials, found_endpoint
from tools.common.console import Refused

ROOT = Path(__file__).parents[2]
APP = "ship-captain-crew"
LOCAL_STAGE = "local"
EMBEDDED_REGION = "us-east-1"
CLOUDFRONT_PATH = "2020-05-31/distribution"
# The functions of app.py beside the API's, by the names their decorators give.
BACKGROUND = ("sweep_mail", "mail_feedback")


class Cloud(NamedTuple):
    stage: str
    endpoint: str | None = None

    @functools.cache  # noqa: B019 - one short-lived object a command
    def client(self, service: str) -> Any:
        if self.endpoint:
            from tools.local import embedded

            return embedded.client(service, self.endpoint)
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=32,
            retries={"mode": "standard", "total_max_attempts": 5},
        )
        return boto3.client(service, config=config)

    def spa(self, bucket: str, distribution: str, region: str) -> tuple[Bucket, Distribution]:
        """What releases use instead of boto3's clients."""
        if self.endpoint:
            return embedded_spa(self.endpoint, bucket, distribution, attempts=2)
        credentials = found_credentials()
        endpoint, signed_for = found_cloudfront(region)
        url = f"{endpoint}/{CLOUDFRONT_PATH}/{distribution}"
        return (
            Bucket(found_endpoint(bucket, region), region, credentials),
            Distribution(url, signed_for, credentials, service="cloudfront"),
        )

    def function_names(self) -> list[str]:
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

    def parameter_name(self, setting: str) -> str:
        return f"/{APP}/{self.stage}/{setting}"


def embedded_spa(endpoint: str, bucket: str, distribution: str, attempts: int) -> tuple[Bucket, Distribution]:
    def any_will_do() -> Credentials:
        return Credentials("test", "test")

    url = f"{endpoint}/{CLOUDFRONT_PATH}/{distribution}"
    return (
        Bucket(f"{endpoint}/{bucket}", EMBEDDED_REGION, any_will_do, attempts),
        Distribution(url, EMBEDDED_REGION, any_will_do, attempts, "cloudfront"),
    )


def find_cloud(stage: str, home: Path = ROOT / ".local") -> Cloud:
    if stage != LOCAL_STAGE:
        return Cloud(stage)
    try:
        facts = json.loads((home / "local.json").read_text())
    except (OSError, ValueError) as error:
        raise Refused("nothing runs here: start it with `make run`") from error
    return Cloud(LOCAL_STAGE, f"http://127.0.0.1:{facts['aws_port']}")
