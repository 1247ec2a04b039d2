"""Backtests from ticks to files: which results there are, what they say, that they are always the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from walks import MODELS, decided

from connectors.settings import Settings
from connectors.tick_history import files
from flows.backtest.asked import Asked, days_of
from flows.backtest.errors import BacktestError
from flows.backtest.origins import SimulatedMarket, history_of
from flows.backtest.run import Written, backtest
from flows.ticks import Ticks, TicksError
from models.desk.desk import Desk
from models.desk.gate import BUY
from models.performance.result_file import from_dict
from models.simulator import MarketSpec, instruments
from models.spec import SECOND

SECONDS = 1_200


def silent(_records: int, _share: float | None) -> None:
    """Hear nothing."""


def config(**given: Any) -> Settings:
    """Return settings without any of this machine's."""
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


MARKET = MarketSpec(instruments=instruments(2), ticks_per_second=3.0, volatility=0.3)
"""Wild enough to trade often; without faults, as a capture has no times but those of the trades."""


def alone(place: int) -> MarketSpec:
    """Return the market with one of its symbols alone."""
    return replace(MARKET, instruments=MARKET.instruments[place : place + 1])


def capture(path: Path, spec: MarketSpec, seed: int = 1) -> Path:
    """Write a simulated market as JSON lines."""
    batches = history_of(SimulatedMarket(spec, seed, SECONDS)).batches()
    path.write_bytes(b"\n".join(value for batch in batches for value in batch.values if value is not None))
    return path


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two symbols in a file each."""
    folder = tmp_path_factory.mktemp("ticks")
    return capture(folder / "one.jsonl", alone(0)), capture(folder / "two.jsonl", alone(1))


def run(out: Path, *paths: Path, settings: Settings | None = None, **more: Any) -> list[Written]:
    """Run a backtest over captures."""
    symbol = more.pop("symbol", None)
    asked = Asked(ticks=Ticks(ticks=[*paths], symbol=symbol), out=out, **more)
    return backtest(asked, settings or config(), silent)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def both(captures: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the two."""
    out = tmp_path_factory.mktemp("out")
    run(out, *captures)
    return out


def test_each_symbol_has_a_result_and_all_have_one_together(both: Path) -> None:
    """As JSON and as a page; nothing is left of the work."""
    stems = [f"{name}_2023-11-14" for name in ("BTCUSDT", "ETHUSDT", "portfolio")]
    assert list(content(both)) == sorted(f"{stem}.{kind}" for stem in stems for kind in ("html", "json"))


@pytest.mark.slow
def test_the_same_backtest_gives_the_same_bytes(
    both: Path, captures: tuple[Path, Path], tmp_path: Path
) -> None:
    """Whether walked here or by processes of their own."""
    run(tmp_path, *captures, processes=2)
    assert content(tmp_path) == content(both)


def test_progress_grows_to_the_whole(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """Over the walk of the ticks and that of the accounts."""
    heard: list[tuple[int, float | None]] = []
    asked = Asked(ticks=Ticks(ticks=[captures[0]]), out=tmp_path)
    backtest(asked, config(), lambda *told: heard.append(told))
    shares = [share or 0.0 for _, share in heard]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0, abs=0.01)
    assert len({records for records, _ in heard}) > 1


