"""The desk's settings: what an admin may change of the operator, and what the API answers."""

import re
from typing import Annotated, Any, Literal, TypedDict, get_args

from chalicelib.core.fields import REQUIRED, Choice, Email, Flag, ListOf, Phone, Refused, Text, Whole
from chalicelib.core.schemas import Count, Schema
from chalicelib.money.methods import METHODS, MethodName

MAX_PAY_TO = 20
MoneyBeforeDeparture = Literal["none", "deposit", "full"]


class WebAddress(Text):
    """An https or http address, empty by default. Others are refused: a guest's page links to it."""

    # RFC 3986: ASCII, and of that neither quotes, angles, braces, bars nor backslashes.
    PATTERN = r"https?://[A-Za-z0-9\[][!#-;=?-\[\]_a-z~]*"

    def __init__(self) -> None:
        super().__init__(500, "")

    def parse(self, value: Any) -> str:
        text = super().parse(value)
        if text and not re.fullmatch(self.PATTERN, text):
            raise Refused("must be a web address that begins with https://")
        return text

    def shape(self) -> Schema:
        return {"type": "string", "maxLength": self.max_chars, "pattern": f"^({self.PATTERN})?$"}


class PayTo(TypedDict):
    """One way to pay, as a guest reads it."""

    method: Annotated[MethodName, Choice(METHODS)]
    text: Annotated[str, Text(300, lines=True)]


class SettingsDetails(TypedDict):
    operator_name: Annotated[str, Text(100)]
    operator_phone: Annotated[str, Phone()]
    operator_email: Annotated[str, Email(REQUIRED)]
    pay_to: Annotated[list[PayTo], ListOf(PayTo, MAX_PAY_TO, "ways to pay", "method and text")]
    guest_place_url: Annotated[str, WebAddress()]
    """A map of where guests board."""
    deposit_percent: Annotated[Count, Whole(0, 100, 50)]
    """Of the charter fee."""
    money_before_departure: Annotated[MoneyBeforeDeparture, Choice(get_args(MoneyBeforeDeparture), "none")]
    crew_before_departure: Annotated[bool, Flag(False)]
    captain_first: Annotated[bool, Flag(True)]
    """Whether no crew is asked before a captain has accepted."""


class SavedSettings(SettingsDetails):
    version: Annotated[int, Whole(0, 2**53, sentence="must be the version that you read")]


class SettingsJson(SettingsDetails):
    """The contract's settings."""

    version: Count
    """0 before they are saved first: then they are the environment's."""
