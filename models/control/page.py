"""The page of the commands, ``docs/control.md``, from the tables that the commands are checked against."""

from __future__ import annotations

from models.control.commands import allowed
from models.control.described import COMMANDS

_ROLES = ("admin", "trader", "guard")


def control_page() -> str:
    """Return the page in Markdown: how a command travels, every command, and who may send it."""
    rows = [
        f"| `{name}` | {what.arguments} | {', '.join(roles(name))} | {what.effect} | {what.ends} |"
        for name, what in COMMANDS.items()
    ]
    return "\n".join([_INTRODUCTION, *rows, _WAYS])


def roles(cmd: str) -> list[str]:
    """Return the roles that may send a command."""
    return [role for role in _ROLES if cmd in allowed(role)]


_INTRODUCTION = """# Control

Operators and the guard steer shards, account and rollout by signed commands on the topic `control`. The
source of this page is `models/control`; `levibot control --help` has the commands as a command line, each
with its own `--help`.

```
levibot control kill --reason "the price feed looks wrong" --wait
levibot control send kill '{"reason": "drill"}' --id drill-2026-11 --wait
```

A question mark stands behind what may be left out. Values are absolute, never differences. Scope is `all`,
of kills also `model:NAME` or `symbol:NAME`.

| command | arguments | roles | what it does | how it ends |
|---|---|---|---|---|"""

_WAYS = """
## How a command is judged

Before anything follows from a record of `control`, every reader judges it alike, from the record and the
broker's time of it, never from a clock of its own:

1. **Shape and role**: the fields, their types, the arguments, and whether the role may send it.
2. **Signature**: HMAC-SHA256 under a key of the role, which is derived from ADMIN_SECRET. A key of one role
   signs for no other; the guard's can brake, move a rollout and promote past a passed gate, and never
   `unkill` or `resume`.
3. **Freshness**: its `ts` is within 60 s of the broker's time. An old record cannot be played back.
4. **Once**: an id of a sender (actor and role) counts once within an hour, and its number `n` must be above
   all before. A repeat is refused by its id, or changes nothing by its number.

A record that fails is passed over by all, uses up no id and no number, and is on `audit.guard` with its
reason, as every command is: who (or who it says it is), what, when, accepted or not. Never its signature,
and never the secret.

## Who has taken it in

Each shard writes a command to its journal before anything follows from it. `--wait` returns when all shards
have: the place (before which tick), and the time from the command's record to the entry's, by the broker's
clock.

| exit code | |
|---|---|
| 0 | all shards have taken it in; or the id was sent before, and nothing was sent |
| 1 | a bundle that it asks for is refused, and why |
| 2 | a shard gave no answer in `--timeout` seconds: it is named, and takes the command in when it is back |

`--id` lets a script try again without harm. Its number is chosen above all that the sender has used, so
that a clock which is behind makes no command a repeat.
"""
