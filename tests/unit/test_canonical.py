"""Canonical JSON: the RFC's own examples within our subset, and another implementation."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.waivers.evidence import canonical

any_value = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=15,
)


def test_strings_and_literals_are_written_as_in_section_3_2_2_of_the_rfc() -> None:
    given_text = r"""{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    expected = r"""{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"""
    assert canonical.encode(json.loads(given_text)) == expected.encode()


def test_names_are_sorted_as_in_section_3_2_3_of_the_rfc() -> None:
    given_text = r"""{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"}"""
    values = [json.loads(given_text)[name] for name in json.loads(canonical.encode(json.loads(given_text)))]
    assert values == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


@pytest.mark.parametrize(("number", "written"), [(0, b"0"), (9007199254740991, b"9007199254740991"), (-1, b"-1")])
def test_whole_numbers_are_written_as_in_appendix_b_of_the_rfc(number: int, written: bytes) -> None:
    assert canonical.encode(number) == written


@examples(max_examples=100, deadline=None, database=None)
@given(any_value)
def test_another_implementation_writes_the_same_bytes(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [1.5, 2.0, float("nan"), 2**53, -(2**53), "\ud800", {"\udfff": 1}, {1: 2}, b"x", {"a": [object()]}]
)
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"canonical JSON cannot hold this|surrogates not allowed"):
        canonical.encode(value)


def test_what_is_nested_too_deep_is_refused() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(ValueError, match="too deep"):
        canonical.encode(value)


def test_a_hash_does_not_depend_on_the_order_of_names() -> None:
    there, back = {"b": 1, "a": "é"}, {"a": "é", "b": 1}
    assert canonical.json_hash(there) == canonical.json_hash(back)
    assert canonical.json_hash(there) == hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()
    assert canonical.text_hash("é") == hashlib.sha256(b"\xc3\xa9").hexdigest()
