"""What has to be kept is kept to its last day; what is over is erased, and its proof stays."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from unittest import mock

import pytest

from chalicelib import erasure
from chalicelib.core import aws, settings, system
from chalicelib.waivers.evidence import disclosures
from chalicelib.waivers.people import FoundRow
from tests.support import operator, stores
from tests.support.altering import differences
from tests.support.desk import Desk, open_desk
from tools import retention
from tools.common.console import Refused
from tools.common.functions import merge
from tools.common.table import scan
from tools.local.embedded import EmbeddedAws

# The charter of these tests starts on 1 December 2026, in the operator's zone.
LAST_DAY = datetime(2033, 12, 1, 20, 0, tzinfo=UTC)
NEXT_DAY = datetime(2033, 12, 2, 20, 0, tzinfo=UTC)
CHILD = {
    "minor_name": ["Lu Ott"],
    "minor_birth_date": ["2015-05-06"],
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}
KIMS_PHONE = "+1 555 010 0199"


# --- till when --------------------------------------------------------------------------------------


def row(**changes: Any) -> FoundRow:
    known = {"signed_at": "2026-11-22T20:00:00Z", "starts_at": "2026-12-01T10:00:00Z", "minor": False}
    return {**known, "birth_date": None, **changes}  # type: ignore[typeddict-item,return-value]


ZONE = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({}, "2033-12-01"),
        ({"starts_at": "2026-12-01T07:59:00Z"}, "2033-11-30"),
        ({"signed_at": "2027-01-02T20:00:00Z"}, "2034-01-02"),
        ({"minor": True, "birth_date": "2015-05-06"}, "2036-05-06"),
        ({"minor": True, "birth_date": "2009-05-06"}, "2033-12-01"),
        ({"minor": True, "birth_date": "2016-02-29"}, "2037-03-01"),
        ({"minor": True}, "2047-12-01"),
        ({"starts_at": "2028-02-29T20:00:00Z"}, "2035-03-01"),
        # An adult's own age makes no difference.
        ({"birth_date": "2008-05-06"}, "2033-12-01"),
    ],
)
def test_a_record_is_kept_to_the_later_of_its_days(changes: dict[str, Any], until: str) -> None:
    with operator.operating():
        assert retention.kept_until(row(**changes), None, ZONE, settings.settings()) == date.fromisoformat(until)


def test_the_settings_say_how_long() -> None:
    with operator.operating(SCC_RETENTION_YEARS="1", SCC_ADULT_YEARS="21"):
        here = settings.settings()
        assert retention.kept_until(row(), None, ZONE, here) == date(2027, 12, 1)
        assert retention.kept_until(row(minor=True, birth_date="2015-05-06"), None, ZONE, here) == date(2039, 5, 6)


def test_a_charter_that_was_moved_counts_by_its_new_day() -> None:
    with operator.operating():
        moved = operator.event(starts_at="2027-03-04T20:00:00Z")
        assert retention.kept_until(row(), moved, ZONE, settings.settings()) == date(2034, 3, 4)
        earlier = operator.event(starts_at="2026-11-25T20:00:00Z")
        assert retention.kept_until(row(), earlier, ZONE, settings.settings()) == date(2033, 12, 1)


# --- the commands -----------------------------------------------------------------------------------


@pytest.fixture
def desk(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Three who have signed and a guardian with a child; the tool works with the product's real clients."""
    monkeypatch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
    with (
        open_desk(embedded_aws.endpoint) as found,
        mock.patch.dict(os.environ),
        # Undone before the desk's own, which patches the same function.
        monkeypatch.context() as patch,
    ):
        kim = {"signer_name": "Kim Ott", "signer_email": "kim@example.com", "signer_phone": KIMS_PHONE}
        found.sign_waiver(found.create_charter(), **kim, **CHILD)
        assert KIMS_PHONE in everything_disclosed(found)
        monkeypatch.setattr(retention, "find_cloud", lambda _: found.cloud)
        patch.setattr(aws, "client", cache(stores.make_client))
        # Of the one who calls the tool: none of it counts.
        os.environ |= {"SCC_RETENTION_YEARS": "1", "AWS_PROFILE": "none-such", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
        yield found
    settings.forget()


def run(monkeypatch: pytest.MonkeyPatch, now: datetime, *arguments: str) -> int:
    monkeypatch.setattr(system, "utc_now", lambda: now)
    return call(monkeypatch, *arguments)


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["retention", "--stage", "test", *arguments])
    return retention.main()


def listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], now: datetime) -> list[dict[str, Any]]:
    assert run(monkeypatch, now, "list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["retention_years"], found["minors_kept_until_age"]) == (7, 21)
    return list(found["records"])


def everything(desk: Desk) -> str:
    return json.dumps(list(scan(desk.dynamodb, desk.table)))


def everything_disclosed(desk: Desk) -> str:
    """With what stands encoded in the disclosures."""
    items = list(scan(desk.dynamodb, desk.table))
    encoded = (json.loads(item["disclosures"]["S"]) for item in items if "disclosures" in item)
    return json.dumps([items, [disclosures.read(one) for one in encoded]])


def test_records_are_listed_from_the_day_after_their_time_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(desk)
    assert listed(monkeypatch, capsys, LAST_DAY) == []
    found = listed(monkeypatch, capsys, NEXT_DAY)
    assert [(one["minor"], one["kept_until"]) for one in found] == [(False, "2033-12-01")] * 4
    later = listed(monkeypatch, capsys, datetime(2036, 5, 7, 20, 0, tzinfo=UTC))
    assert [(one["minor"], one["kept_until"]) for one in later if one["minor"]] == [(True, "2036-05-06")]
    assert everything(desk) == before


def test_the_list_names_records_and_no_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, LAST_DAY, "list") == 0
    assert capsys.readouterr().out == (
        "No record is kept longer than it has to be: 7 years, minors until they are 21.\n"
    )
    assert run(monkeypatch, NEXT_DAY, "list") == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == "4 records of 2 charters are kept longer than needed: 7 years, minors until they are 21."
    assert all(line.endswith(": kept until 2033-12-01") for line in lines)
    assert not [name for name in ("Ana", "Ott", "example.com") if name in "\n".join(lines)]


