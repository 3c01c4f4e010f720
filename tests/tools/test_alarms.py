"""The alarms listen for what the function really logs, and tell the operator."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import sweep
from chalicelib.core import times
from chalicelib.core.settings import settings
from chalicelib.mail import bounces, outbox, transport, typed_addresses
from chalicelib.mail import store as mail_store
from chalicelib.operator import service as operator_service
from chalicelib.sign_in import service as sign_in
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store
from chalicelib.waivers.log_store import Tree, Waiting
from tests.support import operator
from tests.support.api import Api
from tests.support.desk import Desk
from tests.support.running import ROOT
from tests.support.stores import fresh_store
from tests.support.table import read_template
from tools.common import stacks
from tools.common.cloud import Cloud
from tools.local.embedded import EmbeddedAws

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
STAGE = "alarmed"
RESOURCES = read_template(ROOT / ".chalice/resources.yaml")["Resources"]


def counts(name: str, line: str) -> bool:
    """Whether a metric filter of the template counts a line, by CloudWatch's rule for words and quoted phrases."""
    pattern = RESOURCES[name]["Properties"]["FilterPattern"]
    terms = re.findall(r'(\??)(?:"([^"]+)"|(\S+))', pattern)
    return any((phrase or word) in line for _, phrase, word in terms)


MAIL_KINDS = {"receipt": outbox.MailKind()}


def one_mail(attempts: int) -> mail_store.Mail:
    return mail_store.Mail("1-receipt", "receipt", "ana@example.com", {"payment": {}}, "2026-11-22T20:00:00Z", attempts)


@pytest.fixture
def unsaved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk has saved no settings, and no store is asked for them."""
    monkeypatch.setattr(operator_service, "get_settings", lambda: None)


@pytest.fixture
def outcome(unsaved: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Delivers without a store or a mail service; how the service answers stands in here."""
    told: dict[str, Any] = {"is": transport.Outcome("sent", "SES: 1")}
    monkeypatch.setattr(transport, "send", lambda _: told["is"])
    monkeypatch.setattr(outbox, "compose", lambda mail, *_: mail)
    monkeypatch.setattr(mail_store, "finish_mail", lambda *_: None)
    monkeypatch.setattr(mail_store, "postpone_mail", lambda *_: None)
    return told


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"[{record.levelname}] {record.getMessage()}" for record in caplog.records]


@pytest.mark.parametrize(("status", "attempts"), [("failed", 1), ("uncertain", 1), ("retry", outbox.MAX_ATTEMPTS)])
def test_a_mail_that_is_given_up_is_counted_once(
    outcome: dict[str, Any], caplog: pytest.LogCaptureFixture, status: Any, attempts: int
) -> None:
    outcome["is"] = transport.Outcome(status, "SES: MessageRejected")
    outbox.deliver(one_mail(attempts), MAIL_KINDS, NOW)
    assert [counts("ApiMailsGivenUp", line) for line in lines(caplog)].count(True) == 1
    assert not any(counts("ApiErrorLines", line) for line in lines(caplog)), "a wrong address is no error of ours"


