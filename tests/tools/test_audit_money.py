"""Money changed in the table by somebody who knows how it is kept is told: by what is kept beside, and by the mails."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import ledger_log
from chalicelib.charters.receivables import RECEIVABLES, entry_item
from chalicelib.charters.store import receivable, to_charter
from chalicelib.core import fields, settings, times
from chalicelib.core.errors import SettingsError
from chalicelib.money import ledger
from chalicelib.notices import service as notices
from chalicelib.payments import service as payments
from chalicelib.payments import statements, tips
from chalicelib.payments.answers import fingerprint_answer
from chalicelib.payments.fields import NewPayment
from chalicelib.payments.rows import fold
from chalicelib.waivers.evidence import checkpoint
from tests.support import operator
from tests.support.altering import Items, differences, of_kind, without
from tests.support.money_season import Season
from tests.support.stored import store_charter
from tests.support.stores import fresh_store
from tools.audit.books import transactions
from tools.audit.log_checks import check_kept
from tools.audit.records import gather
from tools.common.table import kind_of, scan


@pytest.fixture(scope="module")
def season(dynamodb_local: str) -> Iterator[Season]:
    with fresh_store(dynamodb_local) as dynamodb, pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
        yield Season(dynamodb)


def test_a_season_as_the_product_wrote_it_agrees(season: Season) -> None:
    assert differences(season.items) == []


def test_it_agrees_where_none_of_the_deployments_settings_are_known(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in operator.environment():
        monkeypatch.delenv(name, raising=False)
    settings.forget()
    with pytest.raises(SettingsError):
        settings.settings()
    assert differences(season.items) == []
    assert transactions(gather(season.items), "America/Los_Angeles")


# --- one change anywhere --------------------------------------------------------------------------

# What else an item may hold: JSON texts are looked into.
JSON_TEXTS = ("data", "money", "answer")
# Not told, and why. Mails: how the sending went, and when, is no amount and not in the ledger.
UNTOLD = {
    ("MAIL", "attempts"), ("MAIL", "data.note"), ("MAIL", "data.retries"), ("MAIL", "data.reports"),
    ("MAIL", "data.created_at"), ("MAIL", "by_date_sk"),
    # The operator's own name and address, which are settings.
    ("MAIL manifest", "data.to"), ("MAIL manifest", "data.data.name"),
    ("MAIL ledger_checkpoint", "data.to"), ("MAIL ledger_checkpoint", "data.data.name"),
    # What a receipt said of itself when it was sent.
    ("MAIL", "data.data.payment.receipt"), ("MAIL", "data.data.corrected.receipt"),
    ("MAIL", "data.data.payments.0.receipt"), ("MAIL", "data.data.payments.1.receipt"),
    # What an admin typed for a statement alone, and that it went to another than the patron.
    ("MAIL statement", "data.data.due_date"), ("MAIL statement", "data.data.asked_due_date"),
    ("MAIL statement", "data.data.note"), ("MAIL statement", "data.data.is_to_patron"),
    # In the daily mail, the sums beside the head are for people to read.
    ("MAIL ledger_checkpoint", "data.data.sums"),
}  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each value stands in some JSON, lists and objects too."""
    if path or not isinstance(value, dict):
        yield path
    if isinstance(value, dict | list):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(one, (*path, name))


