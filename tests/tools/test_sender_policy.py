"""What the functions may send mail as, for each way in which a stage can send."""

import fnmatch
import json
from typing import Any

import pytest

from tests.support import operator
from tools.deploy.policy import make_policy

STAGES = ("dev", "prod", "test")


def sending(stage: str = "prod", **changes: str) -> list[dict[str, Any]]:
    document = json.loads(make_policy(stage, operator.environment(**changes)))
    return [one for one in document["Statement"] if "ses:SendEmail" in one["Action"]]


def may_send(statements: list[dict[str, Any]], sender: str, identity: str) -> bool:
    """As IAM decides it: an identity that a statement names, and a sender that fits its condition."""
    arn = f"arn:aws:ses:us-east-1:123456789012:identity/{identity}"
    return any(
        one["Condition"] == {"StringEquals": {"ses:FromAddress": sender}}
        and any(fnmatch.fnmatchcase(arn, resource) for resource in one["Resource"])
        for one in statements
    )


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("identity", ["captain@sail.example.com", "sail.example.com", "example.com"])
def test_the_sender_may_be_verified_as_address_as_domain_or_by_a_domain_above(stage: str, identity: str) -> None:
    assert may_send(sending(stage), "captain@sail.example.com", identity)


@pytest.mark.parametrize("identity", ["other.example", "boss@other.example", "boss@sail.example.com", "com", "*", ""])
def test_no_other_identity_of_the_account_may_be_used(identity: str) -> None:
    assert not may_send(sending(), "captain@sail.example.com", identity)


@pytest.mark.parametrize("sender", ["ops@sail.example.com", "boss@sail.example.com", "captain@example.com", "*"])
def test_no_other_address_of_the_domain_may_be_the_sender(sender: str) -> None:
    assert not may_send(sending(), sender, "sail.example.com")


def test_mail_to_the_operators_own_address_goes_out_where_that_is_verified_too() -> None:
    """SES asks for the right on such a receiver as well."""
    assert may_send(sending(), "captain@sail.example.com", "ops@sail.example.com")


@pytest.mark.parametrize(
    "changes",
    [
        {"SCC_MAIL_FROM": ""},
        {"SCC_MAIL_TRANSPORT": "gmail", "SCC_GMAIL_USER": "bay@gmail.com", "SCC_GMAIL_TOKEN": "token"},
        {"SCC_MAIL_TRANSPORT": ""},
    ],
)
def test_without_a_sender_at_ses_nothing_may_be_sent_by_it(changes: dict[str, str]) -> None:
    assert sending(**changes) == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_rest_of_the_policy_is_the_one_in_git(stage: str) -> None:
    made = json.loads(make_policy(stage, operator.environment()))["Statement"]
    in_git = json.loads(make_policy(stage, {}))["Statement"]
    assert [one for one in made if one["Sid"] != "SendMail"] == in_git
    assert len(made) == len(in_git) + 1
