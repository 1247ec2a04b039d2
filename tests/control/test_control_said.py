"""What is kept of a refused record: enough to know who tried what, nothing that harms."""

from __future__ import annotations

from typing import Any

import pytest

from control.examples import SECRET, command, signed
from models.control.said import HIDDEN, MOST_ARGS, WORD, said, shown

RAW = signed(command("kill", {"reason": "drift"}, scope="symbol:BTCUSDT", n=7))
SIGNATURE = RAW["sig"]


def test_the_fields_of_a_command_are_told_and_its_signature_is_not() -> None:
    """The claim is complete, so that who was impersonated can be told."""
    assert said(RAW) == {
        "id": "ada-7", "actor": "ada", "role": "admin", "cmd": "kill", "scope": "symbol:BTCUSDT", "n": 7,
        "args": {"reason": "drift"},
    }  # fmt: skip


@pytest.mark.parametrize("raw", [None, 5, "kill", [RAW], True])
def test_what_is_no_object_says_nothing(raw: Any) -> None:
    """There is nothing to read in it."""
    assert said(raw) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", 5), ("actor", None), ("cmd", ["kill"]), ("n", "7"), ("n", True), ("n", 2**63), ("args", [1])],
)
def test_a_field_of_another_type_is_left_out(field: str, value: Any) -> None:
    """The rest is told."""
    told = said(RAW | {field: value})
    assert field not in told
    assert len(told) == 6


def test_long_words_are_cut_and_nested_arguments_left_out() -> None:
    """A stranger cannot fill the audit."""
    told = said(
        RAW | {"actor": "a" * 1_000, "args": {"k" * 1_000: "v" * 1_000, "deep": {"a": [1]}, "x": 1.5}}
    )
    assert told["actor"] == "a" * (WORD - 1) + "…"
    assert told["args"] == {"k" * (WORD - 1) + "…": "v" * (WORD - 1) + "…", "deep": "…", "x": 1.5}
    many = said({"args": {str(n): 10**30 for n in range(1_000)}})["args"]
    assert many == {str(n): "…" for n in range(MOST_ARGS)}


@pytest.mark.parametrize("word", [SECRET, SIGNATURE])
def test_what_is_hidden_is_told_nowhere(word: str) -> None:
    """Neither as a value, nor as a name, nor inside of a longer text, nor where the text is cut."""
    raw = RAW | {"actor": word, "cmd": f"x{word}y", "args": {word: "1", "reason": "z" * 50 + word}}
    told = said(raw, (SECRET, SIGNATURE))
    assert (told["actor"], told["cmd"]) == (HIDDEN, f"x{HIDDEN}y")
    assert told["args"] == {HIDDEN: "1", "reason": "z" * 50 + HIDDEN}


def test_a_short_word_hides_nothing() -> None:
    """Else a record signed "e" would blot out the reason why it was refused."""
    assert shown("the signature", ("e", "sign")) == "the signature"
