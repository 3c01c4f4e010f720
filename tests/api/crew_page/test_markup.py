"""No text of desk, guests or crew becomes an element of a person's page or of the manifest."""

import json
import os
from pathlib import Path
from typing import Any

from tests.support.api import Api
from tests.support.crew import manifest_of, page_of, tick
from tests.support.pages import Elements
from tests.support.planning import make_charter, make_person

VECTORS: list[str] = json.loads((Path(__file__).parents[2] / "support/xss.json").read_text())
STEP = int(os.environ.get("XSS_STEP", "6"))


def skeletons(api: Api, guest: Api, text: str) -> list[list[tuple[str, list[str]]]]:
    """The elements of each page, with the names of their attributes, where this text stands in every field."""
    line = " ".join(text.split())[:90]
    ana = make_person(api, line, papers=[{"kind": "mmc", "note": line}])
    mate = make_person(api, f"{line} 2", roles=["deckhand"])
    own = {"title": line, "vessel": line, "departure_port": line, "return_port": line[:80], "guest_notes": text}
    patron = {"name": line, "email": "", "phone": ""}
    sails = {"captain": {"person_id": ana["person_id"]}, "crew": [{"person_id": mate["person_id"]}]}
    trip = make_charter(api, hours=(24, 27), guests=[{"name": line}], patron=patron, **own, **sails)
    path = manifest_of(ana, trip)
    answers = [
        guest.get(page_of(ana)),
        guest.get(path),
        guest.submit(page_of(ana), {"position_id": line, "answer": line, "seen": line, "reason": text}),
        tick(guest, path, line, state=line, guest_id=line, device_time=line),
    ]
    return [[(tag, sorted(attributes)) for tag, attributes in Elements(one.text).found] for one in answers]


def test_no_field_becomes_an_element_or_a_handler(api: Api, guest: Api) -> None:
    plain: list[Any] = skeletons(api, guest, "Plain words")
    assert all(plain)
    for vector in VECTORS[::STEP]:
        for before, after in zip(plain, skeletons(api, guest, vector), strict=True):
            assert after == before, vector
