"""What a text may be: which characters it may hold, what is an email address, a phone number, a currency or an id."""

import re

# Patterns are compiled when they are first asked for: a start that needs none of them pays for none.
# Parts of a character class. U+FFFD too: a gateway before us puts it in place of bytes that are no UTF-8.
UNPRINTABLE_LINES = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffd-\uffff"
UNPRINTABLE_LINE = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd-\uffff"
_SURROGATES = r"\ud800-\udfff"
# RFC 5321's dot-string, with a dot in the domain; quoted local parts are not accepted.
_EMAIL = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
PHONE = r"[0-9+().\-/ x#*]{3,40}"
CURRENCY_CODE = r"[A-Z]{3}"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EVENT_ID = r"[A-Za-z0-9_-]{22}"


def has_any(chars: str, text: str) -> bool:
    """Whether a text has one of the characters of a class, or half a character."""
    return re.search(f"[{chars}{_SURROGATES}]", text) is not None


def is_email(text: str) -> bool:
    return len(text) <= 254 and re.fullmatch(_EMAIL, text) is not None


def is_phone(text: str) -> bool:
    return re.fullmatch(PHONE, text) is not None


def is_currency(text: str) -> bool:
    return re.fullmatch(CURRENCY_CODE, text) is not None


def is_uuid(text: str) -> bool:
    return re.fullmatch(_UUID, text, re.IGNORECASE) is not None


def is_event_id(text: str) -> bool:
    return re.fullmatch(EVENT_ID, text) is not None
