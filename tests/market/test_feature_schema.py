"""``features.yml`` is checked as it is read: what is no schema is refused, by name and reason."""

from __future__ import annotations

import pytest

from models.market.schema import FEATURES, NAMES, TRAINED, Feature, SchemaError, parsed

HEAD = "schema: features_v9\nversion: v9\nfeatures:\n"
ONE = "  - {name: one, tf: 1s, dtype: float64, window: 5, description: a number}\n"


def test_a_schema_is_read_as_it_stands() -> None:
    """Name, version, and the columns in their order; a column is no placeholder unless it says so."""
    two = ONE.replace("one", "two").replace("window", "placeholder: true, window")

    assert parsed(HEAD + ONE + two) == (
        "features_v9",
        "v9",
        (
            Feature("one", "1s", "float64", 5, "a number"),
            Feature("two", "1s", "float64", 5, "a number", placeholder=True),
        ),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("schema: [", "is no YAML"),
        ("- 1", "must have the keys schema, version and features"),
        (HEAD.replace("version: v9\n", "") + ONE, "must have the keys schema, version and features"),
        ("author: me\n" + HEAD + ONE, "must have the keys schema, version and features"),
        (HEAD, "lists no features"),
        (HEAD + "  - 5\n", "5 is no feature"),
        (HEAD + ONE + ONE, "one: is there twice"),
        (HEAD + ONE.replace("window", "span"), "one: unknown key span"),
        (HEAD + ONE.replace(", window: 5", ""), "one: no window"),
        (HEAD + ONE.replace("1s", "2s"), "one: tf is 1s or 5s"),
        (HEAD + ONE.replace("64", "32"), "one: .* dtype float64, not 1s and float32"),
        (HEAD + ONE.replace("5", "-5"), "one: needs a name, a window of 0 or more whole seconds"),
        (HEAD + ONE.replace("window: 5", "window: 2.5"), "one: needs a name, a window"),
        (HEAD + ONE.replace("a number", "''"), "one: needs a name, a window"),
        (HEAD + ONE.replace("one", "a b"), "a b: needs a name, a window"),
    ],
)
def test_what_is_no_schema_is_refused(text: str, why: str) -> None:
    """The message names the column and what is wrong with it."""
    with pytest.raises(SchemaError, match=f"features.yml: {why}"):
        parsed(text)


def test_the_first_columns_are_those_of_the_first_models() -> None:
    """New columns come behind them: a model that knows fewer still finds its own."""
    assert NAMES[:4] == ("ret_1s", "ret_5s", "ret_15s", "ret_60s")
    assert NAMES[18] == "volume_z"
    assert NAMES[:30] == TRAINED


def test_a_placeholder_looks_at_nothing() -> None:
    """Its value is a constant."""
    assert [(f.name, f.window) for f in FEATURES if f.placeholder] == [("sentiment", 0)]
