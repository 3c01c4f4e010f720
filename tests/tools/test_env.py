"""tools.env: nothing is lost, nobody is overrun, no secret is shown."""

import uuid
from typing import Any

import pytest

from tests.support.functions import create_functions
from tools import env
from tools.cloud import Cloud
from tools.console import Refused
from tools.embedded import EmbeddedAws


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


def test_merge_refuses_when_somebody_else_was_faster(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    read = env.live_environment

    def read_then_overtake(cloud: Cloud, function: str) -> tuple[dict[str, str], str]:
        seen = read(cloud, function)
        other = seen[0] | {"SCC_OPERATOR_NAME": "Someone else"}
        cloud.client("lambda").update_function_configuration(FunctionName=function, Environment={"Variables": other})
        return seen

    monkeypatch.setattr(env, "live_environment", read_then_overtake)
    with pytest.raises(Refused, match="changed by someone else"):
        env.merge(cloud, {"SCC_CURRENCY": "EUR"})
    monkeypatch.undo()
    assert env.live_environment(cloud, cloud.function_names()[0])[0]["SCC_CURRENCY"] == "USD"


def test_no_secret_is_shown(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    env.show(cloud, as_json=False)
    env.plan_and_merge(cloud, {"SCC_GMAIL_TOKEN": "abcd efgh"}, yes=True)
    shown = capsys.readouterr().out
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
