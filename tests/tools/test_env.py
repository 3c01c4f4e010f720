"""tools.env: nothing is lost, nobody is overrun, no secret is shown."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support import operator
from tests.support.functions import create_functions
from tools import env
from tools.common.cloud import Cloud
from tools.common.console import Refused
from tools.local.embedded import EmbeddedAws


@pytest.fixture
def cloud(embedded_aws: EmbeddedAws) -> Cloud:
    cloud = Cloud(f"e{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    create_functions(cloud, {"SCC_CURRENCY": "USD", "ADMIN_PASS_HASH": "scrypt$secret"})
    return cloud


def test_merge_keeps_what_is_there_in_every_function(cloud: Cloud) -> None:
    env.plan_and_merge(cloud, {"SCC_TIMEZONE": "America/New_York"}, yes=True)
    for name in cloud.function_names():
        assert env.live_environment(cloud, name)[0] == {
            "SCC_CURRENCY": "USD",
            "ADMIN_PASS_HASH": "scrypt$secret",
            "SCC_TIMEZONE": "America/New_York",
        }


def overtake(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Somebody else writes right after our first read of each function."""
    read, overtaken = env.live_environment, set()

    def read_then_overtake(cloud: Cloud, function: str) -> tuple[dict[str, str], str]:
        found = read(cloud, function)
        if function not in overtaken:
            overtaken.add(function)
            cloud.client("lambda").update_function_configuration(
                FunctionName=function, Environment={"Variables": found[0] | variables}
            )
        return found

    monkeypatch.setattr(env, "live_environment", read_then_overtake)


def test_merge_goes_on_top_of_what_somebody_else_just_wrote(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    overtake(cloud, monkeypatch, {"SCC_OPERATOR_NAME": "Someone else"})
    env.merge(cloud, {"SCC_CURRENCY": "EUR"})
    for name in cloud.function_names():
        live = env.live_environment(cloud, name)[0]
        assert (live["SCC_CURRENCY"], live["SCC_OPERATOR_NAME"]) == ("EUR", "Someone else")
        assert live["ADMIN_PASS_HASH"] == "scrypt$secret"


def test_a_key_that_somebody_else_set_after_the_plan_is_not_overrun(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtake(cloud, monkeypatch, {"SCC_CURRENCY": "CAD"})
    with pytest.raises(Refused, match="somebody else set SCC_CURRENCY"):
        env.plan_and_merge(cloud, {"SCC_CURRENCY": "EUR"}, yes=True)
    assert env.live_environment(cloud, cloud.function_names()[0])[0]["SCC_CURRENCY"] == "CAD"


def test_racing_writers_lose_nobodys_keys(cloud: Cloud) -> None:
    rounds, writers = 4, ("ANA", "BEN", "CAM")

    def write(writer: str) -> None:
        for number in range(rounds):
            env.merge(Cloud(cloud.stage, cloud.endpoint), {f"SCC_{writer}_{number}": f"{writer} {number}"})

    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(write, writers))
    expected = {f"SCC_{writer}_{number}": f"{writer} {number}" for writer in writers for number in range(rounds)}
    for name in cloud.function_names():
        live = env.live_environment(cloud, name)[0]
        assert live == expected | {"SCC_CURRENCY": "USD", "ADMIN_PASS_HASH": "scrypt$secret"}


def test_a_merge_that_broke_off_between_the_functions_is_told_and_mended(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    half = env.live_environment(cloud, cloud.function_names()[0])[0] | {"SCC_CURRENCY": "EUR"}
    cloud.client("lambda").update_function_configuration(
        FunctionName=cloud.function_names()[0], Environment={"Variables": half}
    )
    env.show(cloud, as_json=False)
    assert "not alike in SCC_CURRENCY" in capsys.readouterr().out
    env.plan_and_merge(cloud, {"SCC_CURRENCY": "EUR"}, yes=True)
    assert env.differences(cloud) == []


def test_no_secret_is_shown(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    env.show(cloud, as_json=False)
    env.plan_and_merge(cloud, {"SCC_GMAIL_TOKEN": "abcd efgh", "ADMIN_TOTP": "JBSWY3DP"}, yes=True)
    shown = capsys.readouterr().out
    assert "JBSWY3DP" not in shown
    assert "scrypt$secret" not in shown
    assert "abcd" not in shown
    assert "SCC_CURRENCY=USD" in shown


def test_a_line_that_is_no_setting_is_refused_without_repeating_it() -> None:
    with pytest.raises(Refused) as refused:
        env.parse_changes(["lower=secret-value"], None)
    assert "secret-value" not in str(refused.value)


def test_a_stage_without_functions_is_named(embedded_aws: EmbeddedAws) -> None:
    nowhere: Any = Cloud("nowhere", embedded_aws.endpoint)
    with pytest.raises(Refused, match="nowhere"):
        env.show(nowhere, as_json=False)


def test_a_value_that_the_function_could_not_start_with_is_refused(cloud: Cloud) -> None:
    wanted = operator.environment(SCC_TIMEZONE="Mars/Olympus")
    with pytest.raises(Refused, match=r"^SCC_TIMEZONE .* Nothing was changed\.$"):
        env.refuse_wrong(cloud, wanted, {"SCC_TIMEZONE": "Mars/Olympus"})
    # Somebody else's fault does not stop this change.
    env.refuse_wrong(cloud, wanted, {"SCC_CURRENCY": "EUR"})