def test_a_file_reads_back_as_its_result(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """With trades on the symbol's own account, and every caveat."""
    [one] = run(tmp_path, captures[0])
    assert from_dict(orjson.loads(one.json.read_bytes())) == one.result
    result = one.result
    assert result.symbol == "BTCUSDT"
    assert result.model == "ml-fusion"
    assert len(result.trades) == result.metrics["trades"] > 3
    assert "BTCUSDT" in one.html.read_text()


def test_the_equity_adds_up(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """It begins with the start balance; trades and what is still open make the difference at the end."""
    [one] = run(tmp_path, captures[0], settings=config(paper_start_balance="5000"))
    result = one.result
    assert result.equity.strategy[0] == 5000
    earned = sum(trade.profit for trade in result.trades)
    if "still open" not in " ".join(result.caveats):
        assert result.equity.strategy[-1] == pytest.approx(5000 + earned, abs=1e-6)
    assert all((ts // SECOND) % 60 == 0 for ts in result.equity.ts[1:])
    assert result.to_ts == result.equity.ts[-1]


def test_other_costs_are_walked_again_not_estimated(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """None cost nothing, and the case of one is the result itself."""
    [one] = run(tmp_path, captures[0])
    by = {case.multiple: case.metrics for case in one.result.costs}
    assert list(by) == [0.0, 0.5, 1.0, 2.0]
    assert by[0.0]["fees"] == by[0.0]["slippage"] == 0
    assert by[1.0] == one.result.metrics
    assert [by[m]["profit"] for m in by] == sorted((by[m]["profit"] or 0 for m in by), reverse=True)


def test_entries_stand_where_the_model_wanted_them(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """Each is the first second with a trade that begins 250 ms behind a wanted one, or later."""
    [one] = run(tmp_path, captures[0])
    rows, _ = decided(files([captures[0]]).batches(), Desk(), MODELS)
    wanted = set(rows.second[rows.wanted == BUY].tolist())
    traded = {second for second, o in zip(rows.second.tolist(), rows.open.tolist(), strict=True) if o == o}
    for trade in one.result.trades:
        filled = trade.opened_ts // SECOND - 1
        before = [second for second in range(filled - 200, filled - 1) if second in wanted]
        assert filled in traded
        assert before
        assert not any(second in traded for second in range(before[-1] + 2, filled))


def test_one_symbol_alone(captures: tuple[Path, Path], tmp_path: Path, both: Path) -> None:
    """Its figures are those it has among the others."""
    [one] = run(tmp_path, *captures, symbols=("ETHUSDT",))
    there = from_dict(orjson.loads((both / one.json.name).read_bytes()))
    assert (one.result.metrics, one.result.trades) == (there.metrics, there.trades)


def test_the_last_days_trade_on_features_of_all(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """The account begins later; what the model says does not change."""
    [one] = run(tmp_path, captures[0], days=600 / 86_400)
    [whole] = run(tmp_path, captures[0])
    assert whole.result.from_ts < one.result.from_ts
    assert whole.result.to_ts == one.result.to_ts
    opened = [trade.opened_ts for trade in one.result.trades]
    assert min(opened) > one.result.from_ts
    assert {*opened[1:]} < {trade.opened_ts for trade in whole.result.trades}


def test_the_portfolio_has_one_account(both: Path) -> None:
    """It trades both symbols with the money of one."""
    result = from_dict(orjson.loads((both / "portfolio_2023-11-14.json").read_bytes()))
    assert result.equity.strategy[0] == 1000
    assert {trade.symbol for trade in result.trades} == {"BTCUSDT", "ETHUSDT"}


def test_symbols_of_other_times_have_no_portfolio(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """There is no account that could have traded both at once."""
    later = tmp_path / "later.jsonl"
    ticks = [orjson.loads(line) for line in captures[1].read_bytes().splitlines()]
    later.write_bytes(b"\n".join(orjson.dumps(t | {"ts": t["ts"] + 7_200 * SECOND}) for t in ticks))
    written = run(tmp_path / "out", captures[0], later)
    assert [one.result.symbol for one in written] == ["BTCUSDT", "ETHUSDT"]


def test_the_manifest_says_from_what_it_follows(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """Inputs with sums, fingerprints, model, seed, versions; no folder of this machine."""
    words = ("levibot", "backtest", f"--ticks={captures[0]}", "--out", str(tmp_path))
    [one] = run(tmp_path, captures[0], command=words, seed=3)
    told = one.result.manifest
    assert told["command"] == f"levibot backtest --ticks=one.jsonl --out {tmp_path.name}"
    assert [source["file"] for source in told["inputs"]] == ["one.jsonl"]
    assert len(told["inputs"][0]["sha256"]) == len(told["spec"]) == len(told["paper_fingerprint"]) == 64
    assert (told["seed"], told["model"], told["paper"]["taker_bps"]) == (3, "ml-fusion", 15.0)
    assert str(tmp_path.parent) not in one.json.read_text()


def test_another_model_decides_otherwise(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """A built-in by its name; one that always buys enters once and never leaves."""
    [one] = run(tmp_path, captures[0], model="constant-0.9")
    assert one.result.model == "constant-0.9"
    assert one.result.metrics["trades"] == 0
    assert "still open" in one.result.caveats[-1]


def test_a_fallback_trades_nothing(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """What stub-sine says is advisory: every attempt is blocked, and counted."""
    [one] = run(tmp_path, captures[0], model="stub-sine")
    assert one.result.metrics["trades"] == 0
    assert list(one.result.blocked) == ["advisory"]
    assert one.result.equity.strategy[-1] == 1000


def test_files_of_several_symbols_are_one_feed_when_asked(
    captures: tuple[Path, Path], tmp_path: Path
) -> None:
    """The captures merged by time give the symbols the rows they have alone."""
    written = run(tmp_path, *captures, together=True)
    assert {one.result.symbol for one in written} == {"BTCUSDT", "ETHUSDT", "portfolio"}


def test_a_symbol_in_two_feeds_is_refused(captures: tuple[Path, Path], tmp_path: Path) -> None:
    """Its ticks would be in two orders."""
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_bytes(captures[1].read_bytes() + b"\n" + captures[0].read_bytes())
    with pytest.raises(BacktestError, match="--together"):
        run(tmp_path, captures[0], mixed)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"symbols": ("SOLUSDT",)}, "no ticks of SOLUSDT; there are BTCUSDT"),
        ({"model": "lgbm-none"}, "no model 'lgbm-none'"),
    ],
)
def test_what_is_not_there_is_named(
    captures: tuple[Path, Path], tmp_path: Path, more: dict[str, Any], words: str
) -> None:
    """With what there is instead."""
    with pytest.raises((RuntimeError, ValueError), match=words):
        run(tmp_path, captures[0], **more)


def test_presets_are_days() -> None:
    """Of which there are two; days and a preset are one too many."""
    assert (days_of(None, "24h"), days_of(None, "90d"), days_of(7.0, None), days_of(None, None)) == (
        1,
        90,
        7,
        None,
    )
    for days, preset, words in ((1.0, "24h", "give one"), (None, "1y", "no preset '1y'")):
        with pytest.raises(TicksError, match=words):
            days_of(days, preset)
