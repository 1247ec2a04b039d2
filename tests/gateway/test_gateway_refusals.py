"""Who is not let in, what they are answered, and that all of it stands in the audit, in file and topic."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import orjson
import pytest
from running_gateway import KEYS, SECRET, STRANGER, Caller, Running, Shards

from api.gateway.keys import Keys
from api.gateway.sessions import ALGORITHM, AUDIENCE, ISSUER, Sessions

pytestmark = pytest.mark.embedded

OTHER_KEY = "k" * 32


def opened(gateway: Running, role: str, at: float) -> str:
    """Return a token that was opened at another time."""
    return Sessions(SECRET, Keys(gateway.config), 60, clock=lambda: at).open("mallory", role)


def forged(gateway: Running, key: str, algorithm: str, **changed: Any) -> str:
    """Return a token like a good viewer's, with other claims, signed with what a stranger has."""
    good = opened(gateway, "viewer", time.time())
    claims = jwt.decode(good, options={"verify_signature": False}, audience=AUDIENCE, issuer=ISSUER)
    return jwt.encode(claims | changed, key, algorithm=algorithm)


def tampered(gateway: Running) -> str:
    """Return a viewer's token whose claims say admin, under the signature of the viewer's."""
    head, _, signature = opened(gateway, "viewer", time.time()).split(".")
    _, claims, _ = forged(gateway, OTHER_KEY, ALGORITHM, role="admin").split(".")
    return f"{head}.{claims}.{signature}"


BAD_TOKENS: dict[str, Callable[[Running], str]] = {
    "expired": lambda gateway: opened(gateway, "admin", time.time() - 3_600),
    "algorithm none": lambda gateway: forged(gateway, "", "none", role="admin"),
    "another key": lambda gateway: forged(gateway, OTHER_KEY, ALGORITHM, role="admin"),
    "another algorithm": lambda gateway: forged(gateway, OTHER_KEY * 2, "HS512", role="admin"),
    "tampered role": tampered,
    "no token at all": lambda gateway: "let me in",
}


@pytest.mark.parametrize("way", ["bearer", "cookie"])
@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_is_401(gateway: Running, kind: str, way: str) -> None:
    """In the header as in the cookie, and it is on record without the token."""
    caller, token = gateway.caller(), BAD_TOKENS[kind](gateway)
    headers = (
        {"Authorization": f"Bearer {token}"} if way == "bearer" else {"Cookie": f"levibot_session={token}"}
    )
    answer = caller.post("/admin/kill", **headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "bad_session")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ("expired" in answer.json()["message"]) is (kind == "expired")
    assert_on_record(gateway, caller, answer, cmd="kill", hidden=token)


