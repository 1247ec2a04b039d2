"""The desk in force as files: whole as JSON, and in the form of a flags file."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson

from connectors.bundles import atomic
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.settings import Settings
from flows.daily.evening import flags_page
from flows.exporting.errors import ExportError


def keep_flags(settings: Settings, out: Path) -> tuple[Path, Path]:
    """Write the desk that all shards have and return the paths of both files.

    Raises ``ExportError`` where Redis does not answer, ``DailyError`` without a desk that all shards have.
    """
    made = datetime.now(UTC)
    with closing(ViewReader(settings.redis_url, timeout_s=2.0)) as reader:
        try:
            heads = {key: head for key, head in reader.heads().items() if not head["gone"]}
        except RedisDownError as error:
            raise ExportError(f"the desk in force is in Redis, which does not answer: {error}") from error
    desks = {key: head["desk"] for key, head in heads.items()}
    page = flags_page(desks, made)
    whole = {"desk": next(iter(desks.values())), "shards": list(desks)}
    told = {"made_at": made.isoformat(timespec="seconds")} | whole
    paths = out / f"flags_{made:%Y%m%d}.json", out / f"flags.yaml.{made:%Y%m%d}"
    atomic.write(paths[0], orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    atomic.write(paths[1], page.encode())
    return paths