def other(value: Any) -> Any:
    """A value of the same kind that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "x"
    if isinstance(value, list):
        return ["x"]
    if isinstance(value, dict):
        return {"x": 1}
    if len(value) == 20 and value.endswith("Z"):
        return times.format_instant(times.parse_instant(value) + timedelta(seconds=1))
    return f"{value}x"


def put(value: Any, path: tuple[Any, ...], new: Callable[[Any], Any]) -> Any:
    if not path:
        return new(value)
    changed = deepcopy(value)
    within = changed
    for name in path[:-1]:
        within = within[name]
    within[path[-1]] = new(within[path[-1]])
    return changed


def single_changes(item: Items) -> Iterator[tuple[str, Items]]:
    """The item with one of its values altered, each with where that stands."""
    for name, typed in item.items():
        if name in ("PK", "SK"):
            continue
        ((kind, held),) = typed.items()
        content = json.loads(held) if name in JSON_TEXTS else int(held) if kind == "N" else held
        for path in paths(content):
            changed = put(content, path, other)
            text = json.dumps(changed) if name in JSON_TEXTS else str(changed) if kind == "N" else changed
            yield ".".join(map(str, (name, *path))), {**item, name: {kind: text}}


def is_untold(kind: str, item: Items, place: str) -> bool:
    kinds = (kind, f"{kind} {json.loads(item['data']['S']).get('kind')}" if kind == "MAIL" else kind)
    return any(name in kinds and (place == path or place.startswith(f"{path}.")) for name, path in UNTOLD)


NO_CHARTER = ("WAIVER_VERSION", "REQUEST", "BOATS", "PEOPLE")


def of_charters(items: list[Items]) -> Iterator[tuple[str, Items]]:
    for item in items:
        kind = kind_of(item["PK"]["S"], item["SK"]["S"])
        if kind not in NO_CHARTER and item["PK"]["S"].partition("#")[0] not in ("BOAT", "PERSON"):
            yield kind, item


@pytest.mark.timeout(1200)
def test_every_single_value_that_was_altered_is_told(season: Season) -> None:
    silent, count = [], 0
    for kind, item in of_charters(season.items):
        rest = without(season.items, item)
        for place, changed in single_changes(item):
            count += 1
            told = differences([*rest, changed])
            if not told and not is_untold(kind, item, place):
                silent.append(f"{kind} {item['SK']['S']} {place}")
    assert silent == [], silent
    assert count > 1_500, count


def test_every_single_item_that_was_taken_away_is_told(season: Season) -> None:
    silent = [
        f"{kind} {item['SK']['S']}"
        for kind, item in of_charters(season.items)
        if not differences(without(season.items, item))
    ]
    assert silent == [], silent


# --- several changes that fit each other ------------------------------------------------------------


# Audit events of mails that told the balance after the last payment.
LATER = ("receipt_asked", "balance_reminded")


class Forger:
    """Somebody who can write the table and knows each rule by which it is kept."""

    def __init__(self, items: list[Items]) -> None:
        self.items = deepcopy(items)

    def find(self, kind: str, part: str) -> Items:
        return of_kind(self.items, kind, part)

    def drop(self, kind: str, part: str) -> None:
        self.items.remove(self.find(kind, part))

    def rewrite(self, item: Items, name: str, change: Callable[[Any], Any]) -> None:
        item[name] = {"S": json.dumps(change(json.loads(item[name]["S"])))}

    def set_sums(self, charter: str) -> None:
        """The sums and the count that the rows and acts now have."""
        event = next(one for one in self.items if one["PK"]["S"] == f"EVENT#{charter}" and one["SK"]["S"] == "EVENT")
        rows = [one for one in self.items if one["PK"] == event["PK"] and one["SK"]["S"].startswith("PAYMENT#")]
        event["money"] = {"S": json.dumps(ledger.fold(fold(rows))._asdict())}
        event["ledger_seq"] = {"N": str(len(rows))}
        entry = receivable(to_charter(event))
        listed = next(one for one in self.items if one["PK"]["S"] == RECEIVABLES and one["SK"]["S"].endswith(charter))
        assert entry
        listed |= entry_item(entry)

    def change_amount(self, payment_id: str, amount_cents: int) -> None:
        """Of the last payment: in its row, answer, fingerprints and sums, and in the mails that came after it."""
        row = self.find("PAYMENT", payment_id)
        charter = row["PK"]["S"].partition("#")[2]
        self.rewrite(row, "answer", lambda one: {**one, "payment": {**one["payment"], "amount_cents": amount_cents}})
        answer = json.loads(row["answer"]["S"])
        then = [one for one in self.items if one["PK"] == row["PK"] and one["SK"]["S"].startswith("PAYMENT#")]
        sums = ledger.fold(
            {**one, "amount_cents": amount_cents} if one["payment_id"] == payment_id else one for one in fold(then)
        )
        answer["event"]["balance"] = sums.balance(answer["event"]["charter_fee_cents"])
        sealed = {"amount_cents": amount_cents, "answer_sha256": fingerprint_answer(answer)}
        row["answer"] = {"S": json.dumps(answer)}
        self.rewrite(row, "data", lambda one: {**one, **sealed})
        asked = {**json.loads(row["data"]["S"]), "ask_if_duplicate": False, "ask_if_unusual": False}
        asked = {name: asked.get(name, False) for name in NewPayment._fields} | {"notify": False, "device_time": ""}
        row["fingerprint"] = {"S": fields.fingerprint(NewPayment, asked)}
        self.set_sums(charter)
        told = {"balance": answer["event"]["balance"]}
        for audit in LATER:
            mail_id = json.loads(self.find("AUDIT", audit)["data"]["S"])["mail_id"]
            self.rewrite(self.find("MAIL", mail_id), "data", lambda one: {**one, "data": {**one["data"], **told}})

    def forget_mailed(self) -> None:
        """Each trace in the table that the ledger was mailed."""
        self.items = [
            one
            for one in self.items
            if one["PK"]["S"] != ledger_log.LEDGER_LOG and '"ledger_checkpoint"' not in one.get("data", {}).get("S", "")
        ]

    def told_by(self, mail: Any) -> list[str]:
        """What the table tells against a mail that was kept."""
        kept = checkpoint.find_all(mail.data["checkpoint"])
        return [str(one) for one in check_kept(gather(self.items), kept)]


def kept_mail(season: Season) -> Any:
    return next(mail for mail in season.mails if mail.kind == "ledger_checkpoint")


NOT_TOLD_OF = "are not those that were told of"


def test_a_payment_changed_in_row_answer_fingerprints_and_sums_is_told_by_the_checkpoint(season: Season) -> None:
    forger = Forger(season.items)
    forger.change_amount(season.zelle, 2_000)
    found = differences(forger.items)
    assert found
    assert all("checkpoint of the ledger" in line and NOT_TOLD_OF in line for line in found), found
    forger.forget_mailed()
    assert differences(forger.items) == []
    assert any(NOT_TOLD_OF in line for line in forger.told_by(kept_mail(season)))
    assert Forger(season.items).told_by(kept_mail(season)) == []


def test_a_payment_taken_away_with_its_mail_its_sums_and_its_place_is_told_by_the_mail_that_was_kept(
    season: Season,
) -> None:
    forger = Forger(season.items)
    forger.drop("PAYMENT", season.zelle)
    forger.drop("TO_CLEAR", season.zelle)
    forger.set_sums(season.charter)
    for audit in LATER:
        mail_id = json.loads(forger.find("AUDIT", audit)["data"]["S"])["mail_id"]
        forger.drop("AUDIT", audit)
        forger.drop("MAIL", mail_id)
    forger.find(RECEIVABLES, season.charter).pop("reminded_at")
    assert any("told of" in line for line in differences(forger.items))
    forger.forget_mailed()
    assert differences(forger.items) == []
    assert any("told of" in line for line in forger.told_by(kept_mail(season)))


def test_a_row_changed_together_with_its_sums_is_told(season: Season) -> None:
    forger = Forger(season.items)
    row = forger.find("PAYMENT", season.zelle)
    forger.rewrite(row, "data", lambda one: {**one, "amount_cents": 2_000})
    forger.set_sums(season.charter)
    found = " ".join(differences(forger.items))
    for told in ("its amount_cents changed since it was logged", "it is not what was asked to be logged"):
        assert told in found
    assert "another balance" in found


@pytest.mark.parametrize("part", ["typed twice", "#BOUNCE", "#CLEAR"])
def test_an_act_taken_away_together_with_its_mail_and_the_sums_is_told(season: Season, part: str) -> None:
    forger = Forger(season.items)
    item = forger.find("ACT", part)
    mail_id = json.loads(item["data"]["S"])["mail_id"]
    forger.items.remove(item)
    if mail_id:
        forger.drop("MAIL", mail_id)
    forger.set_sums(season.charter)
    found = differences(forger.items)
    assert any("not numbered from 1 on" in line for line in found)


def test_a_fee_changed_without_an_audit_event_is_told(season: Season) -> None:
    forger = Forger(season.items)
    event = forger.find("EVENT", "Sunset")
    forger.rewrite(event, "data", lambda one: {**one, "details": {**one["details"], "charter_fee_cents": 90_000}})
    assert any(
        "its charter_fee_cents changed, and no audit event tells so" in line for line in differences(forger.items)
    )
    # Told in the audit event as well, and that event is not the one of which the mail tells.
    changed = {"charter_fee_cents": [150_000, 90_000]}
    audit = forger.find("AUDIT", "[150000")
    forger.rewrite(audit, "data", lambda one: {**one, "changed": {**one["changed"], **changed}})
    found = differences(forger.items)
    assert any("another balance" in line for line in found)
    assert any(NOT_TOLD_OF in line for line in found)


def test_a_correction_that_names_another_payment_and_a_batch_of_other_rows_are_told(season: Season) -> None:
    """Each of these leaves the sums as they are."""
    for kind, part, change, told in (
        ("ACT", '"corrected_by":{', {"corrected_by": None}, "the payment that it corrects does not say so"),
        ("ACT", '"corrected_by":{', {"reason": "no typo"}, "the payment that it corrects does not say so"),
        ("PAYMENT", '"corrects":{', {"corrects": None}, "the payment that corrects it does not say so"),
        ("PAYMENT", '"corrects":{', {"note": "x"}, "it is not as the payment from which it was taken"),
        ("PAYMENT", '"batch_id":"0', {"batch_id": ""}, "it has other rows than it was answered with"),
        ("PAYMENT", '"batch_id":"0', {"batch_id": operator.uuid()}, "it does not exist, but has rows"),
        ("PAYMENT", '"batch_id":"0', {"note": "x"}, "it is not what was asked to be logged"),
    ):
        forger = Forger(season.items)
        item = forger.find(kind, part)
        forger.rewrite(item, "data", lambda one, change=change: {**one, **change})
        found = differences(forger.items)
        assert any(told in line for line in found), (part, change, found)


@pytest.mark.parametrize(
    "kind", ["receipt", "correction", "bounce", "balance_reminder", "corrected", "batch_receipt", "statement"]
)
def test_a_mail_that_tells_another_amount_than_the_ledger_is_told(season: Season, kind: str) -> None:
    for change in (
        lambda data: {**data, "balance": {**data["balance"], "received_cents": 1}},
        lambda data: {**data, "payment": {**data["payment"], "amount_cents": 1}} if "payment" in data else {},
        lambda data: {**data, "corrected": {**data["corrected"], "amount_cents": 1}} if "corrected" in data else {},
        lambda data: (
            {**data, "payments": [{**one, "amount_cents": 1} for one in data["payments"]]} if "payments" in data else {}
        ),
        lambda data: (
            {**data, "left_out": [one["payment_id"] for one in data["payments"]]} if "left_out" in data else {}
        ),
    ):
        forger = Forger(season.items)
        mail = forger.find("MAIL", f'"{kind}"')
        forger.rewrite(mail, "data", lambda one, change=change: {**one, "data": change(one["data"])})
        assert any(line.startswith("mail ") for line in differences(forger.items))


# --- what the season has none of ------------------------------------------------------------------


def test_the_money_in_a_mail_that_a_charter_is_off_is_that_of_the_cancelled_charter(dynamodb_local: str) -> None:
    with fresh_store(dynamodb_local) as dynamodb, pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
        charter = store_charter()
        new = {"method": "cash", "amount_cents": 50_000, "notify": False}
        payments.log_payment(charter.event_id, operator.uuid(), new, actor=operator.ADMIN, now=operator.NOW)
        fee = {"reason": "storm", "cancellation_fee_cents": 20_000, "notify": True}
        notices.cancel_charter(charter.event_id, fee, actor=operator.ADMIN, now=operator.NOW)
        items = list(scan(dynamodb, settings.settings().table))
    assert differences(items) == []
    for change, told in (
        ({"balance": {"charged_cents": 0}}, "it tells a balance that the charter never had"),
        ({"currency": "EUR"}, "it tells a balance that the charter never had"),
        ({"to": "mallory@example.com"}, "it tells money to somebody who never was the patron"),
    ):
        forger = Forger(items)
        mail = forger.find("MAIL", '"to_refund_cents":30000')
        forger.rewrite(mail, "data", lambda one, change=change: altered(one, change))
        assert any(told in line for line in differences(forger.items)), change


def altered(mail: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """A mail that goes to another address, or says something else."""
    return {**mail, **change} if "to" in change else {**mail, "data": {**mail["data"], **change}}


def test_statements_whose_times_do_not_follow_one_another_agree(dynamodb_local: str) -> None:
    """Of two requests the one that began first may have written last."""
    with fresh_store(dynamodb_local) as dynamodb, pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
        charter = store_charter()
        for note, second in (("first", 30), ("second", 5)):
            now = operator.NOW + timedelta(seconds=second)
            statements.send_statement(charter.event_id, {"note": note}, actor=operator.ADMIN, now=now)
        items = list(scan(dynamodb, settings.settings().table))
    assert differences(items) == []


def test_sharings_of_tips_whose_times_do_not_follow_one_another_agree(dynamodb_local: str) -> None:
    """Of two requests the one that began first may have written last."""
    with fresh_store(dynamodb_local) as dynamodb:
        charter = store_charter()
        new = {"method": "cash", "kind": "tip", "amount_cents": 50_000, "notify": False}
        payments.log_payment(charter.event_id, operator.uuid(), new, actor=operator.ADMIN, now=operator.NOW)
        for name, second in (("Smee", 9), ("Mullins", 5), ("Smee", 7), ("Noodler", 1)):
            body = {"shares": [{"name": name, "amount_cents": 50_000}]}
            now = operator.NOW + timedelta(seconds=second)
            tips.share_tips(charter.event_id, body, actor=operator.ADMIN, now=now)
        items = list(scan(dynamodb, settings.settings().table))
    assert differences(items) == []
    forger = Forger(items)
    shares = forger.find("TIPS", "Noodler")
    shares["data"] = {"S": shares["data"]["S"].replace("Noodler", "Mullins")}
    assert any("its tips are shared otherwise" in line for line in differences(forger.items))
