"""Whatever a guest sends with a waiver, and whatever is called the log of waivers: it is read or refused."""

import json
from functools import cache

from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.core.errors import BadInput
from chalicelib.core.fields import Form
from chalicelib.waivers import form as signing_form
from chalicelib.waivers import sealing
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.evidence import canonical, checkpoint, disclosures, merkle, verify
from tests.support import operator
from tests.support.fuzzing import NOW, any_json, any_text, fuzz, near, storable

# --- the waiver's form ----------------------------------------------------------------------------

EVENT = operator.event(guests=[{"guest_id": "0" * 16, "name": "Ana Rivera", "email": ""}])
FORM = {
    "submission_id": operator.uuid(),
    "waiver_version": "0" * 64,
    "language": "en",
    "opened": "2026-11-22T20:00:00Z.00",
    "device_time": "2026-11-22T12:00:00-08:00",
    "guest_id": "0" * 16,
    "signer_name": "Ana Rivera",
    "signer_email": "ana@example.com",
    "signer_phone": "+1 415 555 0199",
    "signer_birth_date": "1984-05-31",
    "esign_consent": "on",
    "intent": "on",
    "signature_typed": "Ana Rivera",
    "signature_strokes": '[[{"x": 1.5, "y": 2, "time": 3}]]',
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}
numbers = st.integers() | st.floats() | st.booleans()
points = st.lists(numbers, max_size=4) | st.fixed_dictionaries({"x": numbers, "y": numbers}, optional={"time": numbers})
drawn = st.lists(st.lists(points, max_size=3) | st.lists(points, max_size=3).map(lambda held: {"points": held}))
strokes = (any_json | drawn).map(json.dumps) | st.sampled_from(
    [
        "[[[1e999, 0]]]",
        "[[[NaN, 1]]]",
        "[" * 5000,
        '["12"]',
        '{"1": 0}',
        "[[[true, 1]]]",
        "[[[1]]]",
        "[[{}]]",
        "12",
        "[12]",
        '[{"points": 1}]',
        '[{"points": [[1, "2"]]}]',
        f"[[[{'9' * 5000}, 1]]]",
    ]
)
births = (
    st.sampled_from(
        ["", "2020-02-29", "2021-02-29", "1899-12-31", "2199-12-31", "0000-00-00", "\u0662\u0660\u0662\u0660-01-01"]
    )
    | any_text
)
minors = st.lists(st.tuples(st.sampled_from(["", "Bo", "x" * 101]) | any_text, births), max_size=12)


@fuzz
@given(near(FORM, any_text | strokes), minors, st.booleans())
def test_a_form_is_taken_or_refused_and_what_it_becomes_has_a_hash(
    flat: dict[str, str], minors: list[tuple[str, str]], lame: bool
) -> None:
    form = {name: [value] for name, value in flat.items()}
    if minors:
        form |= {"minor_name": [name for name, _ in minors], "minor_birth_date": [born for _, born in minors][lame:]}
    try:
        taken = signing_form.parse_signing(form, EVENT, now=NOW)
    except BadInput as problem:
        storable(problem.body())
        return
    sealed = sealing.seal_form(EVENT, waiver_versions.sample("en"), taken, sealing.Visitor("192.0.2.7", "x"), NOW)
    storable([one._asdict() for one in sealed])
    assert all(sealing.leaf_hash(one.payload) for one in sealed)
    assert all(disclosures.find_fault(one.payload, one.disclosures) is None for one in sealed)
    assert taken.form.signature_typed or taken.strokes


@fuzz
@given(strokes)
@example('["12"]')
@example('{"1": 0}')
@example("[[[true, false]]]")
def test_strokes_are_lists_of_points_and_come_back_as_they_are(text: str) -> None:
    form = Form({})
    found = signing_form.read_strokes(form, text)
    if form.problems:
        return
    given = json.loads(text)
    assert isinstance(given, list)
    points_of = [stroke["points"] if isinstance(stroke, dict) else stroke for stroke in given]
    assert all(isinstance(point, list | dict) for points in points_of for point in points)
    assert signing_form.read_strokes(Form({}), json.dumps(found)) == found


# --- the exported log -----------------------------------------------------------------------------


@cache
def _export() -> bytes:
    sample = waiver_versions.sample("en")
    flat = {name: [value] for name, value in FORM.items()}
    signed = signing_form.parse_signing(
        flat | {"minor_name": ["Bo"], "minor_birth_date": ["2020-02-29"]}, EVENT, now=NOW
    )
    sealed = sealing.seal_form(EVENT, sample, signed, sealing.Visitor("192.0.2.7", "x"), NOW)
    root = merkle.root_of([merkle.hash_leaf(canonical.encode(one.payload)) for one in sealed])
    export = {
        "leaves": [{"payload": one.payload, "disclosures": one.disclosures} for one in sealed],
        "checkpoint": checkpoint.format(checkpoint.Checkpoint(sealed[0].payload["log"], len(sealed), root)),
        "next": None,
    }
    return json.dumps(export, separators=(",", ":")).encode()


@fuzz
@given(st.data())
def test_an_export_with_one_byte_changed_lost_or_added_is_told(data: st.DataObject) -> None:
    whole = _export()
    assert verify.find_fault_in(whole).fault is None
    place = data.draw(st.integers(0, len(whole) - 1))
    put_in = data.draw(st.binary(max_size=2))
    altered = whole[:place] + put_in + whole[place + data.draw(st.integers(0, 2)) :]
    assume(altered not in (whole, whole + b"\n"))
    assert verify.find_fault_in(altered).fault


@fuzz
@given(st.data())
def test_any_file_is_told_not_to_be_an_export(data: st.DataObject) -> None:
    whole = json.loads(_export())
    changed = near(whole) | st.just(whole["leaves"][0]).flatmap(near).map(lambda one: {**whole, "leaves": [one]})
    file = data.draw(st.binary(max_size=100) | (any_json | changed).map(json.dumps).map(str.encode))
    assume(file not in (_export(), json.dumps(whole).encode()))
    assert verify.find_fault_in(file).fault
