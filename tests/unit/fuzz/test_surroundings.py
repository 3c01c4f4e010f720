"""Whatever stands in the environment, in a cell of a table or in a report of the mail service."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import csv_export, settings
from chalicelib.core.errors import SettingsError
from chalicelib.mail import bounces
from chalicelib.sign_in import passwords
from tests.support import operator
from tests.support.fuzzing import NOW, any_text, fuzz, near


@fuzz
@given(
    st.lists(
        st.lists(
            st.none()
            | st.integers()
            | any_text
            | st.builds(str.__add__, st.sampled_from("=+-@\t\r\uff1d\uff0b\uff0d\uff20"), any_text),
            min_size=2,
            max_size=4,
        ),
        max_size=4,
    )
)
def test_no_cell_of_a_sheet_starts_a_formula_or_leaves_its_place(rows: list[list[Any]]) -> None:
    sheet = csv_export.to_csv(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(sheet, newline="")))[1:]
    for row, cells in zip(rows, read, strict=True):
        for value, cell in zip(row, cells, strict=True):
            told = "" if value is None else str(value)
            assert cell in (told, f"'{told}")
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


secrets = {
    "ADMIN_PASS_HASH": operator.password_hash(),
    "SCC_GMAIL_TOKEN": "canary-token",
    "SCC_ORIGIN_SECRETS": "canary-a,b",
}
variables = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=60) | st.sampled_from(
    [
        "gmail",
        "ses",
        "ssm:/a",
        "ssm:",
        "http://localhost",
        "https://a b",
        "https://[",
        "a=scrypt$;b=scrypt$",
        ";;",
        "18",
    ]
)


@fuzz
@given(near(operator.environment(**secrets, SCC_GMAIL_USER="a@gmail.com"), variables))
def test_any_environment_is_complete_or_named_without_its_secrets(values: dict[str, str]) -> None:
    def read_parameters(names: Sequence[str]) -> dict[str, str]:
        if len(names) > 1:
            raise LookupError(names)
        return {}

    try:
        told = str(settings.load(values, read_parameters) and "SCC_")
    except SettingsError as problem:
        told = str(problem)
    assert re.match(r"(ADMIN_PASS_HASH|SCC_[A-Z_]*)\b", told)
    assert "canary" not in told
    assert "scrypt$ln" not in told


@fuzz
@given(any_text | st.text("=;.@ \nab", max_size=30).map(lambda names: names.replace("b", operator.password_hash())))
def test_any_list_of_admins_is_one_or_refused(text: str) -> None:
    try:
        admins = settings.parse_admins(text)
    except SettingsError:
        return
    assert all(passwords.verify_password(operator.PASSWORD, password_hash) for password_hash in admins.values())


DETAIL = {
    "eventType": "Bounce",
    "mail": {"tags": {"mail_id": ["m"]}, "messageId": "0100"},
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [{"emailAddress": "a@example.com", "diagnosticCode": "550 a@example.com"}],
        "timestamp": "2026-11-22T20:00:00.000Z",
    },
}


@fuzz
@given(any_text)
def test_a_diagnosis_is_one_line_without_an_address(words: str) -> None:
    detail = {**DETAIL, "bounce": {**DETAIL["bounce"], "bouncedRecipients": [{"diagnosticCode": words}]}}
    report = bounces.parse(detail, NOW)
    assert "\n" not in report.detail
    assert not re.search(r"\w@\w", report.detail)
    assert len(report.detail) <= bounces.DETAIL_CHARS
