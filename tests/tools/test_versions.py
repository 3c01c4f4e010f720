"""The functions back to the version before: which it is, what must stay, what must fit, what breaks off on the way."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib import openapi
from tests.support.releases import Site, breaks, new_site, watched_calls, write_build
from tools.common.cloud import APP, Cloud
from tools.common.console import Refused
from tools.common.functions import live_environments
from tools.deploy.kept import Kept, running, set_code
from tools.deploy.policy import policy_file
from tools.deploy.rollback import roll_back
from tools.deploy.status import show_status
from tools.deploy.versions import Place, begin_deployment, deployed_paths, keep_deployment
from tools.local.embedded import EmbeddedAws
from tools.sync.__main__ import find_document
from tools.sync.bucket import Bucket
from tools.sync.built_spa import read_build
from tools.sync.proof.running_api import running_code, running_document
from tools.sync.releaser import Memory

STAGE = "test"
VARIABLES = {
    "SCC_MAIL_TRANSPORT": "gmail",
    "SCC_GMAIL_USER": "captain@gmail.com",
    "SCC_GMAIL_TOKEN": "abcd efgh ijkl mnop",
    "ADMIN_PASS_HASH": "scrypt$ln=17,r=8,p=1$AAAA$BBBB",
}

NO_RIGHTS = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}


class Account(NamedTuple):
    """A stage with small functions in place of the product's, an API that calls them, and releases of an SPA."""

    site: Site
    cloud: Cloud
    api_id: str

    def place(self, attempts: int = 2) -> Place:
        cloud = Cloud(STAGE, self.site.aws.endpoint, attempts=attempts)
        bucket = Bucket(cloud, self.site.bucket, self.site.distribution)
        return Place(cloud, Kept(cloud, self.site.bucket), bucket, Memory(self.site.folder / "memory"))

    def deploy(self, name: str, spa: str = "") -> None:
        """As `chalice deploy` leaves the account, and the note of it."""
        for function in self.cloud.function_names():
            self.change(function, name)
        self.cloud.client("apigateway").create_deployment(restApiId=self.api_id, stageName=STAGE, description=name)
        keep_deployment(self.place(), self.api_id, spa, "")

    def change(self, function: str, name: str) -> None:
        self.cloud.client("lambda").update_function_code(FunctionName=function, ZipFile=package(name))

    def runs(self) -> set[str]:
        """Which versions the functions run, by their names."""
        found = set()
        for function in self.cloud.function_names():
            address = self.cloud.client("lambda").get_function(FunctionName=function)["Code"]["Location"]
            with zipfile.ZipFile(io.BytesIO(self.site.http.request("GET", address).data)) as archive:
                found.add(archive.read("app.py").decode())
        return found

    def paths(self) -> str:
        """Which version's paths the API shows."""
        apigateway = self.cloud.client("apigateway")
        shown = deployed_paths(self.cloud, self.api_id)
        return str(apigateway.get_deployment(restApiId=self.api_id, deploymentId=shown)["description"])

    def policy(self) -> Any:
        return self.cloud.client("iam").get_role_policy(RoleName="crew", PolicyName="crew")["PolicyDocument"]

    def roll_back(self, force: str = "", attempts: int = 2) -> None:
        roll_back(self.place(attempts), force=force, yes=True)


