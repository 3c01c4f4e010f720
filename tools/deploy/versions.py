"""The stage's deployments: where they are kept, and how one is added."""

import os
from typing import NamedTuple

from chalicelib import openapi
from tools.common import stacks
from tools.common.cloud import Cloud, api_stage
from tools.deploy import record
from tools.deploy.kept import Kept, Package, running
from tools.deploy.policy import policy_file
from tools.deploy.record import DEPLOYED, Deployment, Who
from tools.sync.bucket import Bucket
from tools.sync.releaser import Memory, memory_of, now_text, own_name
from tools.sync.reproduction import own_commit


class Place(NamedTuple):
    """Where a stage's deployments and its releases of the SPA are kept."""

    cloud: Cloud
    kept: Kept
    bucket: Bucket
    memory: Memory


def find_place(cloud: Cloud) -> Place:
    name = stacks.outputs(cloud.client("cloudformation"), stacks.stack_name(cloud.stage, "resources"))["SpaBucketName"]
    return Place(cloud, Kept(cloud, name), Bucket(cloud, name, distribution=""), memory_of(cloud.stage))


def begin_deployment(place: Place, spa: str, reason: str) -> None:
    """Before anything is changed, so that what ran before can come back when the deployment breaks off."""
    entry = place.kept.last()
    place.kept.append(record.add(entry, record.beginning(entry, who(), spa, reason), os.urandom(8).hex()))


def keep_deployment(place: Place, api_id: str, spa: str, reason: str) -> None:
    """Notes what the functions run, when that is another version than the record's last, or goes with another SPA."""
    live = running(place.cloud)
    ours = live[place.cloud.function_names()[0]]
    api = deployed_paths(place.cloud, api_id)
    entry = place.kept.last()
    if entry and (entry.last.code, entry.last.api, entry.last.spa) == (ours.code, api, spa):
        return
    place.kept.keep(ours.code, Package(openapi.document(), policy_file(place.cloud.stage)))
    number = record.next_number(entry)
    act = Deployment(number, DEPLOYED, who(), number, ours.code, ours.runtime, tuple(live), api, spa, reason)
    entry = record.add(entry, act, os.urandom(8).hex())
    place.kept.append(entry)
    place.kept.forget_others(record.codes_to_keep(entry.acts))


def who() -> Who:
    return Who(own_name(), now_text(), own_commit())


def deployed_paths(cloud: Cloud, api_id: str) -> str:
    """The id of API Gateway's deployment that the stage shows."""
    return str(cloud.client("apigateway").get_stage(restApiId=api_id, stageName=api_stage(cloud.stage))["deploymentId"])
