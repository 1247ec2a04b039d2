"""From a wish to an answer: the command is signed, sent, and waited for."""

from __future__ import annotations

import time
import uuid

from api.gateway.bodies import Plain
from api.gateway.commands import Wish
from api.gateway.refused import RefusedError
from api.gateway.sessions import Session
from connectors.kafka.control_client import Ack
from connectors.kafka.gateway.commands import (
    AlreadySentError,
    BrokerError,
    Deliveries,
    Delivery,
    TopicsError,
)
from models.control.commands import BadCommandError, Command, check


def command_of(wish: Wish, session: Session, name: str = "") -> Command:
    """Return the command of a wish, its id ``name`` or a new one; refuse what the commands' rules refuse."""
    now = time.time_ns()
    command = Command(
        id=name or uuid.uuid4().hex, ts=now, actor=session.user, n=now, role=session.role, cmd=wish.cmd,
        scope=wish.scope, args=wish.args,
    )  # fmt: skip
    try:
        check(command)
    except BadCommandError as error:
        raise RefusedError(400, "bad_command", str(error)) from error
    return command


def sent(deliveries: Deliveries, wish: Wish, command: Command) -> Plain:
    """Send a command and return the answer once every shard has taken it in, or had it already."""
    try:
        delivery = deliveries.deliver(command)
    except AlreadySentError as error:
        return _repeat(wish, command, error)
    except (BrokerError, TopicsError) as error:
        said = f"{error}; `levibot control {command.cmd}` sends it too, once that is mended"
        raise RefusedError(503, "kafka_down", said, {"Retry-After": "5"}) from error
    return taken(wish, command, delivery)


def taken(wish: Wish, command: Command, delivery: Delivery) -> Plain:
    """Return the answer to a command that was sent; raise where a shard was silent or refuses its model."""
    _check_taken(command, delivery)
    ms = max(ack.ms for ack in delivery.acks)
    head = {"ok": True, **wish.told, "message": wish.message, "id": command.id, "ms": ms}
    return head | {"shards": [_plain(ack) for ack in delivery.acks]}


def _repeat(wish: Wish, command: Command, error: AlreadySentError) -> Plain:
    before = (error.sent.cmd, error.sent.scope, dict(error.sent.args))
    if before != (command.cmd, command.scope, dict(command.args)):
        message = f"the Idempotency-Key '{command.id}' was used for another command: {error.sent.cmd}"
        raise RefusedError(409, "used_key", message, id=command.id)
    message = f"'{command.id}' was sent before; nothing was sent now, and no shard was asked"
    return {"ok": True, **wish.told, "message": message, "id": command.id, "repeat": True} | {
        "ms": None, "shards": [],
    }  # fmt: skip


def _check_taken(command: Command, delivery: Delivery) -> None:
    """Raise where a shard was silent, or does not have the model that was asked for."""
    shards = [_plain(ack) for ack in delivery.acks]
    if delivery.unasked:
        message = f"sent, but nobody could be asked whether it is taken in: {delivery.unasked}"
        raise RefusedError(504, "shards_unknown", message, ok=False, id=command.id, shards=[])
    if delivery.silent:
        silent = [shard.key for shard in delivery.silent]
        message = (
            f"no acknowledgement from {', '.join(silent)}: is the flow running, with this ADMIN_SECRET? The "
            "command is sent, and taken in when they are back"
        )
        raise RefusedError(
            504, "shard_silent", message, ok=False, id=command.id, silent=silent, shards=shards
        )
    refusals = sorted({ack.refusal for ack in delivery.acks if ack.refusal})
    if refusals:
        message = f"the model is refused: {'; '.join(refusals)}; the one before stays"
        raise RefusedError(409, "model_refused", message, ok=False, id=command.id, shards=shards)


def _plain(ack: Ack) -> Plain:
    plain = {"shard": ack.shard.key, "after": ack.after, "seq": ack.seq, "ms": ack.ms}
    return plain | ({"news": ack.news.kind, "news_ms": ack.news_ms} if ack.news else {})
