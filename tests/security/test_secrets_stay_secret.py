"""No secret is in what a process says: logs, tracebacks, findings, the settings as text, errors in them."""

from __future__ import annotations

import json
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from planted import IN_URLS, SECRETS, planted, shown

from connectors.embedded import free_port
from connectors.embedded.child import Child
from connectors.env_files import open_to_others
from connectors.redaction import Redactor, redactor, secrets_of
from connectors.settings import Settings
from tests.flows.commands import levibot

LEVIBOT = str(Path(sys.executable).with_name("levibot"))

FAILS = """
import logging, sys, threading, warnings, structlog
from connectors.logs import configure
from connectors.settings import settings
from connectors.redaction import secrets_of
configure(settings(), process="test")
every = list(secrets_of(settings()))
log = structlog.get_logger()
log.info("connecting", where=settings().redis_url, given=every)
logging.getLogger("library").warning("cannot reach %s with %r", settings().limiter_url, every)
try:
    raise ValueError(f"bad: {every}")
except ValueError:
    log.exception("failed")
print("said", *every, file=sys.stderr)
warnings.warn(" ".join(every))

def fail():
    given = every
    raise RuntimeError(settings().redis_url, given)

thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def run(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=planted(**more), cwd=folder, capture_output=True, text=True, check=False, timeout=100
    )


def test_every_kind_of_secret_is_planted() -> None:
    """The test looks for each setting that is a secret, and the settings know each as theirs."""
    assert {"admin_secret", "admin_key", "trader_key", "viewer_key", "kafka_sasl_password"} <= SECRETS.keys()
    values = {name.lower(): value for name, value in planted().items()}
    settings = Settings(_env_file=None, **{name: values[name] for name in (*SECRETS, *IN_URLS)})
    assert {*SECRETS.values(), *IN_URLS.values()} <= set(secrets_of(settings))


def test_settings_do_not_show_their_secrets() -> None:
    """Neither as text nor as a representation."""
    values = {name.lower(): value for name, value in planted().items()}
    settings = Settings(_env_file=None, **{name: values[name] for name in (*SECRETS, *IN_URLS)})
    assert shown(f"{settings!r} {settings} {settings.model_dump(exclude=set(IN_URLS))}") == []


def test_texts_are_redacted_in_every_form() -> None:
    """In the clear, and as URLs, JSON and Python write it; of two secrets, one within the other, all goes."""
    hide = Redactor(["a/b c\"d'é-long", "a/b c\"d'é-longer", "short"])
    forms = ["a/b c\"d'é-long", "a%2Fb%20c%22d%27%C3%A9-long", "a/b c\\\"d'\\u00e9-long", "a/b c\"d'é-longer"]
    assert [hide(f"<{form}>") for form in forms] == ["<***>"] * 4
    assert hide("short and plain") == "short and plain"
    assert Redactor([])("nothing to hide") == "nothing to hide"


def test_the_path_of_a_web_hook_is_a_secret() -> None:
    """Who knows the URL may write to the channel."""
    hide = redactor(Settings(_env_file=None, webhook_url="https://hooks.example/services/T0/B0/abcdefgh"))
    assert hide("POST /services/T0/B0/abcdefgh failed") == "POST *** failed"


@pytest.mark.parametrize("form", ["json", "human"])
def test_logs_and_tracebacks_hold_no_secret(form: str, tmp_path: Path) -> None:
    """Our log, a library's, exceptions in a thread and in the end of the process, warnings, plain words."""
    done = run([sys.executable, "-c", FAILS], tmp_path, LOG_FORMAT=form, PYTHONPATH=str(Path.cwd()))
    assert done.returncode == 1
    assert shown(done.stderr + done.stdout) == []
    assert done.stderr.count("***") >= 5 * len(SECRETS)
    assert "RuntimeError" in done.stderr and "connecting" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REDIS_URL", "redis://flow:plant-a/b@127.0.0.1:1/0", "must be redis://USER:PASSWORD@HOST:PORT/0"),
        ("REDIS_URL", "plant-not-a-url-at-all", "must be redis://USER:PASSWORD@HOST:PORT/0"),
        ("ADMIN_KEY", "plant-short", "must have 16 characters or more"),
    ],
)
def test_a_setting_that_is_refused_is_named_and_not_shown(name: str, value: str, told: str) -> None:
    """The one error in which the value is what is wrong."""
    done = levibot(("topics", "list"), {name: value})
    assert done.code == 2
    assert done.err.startswith(f"levibot: setting {name}: {told}")
    assert shown(done.err + done.out) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "protocol"),
    [
        ("run signals", "PLAINTEXT"),
        ("run paper", "SASL_SSL"),
        ("run guard", "SASL_SSL"),
        ("doctor", "SASL_SSL"),
        ("doctor --json", "PLAINTEXT"),
        ("topics create", "SASL_SSL"),
        ("control kill --reason drill", "PLAINTEXT"),
        ("check quick", "PLAINTEXT"),
        ("feed simulate --ticks 1 --speed max", "SASL_SSL"),
        ("verify log", "SASL_SSL"),
        ("run webhook", "SASL_SSL"),
    ],
)
def test_no_process_says_a_secret(words: str, protocol: str, tmp_path: Path) -> None:
    """Every process whose services are away fails, and what it says of that holds no secret."""
    done = run([LEVIBOT, *words.split()], tmp_path, KAFKA_SECURITY_PROTOCOL=protocol, LOG_LEVEL="debug")
    assert done.stderr + done.stdout != ""
    assert shown(done.stderr + done.stdout) == []


