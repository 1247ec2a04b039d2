"""The page of commands has every former command and file, and names nothing that there is not."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from old_commands import COMPOSE, LEVIBOT, MAKE, PATH, ROOT, WRITTEN, kind, rows
from typer.core import TyperGroup

from flows import cli

COMMANDS = r"""
make prod-ready
make health-check
make seed-data
make ca-setup
make train-prod
make backend-restart
make model-test
make snapshot-flags
make postfix-check
docker compose up -d timescaledb
docker compose logs -f api | grep -i canary
docker compose logs api --tail=50 | grep -i error
docker compose logs api | grep "queue.*full" / "pool"
docker compose logs api > logs/api_$(date +%Y%m%d).log
docker tag / pull levibot-api:…; docker compose down api / up -d api
docker compose restart api
docker compose exec redis redis-cli INFO memory
docker logs -f levibot-api-1; --tail 100 / 200
docker ps
docker compose down && docker compose up -d --build
git checkout HEAD~1 configs/flags.yaml
cp configs/flags.yaml(.backup / .$(date +%Y%m%d))
pg_restore -d levibot …; psql … refresh_continuous_aggregate; pg_dump levibot
cat backend/data/reports/replay_$(date +%Y%m%d).json
watch -n 5 / 10 / 30 / 60 curl … | jq
python scripts/replay_24h.py
./deploy.sh --canary / --rolling / --rollback
export FEATURE_ML_SCORING / CANARY_SYMBOL / CANARY_TIMEFRAME / ML_CONFID_FLOOR / POLL_INTERVAL_MS / ML_SIGNAL_WEIGHTS / AUDIT_ML_BUCKET / AUDIT_ML_SIGNAL_PARTS
export ADMIN_SECRET / ADMIN_KEY / IP_ALLOWLIST
slack-notify
alert_monitor.sh
ps aux | grep cron; systemctl status cron; date
echo … >> data/calibration_markers.csv
jq … data/audit_snapshot_${date}.json
pnpm add @tanstack/react-virtual
bash backend/scripts/start_canary_marathon.sh
bash backend/scripts/evaluate_marathon.sh
bash backend/scripts/cron_setup.sh; crontab -e
python backend/scripts/drift_check.py
python backend/scripts/ensemble_tuner.py
python backend/scripts/train_ml_model.py --symbol BTCUSDT --days 60/45/30
python backend/scripts/calibrate_and_sweep.py
python backend/ml/feature_store/ingest_multi.py
python backend/scripts/promote_model.py <model> "<note>"
jq edits of model_registry.json / canary_policy.json + mv
tail -f … shadow/predictions_*.jsonl / trades_*.jsonl
tail -f ops/audit.log
ls backend/data/ml_kill_switch.flag
scripts/rollback_model.sh {prev_run_id}
scripts/check_drift.py
scripts/backup_daily.sh
ruff, mypy, pytest + coverage, docker build, trivy
ESLint, Prettier, Vitest
mkdir/touch of workflow, auth.py, rate_limit.py, features.yml
ls -la backend/*.env* ops/*.env* .env*; chmod 600
py-spy
""".strip().splitlines()  # noqa: E501
"""The commands, targets and scripts of the former product's playbooks."""
FILES = r"""
configs/flags.yaml (+ .backup, .YYYYMMDD)
ops/audit.log
cookies.txt
/usr/local/bin/levibot-health.sh; /var/log/levibot-health.log
backend/data/reports/replay_YYYYMMDD.json
backup_YYYYMMDD.sql
logs/api_YYYYMMDD.log
alerts.log
data/calibration_markers.csv
data/audit_snapshot_YYYYMMDD.json
backend/data/logs/shadow/predictions_*.jsonl, trades_*.jsonl
backend/data/registry/model_registry.json
backend/data/registry/canary_policy.json
backend/data/ml_kill_switch.flag
backend/models/deep_tfm_BTCUSDT_final.pt
(tmp)/drift_check.log, ensemble_tuner.log, ingest.log, retrain.log
features.yml (backend/src/data/features.yml) + data dictionary
features_v1.parquet, features_latest.parquet (symlink)
backend/data/models/{run_id}/data_snapshot.json
backend/data/models/{run_id}/lgbm.pkl; best_lgbm.pkl (symlink)
model_card.json
reports/backtests/{symbol}_{date}.json + HTML
ops/prometheus/alerts.yml
docs/KILL_SWITCH_CHAOS_REPORT.md
reports/24H_SOAK_REPORT.md
.github/workflows/backend-ci.yml, frontend-ci.yml
backend/src/app/middleware/auth.py, rate_limit.py
.env.docker
infer_tft.py, feature_store.py
""".strip().splitlines()
"""Their files."""
PAGES = tuple(ROOT / "docs" / name for name in ("commands.md", "paths.md", "risks.md", "roadmap.md"))
WORDS = {kind_: [line for row in rows() for line in row.here if kind(line) == kind_] for kind_ in
         (LEVIBOT, MAKE, COMPOSE, PATH)}  # fmt: skip


def test_every_former_command_and_file_has_its_row() -> None:
    """Once each, in words of its own; and there are no others."""
    before = [row.before for row in rows()]
    assert sorted(before) == sorted(COMMANDS + FILES)
    assert [row.before for row in rows() if not row.here] == []


OURS = typer.main.get_command(cli.application())


def unknown(words: list[str]) -> list[str]:
    """Return what is wrong with a command line of ours: names and options that there are none of."""
    command: Any = OURS
    words = words[1:]
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in command.commands:
            return [name]
        command = command.commands[name]
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    return [word for word in words if word.startswith("--") and word not in known]


def named() -> set[str]:
    """Return every command of ours on the pages, in their tables, their blocks and their words."""
    texts = [page.read_text(encoding="utf-8").replace("\\|", "|") for page in PAGES]
    spans = [span for text in texts for span in re.findall(r"`(levibot [^`]+)`", text)]
    return {*spans, *(line for text in texts for line in text.splitlines() if line.startswith("levibot "))}


@pytest.mark.parametrize("line", sorted(named()))
def test_a_command_of_ours_is_one(line: str) -> None:
    """By its name and options, in the tables and in the words beside them."""
    assert unknown(shlex.split(line.partition(" | ")[0])) == []


@pytest.mark.parametrize("line", sorted(set(WORDS[MAKE])))
def test_a_target_is_there(line: str) -> None:
    """``make`` knows what to do for it."""
    subprocess.run(["make", "--dry-run", "-C", str(ROOT), *line.split()[1:]], check=True, capture_output=True)


COMPOSED = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
ACTIONS = {"up", "down", "logs", "restart", "exec", "ps"}


@pytest.mark.parametrize("line", sorted(set(WORDS[COMPOSE])))
def test_a_line_of_compose_names_what_the_file_has(line: str) -> None:
    """Its action is one, and its services are; Docker itself is not needed to see that."""
    words = shlex.split(line.partition("docker compose ")[2])
    assert words[0] in ACTIONS
    plain = [word for word in words[1:] if not word.startswith("-") and not word.isdigit()]
    services = plain[:1] if words[0] == "exec" else plain
    assert [name for name in services if name not in COMPOSED] == []


def test_a_file_of_the_repository_is_there() -> None:
    """What is written at run time is looked for where the commands are run."""
    tracked = [path for path in WORDS[PATH] if not path.startswith(WRITTEN)]
    assert [path for path in tracked if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(of: Path) -> None:
    """To a page beside it, and to its heading."""
    for page, _, anchor in re.findall(r"\]\(([\w-]+\.md)(#([\w-]+))?\)", of.read_text(encoding="utf-8")):
        text = (of.parent / page).read_text(encoding="utf-8")
        headings = {_anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        assert not anchor or anchor in headings, f"{page}#{anchor}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
