# The commands of this project; `make help` lists them.
PORT ?= 8000
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PORT
# Everything stays in this folder, whether or not HOME can be written.
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export npm_config_cache := $(CURDIR)/.cache/npm
# What a shell may have set for other projects.
unexport CDPATH NODE_ENV PYTHONHOME PYTHONPATH

PY = .venv/bin/python

.PHONY: help run dev test soak check check-types check-imports check-templates check-spa format contract lock audit bench reset build deploy
.DEFAULT_GOAL := help

help: ## list the commands
	@sed -n 's/$$(PORT)/$(PORT)/; s/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

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
	@exec $(PY) -m tools.local build

test: ## every test: the SPA's units, then Python's and those in a browser
	@$(PYTHON) tools/setup.py test
	@cd spa && npm test
	@$(PY) -m pytest -n 3

soak: ## the random tests at full length, from new seeds: an hour or so
	@$(PYTHON) tools/setup.py test
	@ADMIN_SEEDS="11 12 13 14 15" ADMIN_ACTS=2000 CHAIN_STEP=1 XSS_STEP=1 FAULT_SEED=random FAULT_PAIRS=5000 \
		MODEL_SEED=random MODEL_EXAMPLES=3000 MONEY_EXAMPLES=10000 MODEL_STEPS=50 FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} FUZZ_EXAMPLES=1000 \
		$(PY) -m pytest -q -n auto --maxprocesses 4 --timeout 7200 tests/faults/test_many_admins.py \
		tests/faults/test_every_fault.py tests/faults/test_model.py tests/faults/test_model_again.py \
		tests/faults/test_money_model.py \
		tests/unit/test_evidence.py tests/api/test_xss.py tests/api/test_fuzz.py tests/unit/fuzz tests/tools/test_fuzz.py

check: ## formatting, lint, types, the direction of imports and the templates, for Python and the SPA
	@$(PYTHON) tools/setup.py check
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(MAKE) --no-print-directory --jobs 2 check-types check-imports check-templates check-spa

check-types:
	@$(PY) -m mypy

check-imports:
	@.venv/bin/lint-imports --no-cache

check-templates:
	@$(PY) -m tools.templates lint

check-spa:
	@cd spa && npm run check

format: ## put Python and the SPA into form
	@$(PYTHON) tools/setup.py check
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@cd spa && npm run format

contract: ## the SPA's types and limits, after a table of the server was changed
	@$(PYTHON) tools/setup.py run
	@$(PY) -m tools.contract

lock: ## the hashes of the pinned Python packages, after a pin was changed
	@$(PYTHON) tools/setup.py run
	@$(PY) -m tools.dependencies lock

audit: ## known holes in the pinned packages, Python's and npm's, and in the templates
	@$(PYTHON) tools/setup.py run
	@$(PY) -m tools.dependencies audit
	@$(PY) -m tools.templates audit

bench: ## the benchmarks, one table
	@$(PYTHON) tools/setup.py test
	@$(PY) -m tests.benchmarks

deploy: ## to AWS: make deploy STAGE=prod
	@test -n "$(STAGE)" || { echo "say which stage: make deploy STAGE=prod" >&2; exit 2; }
	@$(PYTHON) tools/setup.py run
	@exec $(PY) -m tools.deploy --stage $(STAGE)
