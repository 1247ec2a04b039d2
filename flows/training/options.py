"""The options that ``levibot train`` and ``levibot calibrate`` share; imports nothing that takes long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.training.ticks import Ticks

TickFiles = Annotated[
    list[Path] | None, typer.Option("--ticks", metavar="FILE", help="Recorded ticks; may be given again.")
]
Topic = Annotated[str | None, typer.Option(help="Take the ticks from this topic.")]
Simulated = Annotated[bool, typer.Option("--simulated", help="Take the ticks of a simulated market.")]
Symbols = Annotated[str, typer.Option(help="Simulated: how many, or their names, comma separated.")]
Edge = Annotated[float, typer.Option(min=0, max=1, help="Simulated: how far order flow tells the next 60 s.")]
Hours = Annotated[float, typer.Option(min=0.1, help="Simulated: how long.")]
Rate = Annotated[float, typer.Option(min=0.01, help="Simulated: mean ticks per second and symbol.")]
MarketSeed = Annotated[int, typer.Option(min=0, help="Simulated: same seed, same ticks.")]
OneSymbol = Annotated[
    str | None, typer.Option(help="Of this symbol alone; also names tables that do not name one.")
]
Days = Annotated[
    float | None, typer.Option(min=0.01, help="The last days before the newest tick; else all there is.")
]
Horizon = Annotated[str, typer.Option(help="How far ahead, such as 60s.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same ticks and seed: the same model.")]
TakerBps = Annotated[float, typer.Option(min=0, help="Fee of a side, basis points.")]
SlippageBps = Annotated[float, typer.Option(min=0, help="Slippage of a side, basis points.")]
ModelsDir = Annotated[Path | None, typer.Option(help="Where bundles go; default: MODELS_DIR.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and no progress.")]

OWN = ("models.", "connectors.", "flows.")
_SPAN = re.compile(r"(\d+)\s*(s|m)?")


class OptionError(ValueError):
    """Options that do not go together; the message says which."""


def seconds(text: str) -> int:
    """Return a span such as 60s or 1m in seconds."""
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]):
        raise typer.BadParameter(f"'{text}' is no span such as 60s", param_hint="--horizon")
    return int(found[1]) * (60 if found[2] == "m" else 1)


def asked_ticks(
    files: list[Path] | None,
    topic: str | None,
    simulated: bool,
    symbols: str,
    edge: float,
    hours: float,
    rate: float,
    market_seed: int,
    symbol: str | None,
    days: float | None,
) -> Ticks:
    """Return the wanted ticks of the options; raise ``ValueError`` where the market is impossible."""
    from flows.training.ticks import Ticks, market_of  # noqa: PLC0415

    return Ticks(
        files=tuple(files or ()),
        topic=topic,
        market=market_of(symbols, edge, rate) if simulated else None,
        hours=hours,
        market_seed=market_seed,
        symbol=symbol,
        days=days,
    )


@contextmanager
def expected(command: str) -> Iterator[None]:
    """Turn what can be wrong into one line on stderr and exit code 2."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        typer.echo(f"{command}: interrupted; nothing was published", err=True)
        raise typer.Exit(130) from interrupt
    except ImportError as error:
        if error.name and error.name.partition(".")[0] in ("optuna", "sklearn", "matplotlib"):
            _fail(command, f"{error.name} is missing: pip install 'levibot[training]'", error)
        raise
    except (OSError, RuntimeError, ValueError) as error:
        # an error of our own tells people what to do; one from elsewhere is a fault, but for files
        if isinstance(error, OSError) or type(error).__module__.startswith(OWN):
            _fail(command, str(error), error)
        raise


def _fail(command: str, message: str, error: Exception) -> None:
    typer.echo(f"{command}: {message}", err=True)
    raise typer.Exit(2) from error
