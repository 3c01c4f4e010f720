"""What random tests draw: any text, any JSON, and what is right but for a few fields.

`FUZZ_EXAMPLES=5000` tries more of each; Hypothesis prints what it found, as small as it can.
"""

import json
import os
import re
from typing import Any

from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.support import operator

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
NOW = operator.NOW

# Seeded, so that a run of all tests does not fail by luck; a longer one looks further.
fuzz = examples(max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES <= 40)

any_char = st.characters(exclude_categories=[]) | st.sampled_from(
    "\x00\t\n\r\x1f\x7f\x85\u2028\ud800\udfff\ufffd\uffff💥ﬃ\u0663"
)
any_text = st.text(any_char, max_size=80) | st.text(max_size=300)
instants = st.builds(
    "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}{}{}".format,
    st.sampled_from([0, 1, 1969, 1970, 2026, 2199, 2200, 9999]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("Tt _"),
    st.integers(0, 24),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from(["", ".5", ".123456789", ".", ".0123456789"]),
    st.sampled_from(["Z", "z", "", "+00:00", "-00:00", "+14:00", "-14:00", "+24:00", "-99:99", "+1:00"]),
)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**300), 10**300)
    | st.floats()
    | any_text
    | st.sampled_from(["2026-11-28T13:30:00-08:00", "1970-01-01T00:00:00+14:00", "2199-12-31T23:59:59-14:00", "USD"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


def near(right: dict[str, Any], wrong: st.SearchStrategy[Any] = any_json) -> st.SearchStrategy[dict[str, Any]]:
    """What is right, but for a few fields that are left out, made anything or added."""
    changed = st.dictionaries(st.sampled_from(sorted(right)) | any_text, wrong, max_size=3)
    lost = st.sets(st.sampled_from(sorted(right)), max_size=2)
    return st.builds(
        lambda changes, gone: {name: value for name, value in {**right, **changes}.items() if name not in gone},
        changed,
        lost,
    )


def storable(value: Any) -> None:
    """It is JSON in UTF-8, and holds nothing that a page or a mail could not show."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text.encode()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff]", text)
