"""Jobs on the control topic: each once, in order, with what it asked for, across restarts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.settings import Settings
from flows.backtest import jobs
from flows.backtest.asked import Asked
from flows.backtest.errors import BacktestError
from flows.backtest.jobs import JobFile, Line, job_of, serve
from flows.ticks import Ticks
from models.control.commands import Command
from models.control.signature import role_key, sign

pytestmark = [pytest.mark.slow, pytest.mark.embedded]

SECRET = "a secret for tests"
_NUMBERS = count()


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A broker for the whole file."""
    with EmbeddedBroker({}) as started:
        yield started


@pytest.fixture
def config(broker: EmbeddedBroker) -> Settings:
    """Settings with a control topic of the test's own."""
    topic = f"control-{next(_NUMBERS)}"
    broker.create(topic, 1)
    given = {"kafka_bootstrap": broker.bootstrap, "control_topic": topic, "admin_secret": SECRET}
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def command(name: str, cmd: str = "backtest.run", **args: Any) -> Command:
    """Return an admin's command, sent just now."""
    now = time.time_ns()
    return Command(id=name, ts=now, actor="ada", n=now, role="admin", cmd=cmd, args=args)


def send(config: Settings, *commands: Command, secret: str = SECRET) -> None:
    """Put signed commands on the control topic."""
    client = producer(config.kafka_bootstrap)
    for one in commands:
        body = one.as_dict() | {"sig": sign(one, role_key(secret, one.role))}
        client.produce(config.control_topic, orjson.dumps(body))
    client.flush()


def template(out: Path, **more: Any) -> Asked:
    """Return a job over a quarter of an hour of two simulated symbols."""
    return Asked(ticks=Ticks(simulated=True, symbols="2", hours=0.2), out=out, **more)


Serve = Callable[..., list[Line]]


@pytest.fixture
def served(config: Settings, tmp_path: Path) -> Serve:
    """Serve what there is, and return what became of it."""

    def run(**more: Any) -> list[Line]:
        heard: list[Line] = []
        serve(template(tmp_path, **more), config, lambda *_: None, heard.append, once=True)
        return heard

    return run


def test_jobs_run_in_their_order_with_what_they_ask_for(
    config: Settings, served: Serve, tmp_path: Path
) -> None:
    """Other commands are not for us; each job has a folder."""
    send(
        config,
        command("first", symbols=["ETHUSDT"]),
        command("between", "kill"),
        command("second", model="stub-sine", days=1),
    )
    first, second = served()
    assert (first["id"], first["state"], first["actor"]) == ("first", "done", "ada")
    assert [Path(path).parent.name for path in first["results"]] == ["first"]
    assert [Path(path).name.partition("_")[0] for path in second["results"]] == [
        "BTCUSDT", "ETHUSDT", "portfolio",
    ]  # fmt: skip
    assert orjson.loads(Path(second["results"][0]).read_bytes())["model"] == "stub-sine"
    assert not (tmp_path / "first" / ".work").exists()


def test_what_is_done_is_not_done_again(config: Settings, served: Serve) -> None:
    """Neither at the next start, nor where the same command is on the topic twice."""
    one = command("once", symbols=["ETHUSDT"])
    send(config, one, one)
    assert [line["id"] for line in served()] == ["once"]
    assert served() == []


def test_an_interrupted_job_is_begun_again(
    config: Settings, served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not noted, so the next start has it first."""
    send(config, command("cut", symbols=["ETHUSDT"]), command("next", symbols=["BTCUSDT"]))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "backtest", interrupted)
        with pytest.raises(KeyboardInterrupt):
            served()
    assert [line["id"] for line in served()] == ["cut", "next"]


def test_a_job_that_cannot_be_done_says_why_and_lets_the_others_run(config: Settings, served: Serve) -> None:
    """It is done with: another command is needed for another try."""
    send(config, command("bad", symbols=["NONE"]), command("good", symbols=["ETHUSDT"]))
    bad, good = served()
    assert (bad["state"], bad["results"]) == ("failed", [])
    assert "no ticks of NONE; there are BTCUSDT, ETHUSDT" in bad["why"]
    assert good["state"] == "done"
    assert served() == []


def test_a_forged_job_is_none(config: Settings, served: Serve) -> None:
    """Its signature is not that of an admin."""
    send(config, command("forged"), secret="another secret")
    assert served() == []


def test_without_a_secret_nothing_is_served(config: Settings, tmp_path: Path) -> None:
    """Every command would be refused."""
    bare = config.model_copy(update={"admin_secret": None})
    with pytest.raises(BacktestError, match="ADMIN_SECRET"):
        serve(template(tmp_path), bare, lambda *_: None, lambda _: None, once=True)


def test_a_line_that_was_cut_off_is_no_job(tmp_path: Path) -> None:
    """A crash in the middle of a line costs that line alone."""
    file = JobFile(tmp_path / "jobs.jsonl")
    assert file.known() == set()
    file.note({"id": "a"})
    with (tmp_path / "jobs.jsonl").open("ab") as raw:
        raw.write(b'{"id":"b"')
    file.note({"id": "c"})
    assert file.known() == {"a", "c"}


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", ".hidden", "x" * 65, "ü"])
def test_an_id_is_no_way_out_of_the_folder(tmp_path: Path, name: str) -> None:
    """Whatever an id holds, its folder is directly in that of the results."""
    out = job_of(template(tmp_path), command(name)).out
    assert out.parent == tmp_path
    assert out.name.isalnum()


def test_what_a_command_leaves_out_is_as_served(tmp_path: Path) -> None:
    """Days, model and symbols."""
    asked = template(tmp_path, days=3.0, model="ml-fusion", symbols=("BTCUSDT",))
    plain = job_of(asked, command("plain"))
    assert (plain.days, plain.model, plain.symbols) == (3.0, "ml-fusion", ("BTCUSDT",))
    given = job_of(asked, command("given", days=7, model="stub-sine", symbols=["ETHUSDT"]))
    assert (given.days, given.model, given.symbols) == (7.0, "stub-sine", ("ETHUSDT",))
