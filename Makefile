# The commands of this project; `make help` lists them.
PORT ?= 8000
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PORT

PY = .venv/bin/python

.PHONY: help run dev test soak check format bench reset build deploy
.DEFAULT_GOAL := help

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

run: ## the whole product on http://localhost:$(PORT), Ctrl-C stops it and keeps the data
	@$(PYTHON) tools/setup.py run
	@exec $(PY) -m tools.local run

dev: ## the same, and each change of a source file is live within seconds
	@$(PYTHON) tools/setup.py run
	@exec $(PY) -m tools.local run --watch

reset: ## forget the local data
	@$(PYTHON) tools/setup.py run
	@$(PY) -m tools.local reset

build: ## the SPA into spa/dist
	@$(PYTHON) tools/setup.py run
	@cd spa && npm run build

test: ## every test: SPA units, then Python and browser
	@$(PYTHON) tools/setup.py test
	@cd spa && npm test
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile

soak: ## the tests that try many cases, at full length: a quarter of an hour
	@$(PYTHON) tools/setup.py test
	@ADMIN_SEEDS="11 12 13 14 15" ADMIN_ACTS=2000 LEDGER_EXAMPLES=500 $(PY) -m pytest -q --timeout 1800 \
		tests/faults/test_many_admins.py tests/faults/test_ledger_model.py
	@CHAIN_STEP=1 XSS_STEP=1 $(PY) -m pytest -q --timeout 1800 tests/unit/test_chain.py tests/api/test_xss.py

check: ## formatting, lint and types, for Python and the SPA
	@$(PYTHON) tools/setup.py check
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@cd spa && npm run check

format: ## put Python and the SPA into form
	@$(PYTHON) tools/setup.py check
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@cd spa && npm run format

bench: ## the benchmarks, one table
	@$(PYTHON) tools/setup.py test
	@$(PY) -m tests.benchmarks

deploy: ## to AWS: make deploy STAGE=prod
	@test -n "$(STAGE)" || { echo "say which stage: make deploy STAGE=prod" >&2; exit 2; }
	@$(PYTHON) tools/setup.py run
	@exec $(PY) -m tools.deploy --stage $(STAGE)
