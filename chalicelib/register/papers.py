"""Papers of boats and people: certificates, licences, policies; their fields, and when the operator is told of one."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, NamedTuple, TypedDict, cast

from chalicelib.core import times
from chalicelib.core.fields import Day, Text
from chalicelib.core.schemas import DayText

# What each kind is called.
BOAT_PAPERS = {
    "documentation": "Documentation",
    "coi": "Certificate of Inspection",
    "insurance": "Insurance",
    "port_permit": "Port permit",
    "epirb": "EPIRB registration",
    "extinguishers": "Fire extinguishers",
    "flares": "Flares",
    "other": "Other paper",
}
PERSON_PAPERS = {
    "mmc": "Merchant Mariner Credential",
    "medical": "Medical certificate",
    "drug_programme": "Drug testing programme",
    "first_aid": "First aid and CPR",
    "other": "Other paper",
}
LABELS = {**BOAT_PAPERS, **PERSON_PAPERS}

MAX_PAPERS = 40
DAYS_BEFORE = (90, 30, 7)
PAPER_CONTENT = "kind, number_last4, valid_until and note"


class PaperDetails(TypedDict):
    """Boats and people add its kind. Neither results of tests nor whole numbers."""

    number_last4: Annotated[str, Text(4, "")]
    """The last four characters of its number."""
    valid_until: Annotated[DayText | None, Day()]
    """The last day that it is valid; null is unknown."""
    note: Annotated[str, Text(200, "", lines=True)]


class Paper(PaperDetails):
    kind: str


class Notice(NamedTuple):
    """That a paper ends soon. The operator is told once for each of DAYS_BEFORE."""

    paper: Paper
    days_before: int
    days_left: int
    key: str
    """The same for the same paper and DAYS_BEFORE, whatever else was edited."""


def find_notices(details: Any, today: date) -> Iterator[Notice]:
    """The notices that are due of a boat's or a person's papers. A paper that was entered late gets the nearest one."""
    counted: Counter[str] = Counter()
    for paper in cast(list[Paper], details["papers"]):
        if paper["valid_until"] is None:
            continue
        # Nothing else tells a paper from another. Those that are alike in all of this are counted.
        alike = "|".join((paper["kind"], paper["number_last4"], paper["valid_until"]))
        counted[alike] += 1
        days_left = (times.parse_day(paper["valid_until"]) - today).days
        due = [days for days in DAYS_BEFORE if 0 <= days_left <= days]
        if due:
            fingerprint = hashlib.sha256(f"{alike}|{counted[alike]}".encode()).hexdigest()[:16]
            yield Notice(paper, min(due), days_left, f"{fingerprint}-{min(due)}")
