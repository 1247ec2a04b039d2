"""The API and the flows as a client finds them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from connectors.embedded.child import Child
from connectors.settings import environment
from flows.checks.ground import Ground, Plain
from flows.checks.items.pulse import api_answers
from flows.checks.seen import Seen, failed, passed, unknown
from flows.checks.site import Answer, Site, SiteDownError, address

NO_REDIS = "redis://127.0.0.1:1/0"
STARTS_S = 20.0
PREDICT = "/ai/predict?symbol=BTCUSDT&h=60s"
PUBLIC = (
    "/health", "/healthz", "/api/healthz", "/api/ml/version", PREDICT, "/ml/predict?symbol=BTCUSDT",
    "/ml/predict_deep?symbol=BTCUSDT", "/ml/predict_ensemble?symbol=BTCUSDT",
)  # fmt: skip
"""What answers in any case; those below ``/api/public/`` too, as far as the API has them."""


def api_health(ground: Ground) -> Seen:
    """The API answers that all is well, and names the commit it was built from in X-Build-SHA."""
    seen = api_answers(ground)
    if seen.state != "passed":
        return seen
    build = ground.api.get("/api/healthz").headers.get("x-build-sha", "")
    if build in ("", "unknown"):
        return failed(
            f"{seen.evidence}; X-Build-SHA is {build or 'missing'}", "set LEVIBOT_BUILD_SHA to the commit"
        )
    return passed(f"{seen.evidence}; X-Build-SHA {build}")


def public_offline(ground: Ground) -> Seen:
    """Public paths answer 200 where no flow and no Redis can be reached, and say that it is no live answer.

    Asked of an API process of its own, so that nothing has to be switched off.
    """
    with offline_api(ground) as site:
        paths = [*PUBLIC, *_public_paths(site)]
        answers = {path: site.get(path) for path in paths}
        wrong = [f"{path}: {why}" for path, answer in answers.items() if (why := _not_demo(answer))]
    if wrong:
        return failed("; ".join(wrong), "is this API of the same version?")
    return passed(f"{len(paths)} paths answer 200 and flag it")


@contextmanager
def offline_api(ground: Ground) -> Iterator[Site]:
    """Give an API that reaches no Redis; raises ``EmbeddedError`` where it does not start."""
    command = [sys.executable, "-m", "api", "--port", "auto"]
    child = Child("the API without Redis", command, talk=True, env=environment() | {"REDIS_URL": NO_REDIS})
    try:
        line = child.read_line(STARTS_S)
        yield Site(line.partition(" on ")[2].split(" ")[0], ground.timeout_s)
    finally:
        child.stop()


def _public_paths(site: Site) -> list[str]:
    described: Plain = site.get("/openapi.json").json
    return [
        path
        for path, methods in described.get("paths", {}).items()
        if path.startswith("/api/public/") and "get" in methods and "{" not in path
    ]


def _not_demo(answer: Answer) -> str:
    if answer.status != 200:
        return f"answers {answer.status}"
    body: Plain = answer.json
    flagged = body.get("status") == "DEMO" or body.get("_mock") or body.get("available") is False
    return "" if flagged else "does not say that it is no live answer"


def smoke_test(ground: Ground) -> Seen:
    """A tick in gives a signal out: a symbol traded within a minute, and its signal is not stale."""
    found: Plain = ground.api.get("/symbols").json
    live = [s for s in found["symbols"] if not s["stale"] and (s["ticks_per_minute"] or 0) > 0]
    if not live:
        return failed(f"of {found['count']} symbols none trades", "levibot feed, and levibot run signals")
    one = min(live, key=lambda s: float(s["age_s"]))
    return passed(
        f"{one['symbol']}: {one['signal']} {one['age_s']:.1f} s ago ({one['reason']}); {len(live)} live"
    )


def model_answers(symbol: str, ground: Ground) -> Seen:
    """The prediction of a symbol, else of the one that traded last, is the selected model's own."""
    if not symbol:
        rows: list[Plain] = ground.api.get("/symbols").json["symbols"]
        traded = [row for row in rows if row["trade_age_s"] is not None]
        if not traded:
            return unknown("no symbol has traded yet", "make seed-data, or levibot feed")
        symbol = min(traded, key=lambda row: float(row["trade_age_s"]))["symbol"]
    answer = ground.api.get(f"/ai/predict?symbol={quote(symbol)}&h=60s")
    if answer.status != 200:
        return unknown(f"/ai/predict answers {answer.status}: {answer.body[:200].decode(errors='replace')}")
    found: Plain = answer.json
    told = f"{symbol}: {found['signal']}, p {found['prob']:.3f} by {found['model']}, fallback: "
    if found["fallback"]:
        return failed(f"{told}true ({found['reason']})", "levibot doctor; levibot models verify")
    return passed(f"{told}false")


def metrics_arrive(ground: Ground) -> Seen:
    """The API and every flow answer with metrics."""
    config = ground.settings
    ports = {"signals flow": config.flow_port, "paper account": config.paper_port, "guard": config.guard_port}
    flows = {n: Site(address(config.flow_host, port), ground.timeout_s) for n, port in ports.items()}
    told = {name: _series(site) for name, site in {"API": ground.api, **flows}.items()}
    silent = [name for name, series in told.items() if not series]
    if silent:
        do = "start it; FLOW_PORT, PAPER_PORT, GUARD_PORT say where it is asked"
        return failed(f"no metrics of the {', the '.join(silent)}", do)
    return passed(", ".join(f"{name} {series} series" for name, series in told.items()))


def _series(site: Site) -> int:
    try:
        text = site.get("/metrics").body.decode()
    except SiteDownError:
        return 0
    return sum(line.startswith(("levibot_", "spark_")) for line in text.splitlines())
