"""The environment of a stage's functions: read, merged without losing what is there, verified."""

import contextlib
import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping

from botocore.exceptions import WaiterError

from tools.common.cloud import Cloud
from tools.common.console import Refused

UPDATE_TIMEOUT_S = 120
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: all variables, written as JSON.
MAX_ENVIRONMENT_BYTES = 4096
MAX_TRIES = 20

Variables = dict[str, str]


def live_environment(cloud: Cloud, function: str) -> Variables:
    return _environment_and_revision(cloud, function)[0]


def _environment_and_revision(cloud: Cloud, function: str) -> tuple[Variables, str]:
    found = cloud.client("lambda").get_function_configuration(FunctionName=function)
    return dict(found.get("Environment", {}).get("Variables", {})), found["RevisionId"]


def live_environments(cloud: Cloud) -> dict[str, Variables]:
    """Of each function that is deployed, by its name; the API's first."""
    return dict(_deployed(cloud))


def _deployed(cloud: Cloud) -> Iterator[tuple[str, Variables]]:
    """Reads one function after the other, as they are asked for."""
    client = cloud.client("lambda")
    for name in cloud.function_names():
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            yield name, live_environment(cloud, name)


def deployed_environments(cloud: Cloud) -> dict[str, Variables]:
    """The same, refused when no function is deployed."""
    found = live_environments(cloud)
    if not found:
        raise _none_deployed(cloud)
    return found


def find_api_environment(cloud: Cloud) -> Variables | None:
    """What the API runs with; None when no function is deployed."""
    return next((variables for _, variables in _deployed(cloud)), None)


def api_environment(cloud: Cloud) -> Variables:
    """The same, refused when no function is deployed."""
    found = find_api_environment(cloud)
    if found is None:
        raise _none_deployed(cloud)
    return found


def _none_deployed(cloud: Cloud) -> Refused:
    return Refused(f"no function of stage {cloud.stage} is deployed")


def differing_names(environments: Mapping[str, Variables]) -> list[str]:
    """The variables in which the functions of a stage are not alike; they are meant to be."""
    names = {name for variables in environments.values() for name in variables}
    return sorted(name for name in names if len({each.get(name) for each in environments.values()}) > 1)


def require_room(function: str, variables: Variables) -> None:
    """Refused when Lambda would not take so much; AWS's own refusal repeats every value."""
    size = len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MAX_ENVIRONMENT_BYTES:
        raise Refused(
            f"{function} would have {size} bytes of variables, {size - MAX_ENVIRONMENT_BYTES} more than Lambda takes: "
            "put the long ones into the Parameter Store and write ssm:/name instead. Nothing was changed"
        )


def merge(cloud: Cloud, changes: Variables, seen: Mapping[str, Variables] | None = None) -> None:
    """Put the changes over what each function has, by compare-and-swap; what others change meanwhile stays.

    `seen`: the variables that the plan showed. Refuses when somebody else has set one of ours meanwhile.
    """
    live = live_environments(cloud)
    for function, variables in live.items():
        require_room(function, variables | changes)
    for function in live:
        _merge_one(cloud, function, changes, (seen or {}).get(function))
    if differing := sorted(set(differing_names(live_environments(cloud))) & set(changes)):
        raise Refused(f"the functions of {cloud.stage} differ in {', '.join(differing)}: merge those once more")


def _merge_one(cloud: Cloud, function: str, changes: Variables, seen: Variables | None) -> None:
    client = cloud.client("lambda")
    for attempt in range(MAX_TRIES):
        before, revision = _environment_and_revision(cloud, function)
        wanted = before | changes
        if wanted == before:
            # Also when our own write went through and its answer was lost.
            return
        theirs = [] if seen is None else [name for name in changes if before.get(name) != seen.get(name)]
        if theirs:
            raise Refused(f"{function}: somebody else set {', '.join(sorted(theirs))} meanwhile: look and merge again")
        try:
            client.update_function_configuration(
                FunctionName=function, Environment={"Variables": wanted}, RevisionId=revision
            )
        except (client.exceptions.PreconditionFailedException, client.exceptions.ResourceConflictException):
            # Somebody else was faster, or AWS still works on the last change: on top of theirs, then.
            wait_until_updated(cloud, function)
            time.sleep(random.uniform(0, min(1.0, 0.05 * 2**attempt)))  # noqa: S311 - two that collide, part
            continue
        wait_until_updated(cloud, function)
        verify(cloud, function, changes, kept=before)
        return
    raise Refused(f"{function} was changed by others {MAX_TRIES} times: nothing done to it, try again")


def wait_until_updated(cloud: Cloud, function: str) -> None:
    waiter = cloud.client("lambda").get_waiter("function_updated")
    try:
        waiter.wait(FunctionName=function, WaiterConfig={"Delay": 1, "MaxAttempts": UPDATE_TIMEOUT_S})
    except WaiterError as error:
        raise Refused(f"{function} did not take its new environment") from error


def verify(cloud: Cloud, function: str, wanted: Variables, kept: Iterable[str] = ()) -> None:
    """Reads back; refuses if one of `wanted` differs or one of `kept` is gone. Names it, never its value."""
    live = live_environment(cloud, function)
    wrong = sorted({name for name, value in wanted.items() if live.get(name) != value} | (set(kept) - set(live)))
    if wrong:
        raise Refused(f"{function} does not have what it should have in {', '.join(wrong)}")