def test_a_mail_that_waits_is_counted_from_its_fourth_try_on(
    outcome: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    outcome["is"] = transport.Outcome("retry", "SES: Throttling")
    for attempts in range(1, outbox.MAX_ATTEMPTS):
        caplog.clear()
        outbox.deliver(one_mail(attempts), MAIL_KINDS, NOW)
        assert not any(counts("SweepMailsGivenUp", line) for line in lines(caplog))
        assert any(counts("StuckMails", line) for line in lines(caplog)) == (attempts >= 4)
    assert sum(outbox.BACK_OFF_MINUTES[:3]) == 21


def test_a_mail_that_was_sent_is_not_counted(outcome: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        outbox.deliver(one_mail(1), MAIL_KINDS, NOW)
    names = ("ApiMailsGivenUp", "StuckMails", "ApiErrorLines")
    assert not [line for line in lines(caplog) if any(counts(name, line) for name in names)]


def test_a_mail_that_came_back_is_counted_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mail_store, "read_mail", lambda _: one_mail(1))
    monkeypatch.setattr(mail_store, "change_mail", lambda *_: None)
    bounce = {"eventType": "Bounce", "mail": {"tags": {"mail_id": ["1-receipt"]}}, "bounce": {}}
    bounces.record_report(bounce, kinds=MAIL_KINDS, now=NOW)
    assert [counts("MailsThatCameBack", line) for line in lines(caplog)].count(True) == 1
    assert not any(counts("MailFeedbackErrorLines", line) for line in lines(caplog))


def test_a_log_that_is_not_what_was_told_of_is_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told, found = Tree("sail.example.com/waivers", 3, bytes(32)), Tree("sail.example.com/waivers", 2, bytes(32))
    monkeypatch.setattr(log_store, "read_mailed", lambda: told)
    monkeypatch.setattr(log_store, "read_tree", lambda: found)
    monkeypatch.setattr(outbox, "queue", lambda _: False)
    monkeypatch.setattr(operator_service, "get_settings", operator_service.defaults)
    with operator.operating():
        sweep.mail_checkpoint(NOW.replace(hour=sweep.CHECKPOINT_HOUR))
    assert [counts("SweepWaiverLogLines", line) for line in lines(caplog)] == [True]


def test_a_log_that_is_not_written_is_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After a guest has signed, and by the schedule when a record has waited for more than ten minutes."""

    def fail() -> None:
        raise RuntimeError("no table")

    monkeypatch.setattr(waiver_log, "append_waiting", fail)
    waiver_log.append_after_signing()
    assert [counts("ApiWaiverLogLines", line) for line in lines(caplog)] == [True]
    caplog.clear()
    monkeypatch.setattr(waiver_log, "append_waiting", lambda **_: False)
    for minutes, counted in ((9, []), (11, [True])):
        since = times.format_instant(NOW - timedelta(minutes=minutes))
        waiting = Waiting({"SK": {"S": f"{since}#FORM#a#RECORD#00"}}, "A" * 22, {}, "{}", None)
        monkeypatch.setattr(log_store, "list_waiting", lambda _, waiting=waiting: [waiting])
        waiver_log.sweep(NOW)
        assert [counts("SweepWaiverLogLines", line) for line in lines(caplog)] == counted


def test_copies_beyond_the_ceiling_of_an_hour_are_counted(
    dynamodb_local: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outbox, "deliver", lambda *_: None)
    monkeypatch.setattr(typed_addresses, "MAILS_AN_HOUR", 1)
    with fresh_store(dynamodb_local) as dynamodb:
        desk = Desk(Cloud("none"), dynamodb, settings().table)
        charter = desk.create_charter()
        desk.sign_waiver(charter, signer_email="bo@example.com")
        assert not any(counts("ApiGuestMailCeilings", line) for line in lines(caplog))
        desk.sign_waiver(charter, signer_email="kim@example.com")
    assert [counts("ApiGuestMailCeilings", line) for line in lines(caplog)].count(True) == 1


def test_logins_that_are_refused_are_counted_and_those_that_work_are_not(
    dynamodb_local: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Wrong ones, those beyond the limit, and each but once; an owner who mistypes a few times rings no alarm."""
    threshold = RESOURCES["RefusedSignInsAlarm"]["Properties"]["Threshold"]
    assert threshold > sign_in.TRIES, "one address within its limit"
    with fresh_store(dynamodb_local), caplog.at_level(logging.DEBUG):
        guest = Api()
        for _ in range(threshold):
            guest.post("/api/login", {"password": "canary-password-7781"})
        assert [counts("RefusedSignIns", line) for line in lines(caplog)].count(True) == threshold
        assert "canary-password-7781" not in caplog.text
        assert guest.address not in "\n".join(lines(caplog))
        caplog.clear()
        assert Api(address="203.0.113.5").post("/api/login", {"password": operator.PASSWORD}).status == 200
    assert not any(counts("RefusedSignIns", line) for line in lines(caplog))


def test_every_alarm_tells_the_operator_and_says_what_to_do() -> None:
    alarms = [part["Properties"] for part in RESOURCES.values() if part["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) == 12
    for alarm in alarms:
        assert alarm["AlarmActions"] == ["Alarms"]
        assert len(alarm["AlarmDescription"]) > 30


def test_every_metric_of_ours_has_an_alarm_and_a_source() -> None:
    sources = {
        each["MetricName"]
        for part in RESOURCES.values()
        if part["Type"] == "AWS::Logs::MetricFilter"
        for each in part["Properties"]["MetricTransformations"]
    }
    watched = {
        part["Properties"]["MetricName"]
        for part in RESOURCES.values()
        if part["Type"] == "AWS::CloudWatch::Alarm" and part["Properties"]["Namespace"] != "AWS/Lambda"
    }
    assert (
        sources
        == watched
        == {
            *("ErrorLines", "MailsGivenUp", "StuckMails"),
            *("WaiverLogLines", "GuestMailCeilings", "RefusedSignIns"),
        }
    )


def test_what_holds_data_outlives_its_stack() -> None:
    kept = {"Table", "SpaBucket", "ApiLog", "SweepMailLog", "MailFeedbackLog", "MailSender"}
    assert {name for name, part in RESOURCES.items() if part.get("DeletionPolicy") == "RetainExceptOnCreate"} == kept
    assert {name for name, part in RESOURCES.items() if part.get("UpdateReplacePolicy") == "Retain"} == kept


def test_the_stack_as_deployed_has_them_and_its_table_survives_it(embedded_aws: EmbeddedAws) -> None:
    cloudformation, name = embedded_aws.client("cloudformation"), f"ship-captain-crew-{STAGE}-resources"
    parameters: dict[str, str | None] = {"Stage": STAGE, "MailIdentity": "", "AlarmEmail": "captain@example.com"}
    stacks.apply_stack(cloudformation, name, stacks.template("resources"), parameters, poll_s=0.05)
    prefix = f"ship-captain-crew-{STAGE}-"
    alarms = embedded_aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    topic = alarms[0]["AlarmActions"][0]
    assert {alarm["AlarmName"].removeprefix(prefix) for alarm in alarms} == {
        *("error-lines", "errors", "sweep-errors", "feedback-errors", "throttles", "sweep-throttles"),
        *("mail", "mail-stuck", "outbox-dead", "waiver-log", "guest-mail", "refused-sign-ins"),
    }
    subscriptions = embedded_aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [(each["Protocol"], each["Endpoint"]) for each in subscriptions] == [("email", "captain@example.com")]
    sesv2 = embedded_aws.client("sesv2")
    found = sesv2.get_configuration_set_event_destinations(ConfigurationSetName=prefix.rstrip("-"))
    (reports,) = found["EventDestinations"]
    assert (reports["Enabled"], sorted(reports["MatchingEventTypes"])) == (True, ["BOUNCE", "COMPLAINT"])
    assert reports["EventBridgeDestination"]["EventBusArn"].endswith(":event-bus/default")
    dynamodb, table = embedded_aws.client("dynamodb"), f"ship-captain-crew-{STAGE}"
    assert dynamodb.describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]
    # The emulator's CloudFormation leaves this one out, so the template is looked at.
    recovery = RESOURCES["Table"]["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}
    groups = embedded_aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{table}")["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {90}

    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    assert dynamodb.describe_table(TableName=table)
    assert embedded_aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{table}")["logGroups"]
