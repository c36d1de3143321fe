"""Events as nobody should send them: every field may be missing, odd, of another kind or nested."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.sampled_from(
        ["", "a", "cat", "{", "[", '"', "\\", "\\u0000", "null", "NaN", "1", "-", "é", "\u2028", "\U0001f600"]
    ),
    st.sampled_from(["{}", '{"a": 1}', "[1]", "a\nb", "\x00", "\x7f", "\ufeff", "\t", "Ω" * 40, "x" * 300]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
WHOLE = st.integers(-(2**53), 2**53)
NUMBERS = WHOLE | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)
# a float as text has several spellings; which one is tested apart
NAMES = st.none() | TEXTS | st.booleans() | WHOLE
TIMES = st.one_of(
    st.none(),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z"),
    st.tuples(st.datetimes(), st.sampled_from(["+02:00", "-11:30", "Z", "z"])).map(
        lambda pair: pair[0].isoformat() + pair[1]
    ),
    st.integers(-(10**14), 10**14),
    st.integers(-(10**14), 10**14).map(str),
    st.floats(-1e13, 1e13),
)


def _fields(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 15).flatmap(lambda roll: odd if roll == 0 else usual)


MODELS = st.fixed_dictionaries(
    {"id": _mostly(st.sampled_from(["m", "[", "0", "ÿ"]), NAMES)},
    optional=dict.fromkeys(("user_id", "app_id", "version", "framework"), NAMES),
)
CONCEPTS = st.lists(
    _fields({"id": NAMES, "name": NAMES, "value": _mostly(NUMBERS | st.booleans(), ANYTHING), "box": ANYTHING}),
    max_size=4,
)
FLAT = st.dictionaries(st.sampled_from(["region", "tier", "Tier", "", "f", "g", "other"]), _mostly(SCALARS, ANYTHING))
EVENTS = st.fixed_dictionaries(
    {"model": _mostly(MODELS, ANYTHING)},
    optional={
        "id": _mostly(NAMES, ANYTHING),
        "time": _mostly(TIMES, TEXTS),
        "caller": _mostly(NAMES, ANYTHING),
        "input": _mostly(_fields({"id": ANYTHING, "data": ANYTHING}), ANYTHING),
        "features": _mostly(FLAT, ANYTHING),
        "prediction": ANYTHING,
        "concepts": _mostly(CONCEPTS, ANYTHING),
        "metadata": _mostly(FLAT, ANYTHING),
        "collectors": _mostly(st.none() | st.lists(TEXTS, max_size=3), ANYTHING),
        "ID": ANYTHING,
        "Model": ANYTHING,
        "unknown": ANYTHING,
    },
)
