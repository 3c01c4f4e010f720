"""The forms of a person's page, as a browser sends them."""

from typing import Annotated, Literal, NamedTuple, get_args

from chalicelib.charters.fields import REASON_CHARS
from chalicelib.charters.positions import AnswerGiven
from chalicelib.core.fields import Choice, Text, Uuid
from chalicelib.core.schemas import UuidText
from chalicelib.manifest.fields import DEVICE_TIME

FormName = Literal["check_in", "briefing", "depart"]
Done = Literal["yes", "no"]


class AnswerForm(NamedTuple):
    """What somebody answers who is asked to sail."""

    position_id: Annotated[str, Text(40)]
    answer: Annotated[AnswerGiven, Choice(get_args(AnswerGiven))]
    reason: Annotated[str, Text(REASON_CHARS, "")]
    seen: Annotated[str, Text(100)]
    """What the page stood for when it was made."""


class DockForm(NamedTuple):
    """What every form of the manifest says. A check-in says also who it is, see `manifest.fields.CheckIn`."""

    form: Annotated[FormName, Choice(get_args(FormName))]
    submission_id: Annotated[UuidText, Uuid()]
    """The same again is the same tick."""
    device_time: Annotated[str, DEVICE_TIME]
    """When it was ticked, by the device's clock."""
    device_now: Annotated[str, DEVICE_TIME]
    """What that clock says as the form is sent."""


class BriefingForm(NamedTuple):
    done: Annotated[Done, Choice(get_args(Done))]