def test_erasing_takes_the_person_and_leaves_the_proof_and_what_is_still_to_be_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, NEXT_DAY, "erase", "--yes") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "4 records erased"
    assert listed(monkeypatch, capsys, NEXT_DAY) == []
    left = everything_disclosed(desk)
    assert not [value for value in ("Ana Rivera", "kim@example.com", KIMS_PHONE) if value in left]
    # The child's record has to be kept, with who signed for the child.
    assert "Lu Ott" in left
    assert "Kim Ott" in left
    items = list(scan(desk.dynamodb, desk.table))
    assert differences(items) == []
    marks = [json.loads(item["erased"]["S"]) for item in items if "erased" in item]
    assert {(one["by"], one["reason"]) for one in marks} == {
        ("retention", "kept until 2033-12-01: 7 years, minors until they are 21.")
    }
    assert run(monkeypatch, datetime(2036, 5, 7, 20, 0, tzinfo=UTC), "erase", "--yes", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["erased"]) == 1
    left = everything_disclosed(desk)
    assert not [value for value in ("Lu Ott", "Kim Ott", "2015-05-06") if value in left]
    assert differences(list(scan(desk.dynamodb, desk.table))) == []


def test_each_record_is_erased_at_its_own_time_however_long_the_question_stood(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [NEXT_DAY]
    erase = erasure.erase_record

    def erase_slowly(*arguments: Any) -> None:
        now[0] += timedelta(hours=1)
        erase(*arguments)

    def ask(*_: object) -> None:
        now[0] += timedelta(hours=2)

    monkeypatch.setattr(system, "utc_now", lambda: now[0])
    monkeypatch.setattr(retention, "confirm", ask)
    monkeypatch.setattr(erasure, "erase_record", erase_slowly)
    assert call(monkeypatch, "erase") == 0
    items = list(scan(desk.dynamodb, desk.table))
    marks = [json.loads(item["erased"]["S"])["at"] for item in items if "erased" in item]
    assert sorted(marks) == [f"2033-12-{at}:00:00Z" for at in ("02T22", "02T23", "03T00", "03T01")]


def test_nothing_is_erased_without_a_yes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(desk)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(Refused, match="answer the plan with --yes"):
        run(monkeypatch, NEXT_DAY, "erase")
    assert everything(desk) == before


def test_what_broke_off_is_finished_by_the_next_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    erase, left = erasure.erase_record, [2]

    def die_after_two(*call: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        erase(*call)

    with monkeypatch.context() as dying:
        dying.setattr(erasure, "erase_record", die_after_two)
        with pytest.raises(KeyboardInterrupt):
            run(dying, NEXT_DAY, "erase", "--yes", "--json")
    assert len(listed(monkeypatch, capsys, NEXT_DAY)) == 2
    assert run(monkeypatch, NEXT_DAY, "erase", "--yes", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["erased"]) == 2
    assert run(monkeypatch, NEXT_DAY, "erase", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"erased": [], "left": {}}
    assert differences(list(scan(desk.dynamodb, desk.table))) == []


def test_a_record_that_is_not_in_the_log_yet_is_left_and_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("chalicelib.waivers.log.append_after_signing", lambda: None)
    with operator.operating(SCC_TABLE=desk.table), monkeypatch.context() as patch:
        patch.setattr(aws, "client", lambda *_, **__: desk.dynamodb)
        waiting = desk.sign_waiver(desk.create_charter())
    assert run(monkeypatch, NEXT_DAY, "erase", "--yes") == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"waiver {waiting}: This record is on its way into the log. Please try again in a moment.",
        "4 records erased",
    ]


def test_a_stage_that_is_not_set_up_is_refused_in_one_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(desk)
    for changes, named in (
        ({"SCC_RETENTION_YEARS": "seven"}, "SCC_RETENTION_YEARS must be a whole number of years from 1 to 100"),
        ({"SCC_RETENTION_YEARS": "7", "SCC_OPERATOR_NAME": ""}, "is not set up: SCC_OPERATOR_NAME is missing"),
        ({"SCC_OPERATOR_NAME": "Bay Sail", "SCC_TABLE": "none-such"}, "is not set up: there is no table none-such"),
    ):
        merge(desk.cloud, changes)
        for command in ("list", "erase"):
            with pytest.raises(Refused, match=named):
                run(monkeypatch, NEXT_DAY, command)
    monkeypatch.setattr(retention, "find_cloud", lambda _: desk.cloud._replace(stage="never"))
    with pytest.raises(Refused, match="no function of stage never is deployed"):
        run(monkeypatch, NEXT_DAY, "list")
    assert everything(desk) == before


def test_a_stage_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["retention", "list"])
    with pytest.raises(SystemExit, match="2"):
        retention.main()
