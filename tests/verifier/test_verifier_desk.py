"""Who is killed at which place of the journal."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from models.desk.desk import Desk as ProductDesk
from models.desk.news import News
from tests.verifier.product import Written
from verifier.desk import Desk
from verifier.desks import DeskHistory
from verifier.journal import fold
from verifier.log import Partition

MODELS = ("stub-sine", "ml-fusion", "constant-0.9")


def desks(written: Written) -> DeskHistory:
    """Return the desks of a journal."""
    journal = Partition("journal", 0, 0, len(written.journal), written.journal)
    return DeskHistory(fold(journal).entries, MODELS)


def after(*commands: tuple[str, str], **desk: Any) -> Desk:
    """Return the desk behind commands with these scopes."""
    written = Written().begin(ProductDesk(**desk))
    for cmd, scope in commands:
        written.command(cmd, scope, reason="drill")
    found = desks(written).at(written.seq)
    assert found is not None
    return found


BTC, OTHER = ("BTCUSDT", "binance"), ("ETHUSDT", "binance")


@pytest.mark.parametrize(
    ("scope", "killed", "spared"),
    [
        ("all", [BTC, OTHER], []),
        ("symbol:BTCUSDT", [BTC, ("BTCUSDT", ""), ("bybit:BTCUSDT", "bybit")], [OTHER]),
        ("symbol:binance:BTCUSDT", [BTC, ("binance:BTCUSDT", "binance")], [("BTCUSDT", "bybit"), OTHER]),
        ("symbol::BTCUSDT", [("BTCUSDT", "")], [BTC]),
        ("model:ml-fusion", [BTC, OTHER], []),
        ("model:constant-0.9", [], [BTC, OTHER]),
    ],
)
def test_a_kill_reaches_its_scope_until_it_is_lifted(
    scope: str, killed: list[tuple[str, str]], spared: list[tuple[str, str]]
) -> None:
    """A symbol by its name on every venue, or on one; a model while it is the active one."""
    desk, lifted = after(("kill", scope)), after(("kill", scope), ("unkill", scope))
    assert all(desk.kills(name, venue, fallback=False) for name, venue in killed)
    assert not any(desk.kills(name, venue, fallback=False) for name, venue in spared)
    assert not any(lifted.kills(name, venue, fallback=False) for name, venue in [*killed, *spared])


def test_a_kill_of_one_scope_is_not_lifted_by_another() -> None:
    """Each must be lifted by itself."""
    assert after(("kill", "all"), ("unkill", "symbol:BTCUSDT")).kills(*BTC, fallback=False)
    assert after(("kill", "symbol:BTCUSDT"), ("unkill", "all")).kills(*BTC, fallback=False)


def test_a_kill_of_the_fallback_model_reaches_what_it_answers() -> None:
    """Whoever the active model is."""
    desk = after(("kill", "model:stub-sine"))
    assert (desk.kills(*BTC, fallback=True), desk.kills(*BTC, fallback=False)) == (True, False)


def test_a_kill_of_a_model_follows_the_selection() -> None:
    """A model that is not known is not selected."""
    written = Written().begin()
    written.command("kill", "model:constant-0.9")
    written.command("model.select", name="absent")
    written.command("model.select", name="constant-0.9")
    found = [desks(written).at(seq) for seq in range(written.seq + 1)]
    assert found[0] is None
    models = [desk.model for desk in found if desk]
    assert models == ["ml-fusion", "ml-fusion", "ml-fusion", "constant-0.9"]
    assert [desk.kills(*BTC, fallback=False) for desk in found if desk] == [False, False, False, True]


def test_a_repeated_number_changes_nothing() -> None:
    """Not above the sender's last one, also that which the genesis knows of."""
    written = Written().begin(ProductDesk(numbers={"admin:ops": 5}))
    for n, cmd in ((5, "kill"), (6, "unkill"), (6, "kill"), (7, "kill")):
        written.command(cmd, n=n, reason="drill")
    history = desks(written)
    found = [history.at(seq) for seq in range(1, written.seq + 1)]
    assert [desk.killed for desk in found if desk] == [False, False, False, False, True]
    assert found[-1] is not None and found[-1].since == "journal/0 @5"


def test_a_genesis_brings_its_own_desk() -> None:
    """What was killed before it is known from it alone."""
    killed = after(killed=True, killed_symbols=frozenset({"ETHUSDT"}), killed_models=frozenset({"ml-fusion"}))
    assert killed == Desk(
        True, frozenset({"ETHUSDT"}), frozenset({"ml-fusion"}), "ml-fusion", "journal/0 @1",
        members=("ml-fusion", "river-logistic"),
    )  # fmt: skip
    assert orjson.dumps(sorted(killed.symbols)) == b'["ETHUSDT"]'


def test_members_take_part_once_they_are_there() -> None:
    """A bundle that is not loaded, or a name that is not known, leaves the members as they were."""
    bundle = "trained@" + "ab" * 32
    written = Written().begin(ProductDesk(model="ensemble", members={"ml-fusion": 1.0}))
    written.command("weights.set", members={bundle: 1.0})
    written.command("weights.set", members={"absent": 1.0})
    written.command("model.select", name=bundle)
    written.news(News("model.ready", bundle, {"version": "1", "entry": 0.6, "exit": 0.4}))
    written.command("weights.set", members={bundle: 1.0, "ml-fusion": 1.0})
    written.command("model.select", name="ensemble")
    written.news(News("model.lost", bundle, {"reason": "gone"}))
    models = ("stub-sine", "ml-fusion", "ensemble")
    journal = Partition("journal", 0, 0, len(written.journal), written.journal)
    history = DeskHistory(fold(journal).entries, models)

    found = [history.asked(seq) - {"stub-sine"} for seq in range(1, written.seq + 1)]
    assert found == [
        {"ensemble", "ml-fusion"},
        {"ensemble", "ml-fusion"},
        {"ensemble", "ml-fusion"},
        {"ensemble", "ml-fusion"},
        {bundle},
        {bundle},
        {"ensemble", "ml-fusion", bundle},
        {"ensemble", "ml-fusion"},
    ]
    assert [history.could_fail(seq) for seq in (4, 5)] == [False, True]


def test_flags_are_set_and_taken_back() -> None:
    """Those of the genesis too."""
    written = Written().begin(ProductDesk(flags={"audit_ml_bucket": True, "audit_ml_signal_parts": False}))
    written.command("flag.set", key="audit_ml_signal_parts", value=True)
    written.command("flag.set", key="audit_ml_bucket", value=False)
    found = [desks(written).at(seq) for seq in range(1, written.seq + 1)]
    assert [sorted(desk.flags) for desk in found if desk] == [
        ["audit_ml_bucket"],
        ["audit_ml_bucket", "audit_ml_signal_parts"],
        ["audit_ml_signal_parts"],
    ]
