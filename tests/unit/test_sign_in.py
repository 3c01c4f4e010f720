import base64
import hashlib
import re

import pytest

from chalicelib.core import http, settings
from chalicelib.core.errors import BadInput, Forbidden, SettingsError
from chalicelib.sign_in import passwords
from chalicelib.sign_in import service as sign_in
from tests.support import operator

FORM = re.compile(r"scrypt\$ln=17,r=8,p=1\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})")


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_password_is_hashed_as_owasp_recommends() -> None:
    found = FORM.fullmatch(passwords.hash_password("fifteen letters"))
    assert found
    salt, digest = map(unpadded, found.groups())
    assert len(salt) == 16
    expected = hashlib.scrypt(b"fifteen letters", salt=salt, n=2**17, r=8, p=1, maxmem=256 * 2**20, dklen=32)
    assert digest == expected


def test_the_settings_accept_the_hash() -> None:
    assert settings.parse_admins(operator.password_hash()) == {"admin": operator.password_hash()}


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LOG2_N", 4)


@pytest.mark.usefixtures("cheap")
def test_the_same_password_never_has_the_same_hash_twice() -> None:
    assert passwords.hash_password("fifteen letters") != passwords.hash_password("fifteen letters")


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("password", ["fifteen letters", "ünïcödé-password 🚢", " blanks at both ends ", "x" * 256])
def test_only_exactly_the_password_passes(password: str) -> None:
    stored = passwords.hash_password(password)
    assert passwords.verify_password(password, stored)
    for wrong in ("", password[:-1], password + " ", password.strip() + "!", password.upper(), "wrong password!"):
        assert not passwords.verify_password(wrong, stored)


@pytest.mark.usefixtures("cheap")
def test_a_hash_keeps_its_own_cost_when_the_product_raises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = passwords.hash_password("fifteen letters")
    monkeypatch.setattr(passwords, "LOG2_N", 5)
    assert passwords.verify_password("fifteen letters", stored)


@pytest.mark.usefixtures("cheap")
def test_an_altered_hash_matches_nothing() -> None:
    stored = passwords.hash_password("fifteen letters")
    head, _, digest = stored.rpartition("$")
    altered = f"{head}${'B' if digest[0] == 'A' else 'A'}{digest[1:]}"
    assert not passwords.verify_password("fifteen letters", altered)


@pytest.mark.parametrize("password", ["", "fourteen chars", "x" * 257])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        passwords.hash_password(password)
    assert refused.value.fields == {"password": "must have 15 to 256 characters"}


def test_credentials_need_a_name_only_where_there_are_several_admins() -> None:
    assert sign_in.parse_credentials({"password": "x"}) == sign_in.Credentials("x", "", False)
    one = operator.password_hash()
    with operator.operating(ADMIN_PASS_HASH=f"ana={one};ben={one}"):
        with pytest.raises(BadInput) as refused:
            sign_in.parse_credentials({"password": "x"})
        assert refused.value.fields == {"name": "is required"}
        body = {"password": "x", "name": "ana", "keep_signed_in": True}
        assert sign_in.parse_credentials(body) == sign_in.Credentials("x", "ana", True)


def test_without_an_edge_secret_any_way_in_is_open_on_this_machine_and_closed_elsewhere() -> None:
    with operator.operating(SCC_ORIGIN_SECRETS="", SCC_BASE_URL="http://localhost:8000"):
        http.check_origin({})
    with operator.operating(SCC_ORIGIN_SECRETS=""), pytest.raises(SettingsError):
        http.check_origin({"x-origin-verify": ""})


@pytest.mark.parametrize("given", [None, "", "old", "new-", "old-secret,new-secret", "ÄÖÜ"])
def test_with_an_edge_secret_only_the_edge_gets_in(given: str | None) -> None:
    headers = {} if given is None else {"x-origin-verify": given}
    with operator.operating(SCC_ORIGIN_SECRETS="old-secret,new-secret"):
        with pytest.raises(Forbidden):
            http.check_origin(headers)
        for secret in ("old-secret", "new-secret"):
            http.check_origin({"x-origin-verify": secret})
