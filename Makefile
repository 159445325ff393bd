RUN := uv run

.DEFAULT_GOAL := help
.PHONY: help check static fix test openapi states migration adr lock bench bench-imports bench-prices

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: static test  ## What CI runs; alembic check and openapi drift are among the tests

static:  ## Format, lint, layers, types: the checks without a database
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) lint-imports --no-logo
	$(RUN) pyrefly check

fix: openapi states  ## Mend what can be mended: lint, format, openapi.json, docs/states.md
	$(RUN) ruff check --fix
	$(RUN) ruff format

test:  ## Run the tests, or some: make test T=tests/vendors
	$(RUN) pytest $(T)

openapi:  ## Rewrite openapi/openapi.json from the code
	$(RUN) makegood openapi --write openapi/openapi.json

states:  ## Draw docs/states.md from the tables of states
	$(RUN) python -m tools.states

migration:  ## Draft a migration from the models: make migration m="add claims"; needs a database
	$(RUN) alembic revision --autogenerate -m "$(m)" --rev-id "$(subst $() ,_,$(m))"
	$(RUN) ruff format alembic

adr:  ## Begin a decision record: make adr t="keep every byte"
	@$(RUN) python tools/adr.py "$(t)"

lock:  ## Pin the whole tree in pyproject.toml; UP=1 for the newest versions
	$(RUN) --no-sync python tools/lock.py $(if $(UP),--upgrade)

bench:  ## Measure how many webhooks a second are kept
	$(RUN) python -m bench.ingest $(ARGS)

bench-imports:  ## Measure how fast order lines are imported, beside a plain COPY
	$(RUN) python -m bench.imports $(ARGS)

bench-prices:  ## Measure how fast polls of prices are taken in, beside a plain COPY
	$(RUN) python -m bench.prices $(ARGS)
