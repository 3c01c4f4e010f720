"""tools.env: nothing is lost, no other writer is overrun, no secret is shown."""

import json
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import operator
from tests.support.functions import create_functions
from tests.support.running import ROOT
from tools import env
from tools.common.cloud import Cloud
from tools.common.console import Refused, run_tool
from tools.common.functions import differing_names, live_environment, live_environments, merge
from tools.local.embedded import EmbeddedAws


@pytest.fixture
def cloud(embedded_aws: EmbeddedAws) -> Cloud:
    cloud = Cloud(f"e{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    create_functions(cloud, {"SCC_CURRENCY": "USD", "ADMIN_PASS_HASH": "scrypt$secret"})
    return cloud


def test_merge_keeps_what_is_there_in_every_function(cloud: Cloud) -> None:
    env.plan_and_merge(cloud, {"SCC_TIMEZONE": "America/New_York"}, yes=True)
    for name in cloud.function_names():
        assert live_environment(cloud, name) == {
            "SCC_CURRENCY": "USD",
            "ADMIN_PASS_HASH": "scrypt$secret",
            "SCC_TIMEZONE": "America/New_York",
        }


def overtake(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, after_read: int) -> None:
    """Somebody else writes right after we have read a function so often."""
    client = cloud.client("lambda")
    read = client.get_function_configuration
    reads: Counter[str] = Counter()

    def read_then_overtake(**request: str) -> Any:
        found, name = read(**request), request["FunctionName"]
        reads[name] += 1
        if reads[name] == after_read:
            environment = {"Variables": found["Environment"]["Variables"] | variables}
            client.update_function_configuration(FunctionName=name, Environment=environment)
        return found

    monkeypatch.setattr(client, "get_function_configuration", read_then_overtake)


def test_merge_goes_on_top_of_what_somebody_else_just_wrote(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    overtake(cloud, monkeypatch, {"SCC_OPERATOR_NAME": "Someone else"}, after_read=2)
    merge(cloud, {"SCC_CURRENCY": "EUR"})
    for name in cloud.function_names():
        live = live_environment(cloud, name)
        assert (live["SCC_CURRENCY"], live["SCC_OPERATOR_NAME"]) == ("EUR", "Someone else")
        assert live["ADMIN_PASS_HASH"] == "scrypt$secret"


def test_a_key_that_somebody_else_set_after_the_plan_is_not_overrun(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtake(cloud, monkeypatch, {"SCC_CURRENCY": "CAD"}, after_read=1)
    with pytest.raises(Refused, match="somebody else set SCC_CURRENCY"):
        env.plan_and_merge(cloud, {"SCC_CURRENCY": "EUR"}, yes=True)
    assert live_environment(cloud, cloud.function_names()[0])["SCC_CURRENCY"] == "CAD"


def test_racing_writers_lose_nobodys_keys(cloud: Cloud) -> None:
    rounds, writers = 4, ("ANA", "BEN", "CAM")

    def write(writer: str) -> None:
        for number in range(rounds):
            merge(Cloud(cloud.stage, cloud.endpoint), {f"SCC_{writer}_{number}": f"{writer} {number}"})

    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(write, writers))
    expected = {f"SCC_{writer}_{number}": f"{writer} {number}" for writer in writers for number in range(rounds)}
    for name in cloud.function_names():
        live = live_environment(cloud, name)
        assert live == expected | {"SCC_CURRENCY": "USD", "ADMIN_PASS_HASH": "scrypt$secret"}


def test_a_merge_that_broke_off_between_the_functions_is_told_and_mended(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    half = live_environment(cloud, cloud.function_names()[0]) | {"SCC_CURRENCY": "EUR"}
    cloud.client("lambda").update_function_configuration(
        FunctionName=cloud.function_names()[0], Environment={"Variables": half}
    )
    env.show(cloud, as_json=False)
    assert "not alike in SCC_CURRENCY" in capsys.readouterr().out
    env.plan_and_merge(cloud, {"SCC_CURRENCY": "EUR"}, yes=True)
    assert differing_names(live_environments(cloud)) == []


def test_no_secret_is_shown(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    env.show(cloud, as_json=False)
    env.plan_and_merge(cloud, {"SCC_GMAIL_TOKEN": "abcd efgh", "ADMIN_TOTP": "JBSWY3DP"}, yes=True)
    shown = capsys.readouterr().out
    assert "JBSWY3DP" not in shown
    assert "scrypt$secret" not in shown
    assert "abcd" not in shown
    assert "SCC_CURRENCY=USD" in shown


@pytest.mark.parametrize("value", ["s" * 5000, "€" * 1400, '"' * 2100])
def test_more_than_lambda_takes_is_refused_with_the_size_before_anything_is_changed(
    cloud: Cloud, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = live_environments(cloud)
    for change in (
        lambda: env.plan_and_merge(cloud, {"SCC_NOTE": value}, yes=True),
        lambda: merge(cloud, {"X1": value}),
    ):
        with pytest.raises(
            Refused, match=r"would have \d{4} bytes of variables, \d+ more than Lambda takes"
        ) as refused:
            change()
        assert value[:9] not in str(refused.value)
        assert "scrypt" not in str(refused.value)
    assert live_environments(cloud) == before
    assert "merged" not in capsys.readouterr().out


def test_what_just_fits_is_merged(cloud: Cloud) -> None:
    name = cloud.function_names()[0]
    taken = len(json.dumps(live_environment(cloud, name) | {"SCC_NOTE": ""}, separators=(",", ":")))
    merge(cloud, {"SCC_NOTE": "n" * (4096 - taken)})
    assert len(live_environment(cloud, name)["SCC_NOTE"]) == 4096 - taken
    with pytest.raises(Refused, match="4097 bytes"):
        merge(cloud, {"SCC_NOTE": "n" * (4097 - taken)})


AWS_REFUSALS = [
    'because they exceeded the 4KB limit. String measured: {"ADMIN_PASS_HASH":"scrypt$secret","SCC_CURRENCY":"USD"}',
    "Value '{ADMIN_PASS_HASH=scrypt$secret, A=b}' at 'environment.variables' failed to satisfy constraint: Map keys",
    '{"ADMIN_PASS_HASH":"scrypt$secret", cut',
    'nested {"a":{"b":"scrypt$secret"},\n"c":1} and more',
]


@pytest.mark.parametrize("text", AWS_REFUSALS)
def test_aws_own_words_show_no_value(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    refusal = ClientError({"Error": {"Code": "InvalidParameterValueException", "Message": text}}, "UpdateFunction")

    def refuse() -> int:
        raise refusal

    with pytest.raises(SystemExit) as ended:
        run_tool(refuse)
    assert ended.value.code == 1
    shown = capsys.readouterr().err
    assert "InvalidParameterValueException" in shown
    assert "secret" not in shown
    assert len(shown.splitlines()) == 1


def test_a_line_that_is_no_setting_is_refused_without_repeating_it() -> None:
    with pytest.raises(Refused) as refused:
        env.parse_changes(["lower=secret-value"], None)
    assert "secret-value" not in str(refused.value)


def test_a_file_is_read_as_dotenv_reads_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# ours\nSCC_OPERATOR_NAME='Bay Sail' # the name\nexport SCC_CURRENCY=EUR\nSCC_MAIL_FROM=\"a#b\"\n\n"
    )
    assert env.parse_changes(["SCC_CURRENCY=CAD"], file) == {
        "SCC_OPERATOR_NAME": "Bay Sail",
        "SCC_CURRENCY": "CAD",
        "SCC_MAIL_FROM": "a#b",
    }
    file.write_text("SCC_CURRENCY=EUR\nADMIN_PASS_HASH='half a secret\n")
    with pytest.raises(Refused, match="line 2") as refused:
        env.parse_changes([], file)
    assert "half" not in str(refused.value)


def test_every_line_of_the_example_is_a_setting() -> None:
    changes = env.parse_changes([], ROOT / ".env.example")
    assert changes["SCC_OPERATOR_NAME"] == "Golden Gate Day Charters"


@pytest.mark.parametrize(
    "name",
    ["AWS_REGION", "AWS_SESSION_TOKEN", "AWS_LAMBDA_FUNCTION_NAME", "LAMBDA_RUNTIME_DIR"],
)
def test_what_lambda_sets_by_itself_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=f"^Lambda sets {name} by itself"):
        env.parse_changes([f"{name}=secret-value", "SCC_CURRENCY=CAD"], None)
    (tmp_path / ".env").write_text(f"{name}=x\n")
    with pytest.raises(Refused, match=f"^Lambda sets {name} by itself"):
        env.parse_changes([], tmp_path / ".env")


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
