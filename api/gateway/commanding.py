"""Serving a path that asks for a command."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.requests import Request

from api.gateway.audit import Trail
from api.gateway.bodies import Plain
from api.gateway.commands import Asked, Wish
from api.gateway.door import require
from api.gateway.foreseen import check_taken_by_all
from api.gateway.gateway import Gateway
from api.gateway.refused import RefusedError
from api.gateway.sending import command_of, sent
from api.gateway.serving import Work
from api.http.answers import Json
from api.shown.desks import Agreement
from connectors.redis.reader import RedisDownError
from models.control.commands import BadCommandError, Command

ALWAYS = ("kill", "unkill")
"""Sent whatever the desks show."""

_ID = re.compile(r"[\x21-\x7e]{1,64}")


def commanding(read: Callable[[Asked], Wish], possible: frozenset[str]) -> Work:
    """Return what sends the wish that ``read`` finds in a request, one of the ``possible`` commands."""

    def work(gateway: Gateway, request: Request, trail: Trail, raw: bytes) -> Json:
        trail.cmd = min(possible)
        session = gateway.door.session(request, trail, "command")
        require(session, possible)
        asked = Asked(request.query_params, request.path_params, raw, session.user, gateway.settings)
        try:
            wish = read(asked)
        except BadCommandError as error:
            raise RefusedError(400, "bad_command", str(error)) from error
        command = command_of(wish, session, _own_id(request))
        _enter(trail, command)
        if command.cmd not in ALWAYS:
            check_taken_by_all(request.app.state.context.reader, command)
        answer = sent(gateway.deliveries, wish, command)
        trail.repeat = "repeat" in answer
        if not trail.repeat:
            gateway.acknowledged.labels(command.cmd).observe(answer["ms"] / 1_000)
        return Json(_with_symbols(answer, request))

    return work


def _own_id(request: Request) -> str:
    name: str = request.headers.get("idempotency-key", "")
    if name and not _ID.fullmatch(name):
        raise RefusedError(400, "bad_command", "Idempotency-Key must be 1 to 64 characters without blanks")
    return name


def _enter(trail: Trail, command: Command) -> None:
    trail.cmd, trail.command_id = command.cmd, command.id
    args = dict(command.args) | ({"scope": command.scope} if command.scope != "all" else {})
    trail.args = {name: ",".join(v) if isinstance(v, list) else v for name, v in args.items()}


def _with_symbols(answer: Plain, request: Request) -> Plain:
    """Tell which symbols a canary allows where the command left them as they are."""
    if not answer.get("canary_mode") or "allow_symbols" in answer:
        return answer
    try:
        heads = request.app.state.context.reader.heads()
    except RedisDownError:
        return answer | {"allow_symbols": None}
    return answer | {"allow_symbols": Agreement(heads).desk("allow_symbols", "canary_symbols")}
