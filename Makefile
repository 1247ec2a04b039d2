# Everything runs in .venv, which the first target that needs it makes. `make help` lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

UV ?= uv
COMPOSE ?= docker compose
WORKERS ?= 2
EDGE ?= 1
REPORTS ?= reports/backtests
CAPTURES = $(or $(LEVIBOT_REAL_DATA),../shared/data)
BIN := .venv/bin
READY := .venv/.ready
TIERS := slow or kafka or crash or marathon or bench or statistics
# The files whose text names a tier: to collect all others would cost each worker half a minute.
naming = $$(grep -rlE '$(1)' tests --include='test_*.py')

# The first of these that runs (a pyenv shim may exist and fail), has the right version, and can make a venv.
CANDIDATES := $(PYTHON) python3.12 python3.11 python3 python
SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))

$(READY): pyproject.toml requirements.lock
	@if ! $(BIN)/python -c '$(SUITABLE)' 2>/dev/null; then \
		for python in $(CANDIDATES) none; do \
			if "$$python" -c '$(SUITABLE)' 2>/dev/null; then break; fi; \
		done; \
		if [ "$$python" = none ]; then \
			echo "No Python 3.11 or 3.12 found (tried: $(strip $(CANDIDATES)))." >&2; \
			echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make setup PYTHON=/path/to/python3.12" >&2; \
			exit 1; \
		fi; \
		"$$python" -m venv --clear .venv; \
	fi
	$(BIN)/python -m pip install --quiet --no-deps --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

.PHONY: help setup test slow bench-test statistics marathon crash lint audit demo bench readers fuzz-api reports docs kafka lock clean
.PHONY: health-check prod-ready postfix-check seed-data ca-setup train-prod backend-restart model-test snapshot-flags

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## make .venv with the locked dependencies (PYTHON=... names the interpreter)

test: $(READY)  ## run all tests but those of the targets below; COVERAGE=1 measures (by file: .venv/bin/coverage report)
	$(BIN)/python -m pytest -m "not ($(TIERS))" -n $(WORKERS) --dist loadgroup $(if $(COVERAGE),--cov --cov-report=) --durations=10

slow: $(READY)  ## run what takes longer: real Kafka, whole processes, recorded captures, every block of the documents
	$(BIN)/python -m pytest -m "(slow or kafka) and not (crash or marathon or bench or statistics)" -n $(WORKERS) --dist loadgroup \
		--no-loadscope-reorder --durations=10 \
		$(call naming,mark\.slow|kafka)

bench-test: $(READY)  ## run every benchmark in its quick form: that it runs, not how fast it is
	$(BIN)/python -m pytest -m bench -n $(WORKERS) --dist loadgroup --durations=10 $(call naming,mark\.bench)

statistics: $(READY)  ## simulate days by the hundred: how often the monitors are wrong (a quarter of an hour of one core)
	$(BIN)/python -m pytest -m statistics -n $(WORKERS) $(call naming,mark\.statistics)

marathon: $(READY)  ## promote a good challenger, extend one with too little data (`make crash` rolls a bold one back)
	$(BIN)/python -m pytest -m marathon -n $(WORKERS) --dist loadgroup $(call naming,mark\.marathon)

crash: $(READY)  ## kill the flow on real and embedded brokers, account for every record, take safeguards away
	$(BIN)/python -m pytest -m crash -n $(WORKERS) --dist loadgroup --no-loadscope-reorder $(call naming,mark\.crash)

lint: $(READY)  ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: $(READY)  ## look for known holes in what requirements.lock pins (0 none known, 1 some)
	$(BIN)/python .ci/audit.py

demo: $(READY)  ## run the whole product on embedded services (SECONDS=60 to end by itself)
	$(BIN)/levibot demo $(if $(SECONDS),--seconds $(SECONDS))

bench: $(READY)  ## print every speed budget as a ratio measured side by side
	$(BIN)/python -m benchmarks

readers: $(READY)  ## let 50 readers ask the API for SECONDS=60; fails where any answer does, prints how long they wait
	$(BIN)/python -m benchmarks.readers --seconds $(or $(SECONDS),60)

fuzz-api: $(READY)  ## let schemathesis ask the API for FUZZ_SECONDS=300 whatever it can think of
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),300) $(BIN)/python -m pytest -q -n0 tests/api/test_api_fuzz.py

health-check: $(READY)  ## feel the pulse of what runs: API, Redis, every shard (0 well, 1 not, 2 cannot tell)
	$(BIN)/levibot check quick

prod-ready: $(READY)  ## check everything before going live (PROFILE=golive; DRILL=1 tries the kill switch)
	$(BIN)/levibot check full --profile $(or $(PROFILE),golive) $(if $(DRILL),--drill)

postfix-check: $(READY)  ## check after a fix or a rollback: the pulse, then what clients are served (PROFILE=spark)
	$(BIN)/levibot check quick
	$(BIN)/levibot check full --profile $(or $(PROFILE),spark)

seed-data: $(READY)  ## put exactly 10,000 seeded ticks of three symbols into the tick topic
	$(BIN)/levibot feed simulate --ticks 10000 --seed 0 --symbols BTCUSDT,ETHUSDT,SOLUSDT --speed max \
		$(if $(START),--start $(START))

ca-setup: $(READY)  ## create all topics, those of the one- and five-second bars among them
	$(BIN)/levibot topics create

backend-restart:  ## restart the services of docker compose after a change of code (models and flags need none)
	$(COMPOSE) restart flow paper guard api

model-test: $(READY)  ## ask for a prediction: 0 the selected model answers, 1 the fallback does
	$(BIN)/levibot check model

snapshot-flags: $(READY)  ## keep the desk in force (flags, rollout, model) as files of today in reports/
	$(BIN)/levibot export flags

train-prod: $(READY)  ## train on 12 simulated hours, promote, tell a running demo (FULL=1: 200 trials; EDGE=1)
	$(BIN)/levibot train --simulated --edge $(EDGE) --hours 12 --preset $(if $(FULL),full,quick) --name lgbm-prod
	$(BIN)/levibot models promote lgbm-prod --note "make train-prod" --wait

reports: $(READY)  ## backtest the recorded captures in LEVIBOT_REAL_DATA, a page for each symbol and day (REPORTS=folder)
	$(BIN)/levibot backtest --out $(REPORTS) \
		--ticks $(CAPTURES)/full_day/btcusdt_20220115_00-12h.parquet \
		--ticks $(CAPTURES)/binance_agg_trades/xrpeth_20191011_13.json.gz
	$(BIN)/levibot backtest --out $(REPORTS) \
		$(foreach day,08 09,$(foreach pair,btcusdt ethusdt,\
			--ticks $(CAPTURES)/binance_ws/spot_$(pair)_202408$(day).gz))

docs: $(READY)  ## write the generated parts of README and docs anew
	$(BIN)/python -m docs.render

kafka: $(READY)  ## run a real Apache Kafka on 127.0.0.1:9092 (needs Java 17 and Maven)
	$(BIN)/python -m connectors.embedded.kafka run --dir .levibot/kafka

lock:  ## renew requirements.lock for Python 3.11 and 3.12 (needs uv)
	$(UV) pip compile pyproject.toml --quiet --upgrade --all-extras --universal --python-version 3.11 \
		--no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock

clean:  ## remove caches, reports of coverage and build output
	rm -rf build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