@pytest.mark.parametrize(("path", "role"), [("/auth/login", "trader"), ("/auth/admin/login", "admin")])
def test_a_wrong_key_is_401_and_the_sixth_is_429(gateway: Running, path: str, role: str) -> None:
    """Then not even the right one is looked at for a while, from there; from elsewhere it is."""
    caller, wrong = gateway.caller(), "hunter2-hunter2-hunter2"
    answers = [caller.post(path, {"key": wrong}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert_on_record(gateway, caller, answers[-1], cmd="", hidden=wrong)
    locked = caller.post(path, {"key": KEYS[role]})
    assert (locked.status_code, 0 < int(locked.headers["Retry-After"]) <= 60) == (429, True)
    assert_on_record(gateway, caller, locked, cmd="", hidden=KEYS[role])
    assert gateway.caller().post(path, {"key": KEYS[role]}).status_code == 200


def test_a_traders_key_opens_no_administrators_session(gateway: Running) -> None:
    """It is as wrong there as any other."""
    answer = gateway.caller().post("/auth/admin/login", {"key": KEYS["trader"]})
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


@pytest.mark.parametrize("path", ["/admin/kill", "/auth/admin/login", "/auth/login", "/ai/select"])
def test_a_blocked_address_is_403_whatever_it_knows(gateway: Running, path: str) -> None:
    """With the right key too, since the allowlist comes first."""
    caller = gateway.caller(STRANGER)
    answer = caller.post(path, {"key": KEYS["admin"]})
    assert (answer.status_code, answer.json()["error"]) == (403, "address")
    assert_on_record(gateway, caller, answer, hidden=KEYS["admin"])


def test_what_stands_left_of_the_callers_address_is_not_believed(gateway: Running) -> None:
    """Whoever writes an allowed address into X-Forwarded-For himself is not taken for it."""
    answer = gateway.caller(f"127.0.0.1, {STRANGER}").post("/auth/login", {"key": KEYS["admin"]})
    assert answer.status_code == 403


def test_the_path_on_record_is_the_one_that_was_asked_for(gateway: Running) -> None:
    """Whatever a caller says that our host is."""
    caller = gateway.caller()
    answer = caller.post("/admin/kill", Host="levibot/ml/predict?")
    assert answer.status_code == 401
    assert gateway.file(caller.host)[-1]["path"] == "/admin/kill"


def test_request_61_of_a_minute_is_429(gateway: Running, shards: Shards) -> None:
    """It is on record, by whom and of what; others go on, and whoever asks who one is."""
    caller = gateway.caller().log_in("admin", "ivan")
    limit, who = gateway.app.state.gateway.door._limit, ("command", "admin", "ivan", caller.host)
    assert [limit.hit(*who) for _ in range(60)] == [0.0] * 60
    answer = caller.post("/admin/kill")
    assert (answer.status_code, 0 < int(answer.headers["Retry-After"]) <= 60) == (429, True)
    found = assert_on_record(gateway, caller, answer, cmd="kill")
    assert (found["user"], found["role"], found["refusals"]) == ("ivan", "admin", 1)
    assert caller.client.get("/auth/me").status_code == 200
    assert gateway.caller().log_in("admin", "ivan").post("/admin/set-flag").status_code == 400
    assert shards.commands("ivan") == []


ADMINS = (
    "/admin/kill",
    "/ml/kill",
    "/engines/BTCUSDT/stop",
    "/ai/select",
    "/admin/set-flag",
    "/backtest/run",
)


@pytest.mark.parametrize(("role", "paths"), [("viewer", ("/paper/order", *ADMINS)), ("trader", ADMINS)])
def test_roles(gateway: Running, shards: Shards, role: str, paths: tuple[str, ...]) -> None:
    """A viewer sends nothing, a trader orders alone; who may not is on record."""
    caller = gateway.caller().log_in(role, "jane")
    for path in paths:
        answer = caller.post(path)
        assert (answer.status_code, answer.json()["error"]) == (403, "role")
        assert_on_record(gateway, caller, answer)
    assert shards.commands("jane") == []


def test_a_trader_orders_in_the_traders_role(gateway: Running, shards: Shards) -> None:
    """So that the command's own rules hold too."""
    order = {"symbol": "BTCUSDT", "side": "buy", "notional_usd": 50}
    assert gateway.caller().log_in("trader", "kate").post("/paper/order", order).status_code == 200
    assert [(one.role, one.cmd) for one in shards.commands("kate")] == [("trader", "paper.order")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_browser_on_a_foreign_page_is_403(gateway: Running, headers: dict[str, str]) -> None:
    """Although it has a good cookie."""
    caller = gateway.caller()
    caller.post("/auth/admin/login", {"key": KEYS["admin"]})
    answer = caller.post("/admin/kill", **headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "origin")
    assert_on_record(gateway, caller, answer)


def test_our_own_page_is_let_in(gateway: Running, shards: Shards) -> None:
    """With the origin that the browser sees."""
    caller = gateway.caller().log_in("admin", "lena")
    headers = {"Origin": gateway.url, "Sec-Fetch-Site": "same-origin"}
    assert caller.post("/admin/kill", **headers).status_code == 200


def test_a_served_command_is_on_record(gateway: Running, shards: Shards) -> None:
    """Who, from where, what, with which command, and how long it took."""
    caller = gateway.caller().log_in("admin", "mona")
    answer = caller.post("/admin/canary/on", {"symbols": ["BTCUSDT", "ETHUSDT"]})
    found = assert_on_record(gateway, caller, answer, cmd="canary")
    assert (found["user"], found["role"], found["outcome"]) == ("mona", "admin", "done")
    assert found["args"] == {"enabled": True, "symbols": "BTCUSDT,ETHUSDT"}
    assert found["command_id"] == answer.json()["id"]
    assert found["ms"] >= answer.json()["ms"] > -1


def test_all_of_it_is_on_the_topic_too(gateway: Running) -> None:
    """The same records, whoever was refused in the tests before, and in this one."""
    caller = gateway.caller(STRANGER)
    caller.post("/admin/kill")
    lines = [orjson.loads(line) for line in gateway.config.audit_file.read_bytes().splitlines()]
    assert lines[-1]["ip"] == STRANGER
    published = {body["id"]: body for body in gateway.published()}
    assert [published.get(body["id"]) for body in lines] == lines


def assert_on_record(
    gateway: Running, caller: Caller, answer: httpx.Response, cmd: str | None = None, hidden: str = "(none)"
) -> dict[str, Any]:
    """The last request of a caller is in the file and at hand, and tells nothing secret."""
    host = caller.host
    found = gateway.file(host)[-1]
    assert gateway.recent(host)[-1] == found | {"action": "request", "_err": found["reason"] or None}
    assert (found["status"], found["path"]) == (answer.status_code, answer.url.path)
    assert found["reason"] == ("" if answer.is_success else answer.json()["message"])
    assert cmd is None or found["cmd"] == cmd
    assert hidden not in gateway.config.audit_file.read_text(encoding="utf-8")
    return found