@pytest.mark.slow
def test_the_api_says_and_answers_no_secret(tmp_path: Path) -> None:
    """With Redis and Kafka away, of every path it has, and of a log-in that is refused."""
    port = free_port()
    said = tmp_path / "said"
    serving = Child("the API", [LEVIBOT, "api"], log=said, env=planted(API_PORT=str(port), LOG_LEVEL="debug"))
    asked = [("GET", path) for path in ("/", "/status", "/flags", "/metrics", "/ai/predict", "/openapi.json")]
    asked += [("POST", path) for path in ("/auth/login", "/admin/kill", "/api/ml/score", "/api/audit/list")]
    try:
        serving.wait_until(lambda: answer(port, "GET", "/healthz") != "", 60)
        answers = [answer(port, *one) for one in asked]
        serving.stop()
    finally:
        serving.kill()
    assert shown("".join(answers) + said.read_text()) == []


def answer(port: int, method: str, path: str) -> str:
    """Return headers and body of an answer, "" where none comes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, b'{"key":"plant"}' if method == "POST" else None)
        answered = connection.getresponse()
        return str(answered.headers) + answered.read().decode()
    except OSError:
        return ""
    finally:
        connection.close()


@pytest.mark.parametrize(("mode", "others"), [(0o600, []), (0o640, ["0640"]), (0o604, ["0604"])])
def test_a_file_that_others_can_read_is_found(mode: int, others: list[str], tmp_path: Path) -> None:
    """One that is missing is nobody's."""
    file = tmp_path / ".env"
    file.touch()
    file.chmod(mode)
    assert open_to_others((file, tmp_path / "missing")) == [(file, found) for found in others]


def test_a_start_warns_of_a_file_that_others_can_read(tmp_path: Path) -> None:
    """``.env`` in the working directory; the warning says what to do, and what was asked for is done."""
    (tmp_path / ".env").write_text("PARTITIONS=1\n")
    (tmp_path / ".env").chmod(0o644)
    done = run([LEVIBOT, "topics", "list", "--json"], tmp_path, LOG_FORMAT="json")
    [warning] = map(json.loads, done.stderr.splitlines())
    assert (warning["level"], warning["file"], warning["do"]) == ("warning", ".env", "chmod 600 .env")
    assert json.loads(done.stdout)
