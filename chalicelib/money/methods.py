"""How money is paid: every method, what it is called, and what follows from it."""

from typing import Annotated, NamedTuple

from chalicelib.core.schemas import Shape


class Method(NamedTuple):
    label: str
    """On a button or in a table."""
    name: str
    """Within a sentence."""
    cleared_on_receipt: bool = False
    """The money is there for good at once; for others an admin says when it is."""
    can_bounce: bool = True
    returned_by_bank: bool = False
    """A payment that bounces comes back through the bank."""
    reference: str = "Reference"
    """What its reference is called."""


METHODS = {
    "cash": Method("Cash", "cash", cleared_on_receipt=True, can_bounce=False),
    "check": Method("Check", "check", returned_by_bank=True, reference="Check number"),
    "card": Method("Card", "card", cleared_on_receipt=True, returned_by_bank=True, reference="Card receipt number"),
    "venmo": Method("Venmo", "Venmo", reference="Venmo transaction"),
    "zelle": Method("Zelle", "Zelle", reference="Zelle confirmation"),
    "bank_transfer": Method("Bank transfer", "bank transfer", returned_by_bank=True, reference="Transfer reference"),
    "other": Method("Other", "other means"),
}
MethodName = Annotated[str, Shape(enum=list(METHODS))]