def package(name: str) -> bytes:
    """The same bytes for the same name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), name)
    return content.getvalue()


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """One of its own: the functions have the names of a real stage."""
    aws = EmbeddedAws(tmp_path_factory.mktemp("versions") / "aws.log")
    aws.wait_ready()
    yield aws
    aws.stop()


@pytest.fixture
def account(aws: EmbeddedAws, tmp_path: Path) -> Iterator[Account]:
    cloud = Cloud(STAGE, aws.endpoint)
    iam, lambdas, apigateway = (cloud.client(name) for name in ("iam", "lambda", "apigateway"))
    role = iam.create_role(RoleName="crew", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.put_role_policy(RoleName="crew", PolicyName="crew", PolicyDocument=json.dumps(NO_RIGHTS))
    for function in cloud.function_names():
        lambdas.create_function(
            FunctionName=function,
            Runtime="python3.11",
            Role=role,
            Handler="app.app",
            Code={"ZipFile": package("none")},
            Environment={"Variables": VARIABLES},
        )
    api_id = apigateway.create_rest_api(name=APP)["id"]
    (root,) = apigateway.get_resources(restApiId=api_id)["items"]
    method = {"restApiId": api_id, "resourceId": root["id"], "httpMethod": "GET"}
    apigateway.put_method(**method, authorizationType="NONE")
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{APP}-{STAGE}/invocations"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}"
    apigateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    with new_site(aws, tmp_path / "home") as site:
        yield Account(site, cloud, api_id)
    apigateway.delete_rest_api(restApiId=api_id)
    for function in cloud.function_names():
        lambdas.delete_function(FunctionName=function)
    for name in iam.list_role_policies(RoleName="crew")["PolicyNames"]:
        iam.delete_role_policy(RoleName="crew", PolicyName=name)
    iam.delete_role(RoleName="crew")


def test_code_paths_and_rights_go_back_and_the_variables_stay(account: Account) -> None:
    account.deploy("one")
    account.deploy("two")
    assert (account.runs(), account.paths()) == ({"two"}, "two")
    account.roll_back()
    assert (account.runs(), account.paths()) == ({"one"}, "one")
    assert account.policy()["Statement"][0] == json.loads(policy_file(STAGE))["Statement"][0]
    assert list(live_environments(account.cloud).values()) == [VARIABLES] * 3


def test_a_policy_that_somebody_else_gave_the_role_stays(account: Account) -> None:
    iam = account.cloud.client("iam")
    iam.put_role_policy(RoleName="crew", PolicyName="by-hand", PolicyDocument=json.dumps(NO_RIGHTS))
    account.deploy("one")
    account.deploy("two")
    account.roll_back()
    assert iam.get_role_policy(RoleName="crew", PolicyName="by-hand")["PolicyDocument"] == NO_RIGHTS
    assert account.policy() != NO_RIGHTS


def test_a_package_that_cannot_be_fetched_is_told_without_its_signed_address(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.deploy("one")
    for function in account.cloud.function_names():
        account.change(function, "two")
    monkeypatch.setattr("tools.common.website.RETRIES", False)
    signed = "http://127.0.0.1:9/snapshots?X-Amz-Signature=5ec4e7"
    place = account.place()
    monkeypatch.setattr(place.cloud.client("lambda"), "get_function", lambda **_: {"Code": {"Location": signed}})
    with pytest.raises(Refused) as refused:
        keep_deployment(place, account.api_id, "", "")
    assert "could not be fetched from Lambda" in str(refused.value)
    assert "5ec4e7" not in str(refused.value)


def test_paths_that_are_gone_are_told_before_anything_is_changed(account: Account) -> None:
    account.deploy("one")
    gone = deployed_paths(account.cloud, account.api_id)
    account.deploy("two")
    account.cloud.client("apigateway").delete_deployment(restApiId=account.api_id, deploymentId=gone)
    with pytest.raises(Refused, match=r"the API of deployment 1 is gone: deploy .* again"):
        account.roll_back()
    assert account.runs() == {"two"}
    assert account.policy() == NO_RIGHTS


def test_going_back_twice_goes_back_two_versions_and_further_is_refused(account: Account) -> None:
    for name in ("one", "two", "three"):
        account.deploy(name)
    account.roll_back()
    account.roll_back()
    assert account.runs() == {"one"}
    with pytest.raises(Refused, match="nothing to go back to"):
        account.roll_back()
    account.deploy("four")
    account.roll_back()
    assert account.runs() == {"one"}


def test_a_deployment_that_broke_off_goes_back_to_what_ran_when_it_began(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """However far it came, and whoever asks: another machine, too."""
    account.deploy("one")
    account.deploy("two")
    begin_deployment(account.place(), "spa", "")
    account.change(account.cloud.function_names()[0], "three")
    account.cloud.client("apigateway").create_deployment(restApiId=account.api_id, stageName=STAGE, description="three")
    show_status(account.place(), as_json=False)
    assert re.search(r"3 +deploying .*, never told its end", capsys.readouterr().out)
    account.roll_back()
    assert (account.runs(), account.paths()) == ({"two"}, "two")
    assert "which never told its end" in capsys.readouterr().out
    account.roll_back()
    assert (account.runs(), account.paths()) == ({"one"}, "one")


def test_a_deployment_that_broke_off_before_it_changed_anything_goes_back_to_the_same(account: Account) -> None:
    account.deploy("one")
    account.deploy("two")
    begin_deployment(account.place(), "spa", "")
    account.roll_back()
    assert account.runs() == {"two"}


def test_a_deployment_that_went_on_is_one_version(account: Account) -> None:
    account.deploy("one")
    for _ in range(2):
        begin_deployment(account.place(), "spa", "")
    account.deploy("two")
    account.roll_back()
    assert account.runs() == {"one"}
    with pytest.raises(Refused, match="nothing to go back to"):
        account.roll_back()


def test_a_first_deployment_that_broke_off_has_nothing_to_go_back_to(account: Account) -> None:
    begin_deployment(account.place(), "spa", "")
    with pytest.raises(Refused, match="nothing to go back to"):
        account.roll_back()
    show_status(account.place(), as_json=True)


def test_the_last_three_packages_are_kept(account: Account) -> None:
    for name in ("one", "two", "three", "four"):
        account.deploy(name)
        account.deploy(name, spa="another")
    keys = account.cloud.client("s3").list_objects_v2(Bucket=account.site.bucket, Prefix=f"_deployed/{STAGE}/packages/")
    assert len([one for one in keys["Contents"] if one["Key"].endswith(".zip")]) == 3
    account.roll_back()
    account.roll_back()
    assert account.runs() == {"two"}
    with pytest.raises(Refused, match="is not kept any more"):
        account.roll_back()
    assert account.runs() == {"two"}


def test_the_same_deployment_is_noted_once(account: Account) -> None:
    account.deploy("one", spa="r1")
    before = account.place().kept.last()
    keep_deployment(account.place(), account.api_id, "r1", "")
    assert account.place().kept.last() == before


def test_where_nothing_is_on_record_it_says_so(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refused, match="no deployment of test is recorded"):
        account.roll_back()
    show_status(account.place(), as_json=False)
    assert "no deployment is recorded" in capsys.readouterr().out


def test_without_a_yes_the_plan_is_shown_and_nothing_changes(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.deploy("one")
    account.deploy("two")
    with pytest.raises(Refused, match="--yes"):
        roll_back(account.place(), force="", yes=False)
    assert f"update function {APP}-{STAGE}, its variables stay" in capsys.readouterr().out
    assert account.runs() == {"two"}


def test_what_another_tool_has_deployed_is_not_replaced(account: Account) -> None:
    account.deploy("one")
    account.deploy("two")
    account.change(account.cloud.function_names()[1], "by hand")
    with pytest.raises(Refused, match="sweep_mail runs what no recorded deployment has left there"):
        account.roll_back()
    assert account.runs() == {"two", "by hand"}


def test_a_version_for_another_python_does_not_come_back(account: Account) -> None:
    account.deploy("one")
    for function in account.cloud.function_names():
        account.cloud.client("lambda").update_function_configuration(FunctionName=function, Runtime="python3.12")
    account.deploy("two")
    with pytest.raises(Refused, match=r"has python3\.12, the version before was made for python3\.11"):
        account.roll_back()


def test_a_function_that_somebody_changes_meanwhile_is_left_alone(account: Account) -> None:
    account.deploy("one")
    function = account.cloud.function_names()[0]
    seen = running(account.cloud)[function]
    account.cloud.client("lambda").update_function_configuration(FunctionName=function, Description="by hand")
    with pytest.raises(Refused, match="was changed by somebody else meanwhile"):
        set_code(account.cloud, function, seen, package("two"))
    assert account.runs() == {"one"}


def test_of_two_who_act_at_once_one_is_told_who_was_faster(account: Account) -> None:
    account.deploy("one")
    account.deploy("two")
    slow = account.place()
    entry = slow.kept.last()
    assert entry
    account.roll_back()
    with pytest.raises(Refused, match="somebody was faster: 3, rolled back by"):
        slow.kept.append(entry._replace(acts=(entry.last._replace(number=3), *entry.acts)))


FAULTS = ["refused", "lost", "lost once"]


@pytest.mark.parametrize("how", FAULTS)
def test_a_fault_at_every_call_is_finished_by_the_next_run_and_loses_no_variable(
    account: Account, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    # They take their time, and what waits asks as often as it likes.
    monkeypatch.setattr("tools.deploy.versions.openapi.document", lambda: {"paths": {}})
    monkeypatch.setattr("tools.deploy.kept.wait_until_updated", lambda *_: None)
    attempts = 2 if how.endswith("once") else 1
    at, reached = 0, True
    account.deploy("base")
    while reached:
        at += 1
        account.deploy(f"n{at}")
        with watched_calls(breaks(at, how)) as made:
            failed = False
            try:
                account.roll_back(attempts=attempts)
            except Exception:
                failed = True
        reached = len(made) >= at
        assert failed == (reached and not how.endswith("once")), (at, made)
        assert list(live_environments(account.cloud).values()) == [VARIABLES] * 3, (at, made)
        if failed:
            assert account.runs() <= {"base", f"n{at}"}
            account.roll_back()
        assert (account.runs(), account.paths()) == ({"base"}, "base"), (at, made)
        last = account.place().kept.last()
        assert last
        assert (last.last.act, last.acts[1].act) == ("rolled back", "deployed"), (at, made)
    assert at > 10


CALLS = {"format": 1, "paths": {"/api/boats": {"get": {"responses": {}}}}, "components": {"schemas": {}}}


def released(account: Account, tmp_path: Path, name: str, path: str, *, promote: bool) -> str:
    """A release whose SPA makes this one call; its id."""
    build = write_build(tmp_path / name, name)
    calls = {**CALLS, "paths": {path: CALLS["paths"]["/api/boats"]}}  # type: ignore[index]
    (build / f"assets/calls-{name}.json").write_text(json.dumps(calls))
    releaser = account.site.releaser()
    held = [live.token for live in releaser.bucket.look()[1].values() if live.token]
    outcome = releaser.stage(read_build(build), held)
    if promote:
        releaser.promote()
    return outcome.release


def test_it_does_not_go_back_under_an_spa_in_production_that_would_break(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.deploy("one")
    account.deploy("two")
    released(account, tmp_path, "good", "/api/boats", promote=True)
    new = released(account, tmp_path, "new", "/api/brand-new", promote=False)
    account.roll_back()
    assert f"{new} (staging) breaks: GET /api/brand-new: there is no such call" in capsys.readouterr().out
    assert account.runs() == {"one"}

    account.deploy("three")
    account.site.releaser().promote()
    with pytest.raises(Refused, match=r"the SPA in production does not work with the version before: .*/api/brand-new"):
        account.roll_back()
    assert account.runs() == {"three"}
    account.roll_back(force="the API answers nobody")
    assert account.runs() == {"one"}
    last = account.place().kept.last()
    assert last
    assert last.last.reason == "the API answers nobody"


def test_the_document_of_the_running_api_goes_back_with_it_and_is_never_guessed(account: Account) -> None:
    place = account.place()
    assert running_document(place.cloud, account.site.bucket) is None
    assert find_document(place.bucket) == openapi.document()
    account.deploy("one")
    package_one = place.kept.package(running_code(place.cloud))
    account.deploy("two")
    place.kept.keep(running_code(place.cloud), package_one._replace(document={"paths": {}}))
    assert running_document(place.cloud, account.site.bucket) == {"paths": {}}
    account.roll_back()
    assert running_document(place.cloud, account.site.bucket) == package_one.document
    account.change(account.cloud.function_names()[0], "by hand")
    assert running_document(place.cloud, account.site.bucket) is None


def test_the_status_says_which_spa_goes_with_which_version(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = released(account, tmp_path, "good", "/api/boats", promote=True)
    account.deploy("one", spa=good)
    broken = released(account, tmp_path, "new", "/api/brand-new", promote=False)
    account.deploy("two")
    capsys.readouterr()
    show_status(account.place(), as_json=False)
    text = capsys.readouterr().out
    assert f"with SPA {good}" in text
    assert "made with deployment 1; works with what runs" in text
    assert "breaks on what runs: GET /api/brand-new: there is no such call" in text
    account.change(f"{APP}-{STAGE}", "by hand")
    show_status(account.place(), as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert (shown["production"]["release"], shown["production"]["deployment"]) == (good, 1)
    assert (shown["staging"]["release"], shown["staging"]["deployment"]) == (broken, None)
    assert [act["number"] for act in shown["deployments"]] == [2, 1]
    assert len(set(shown["running"].values())) == 2
