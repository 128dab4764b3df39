# What a newcomer types: `make run`, `make test`. See README.md.

PYTHON ?= python3
VENV := .venv
SAM := .venv-sam
BENCH := .venv-bench
BIN := $(VENV)/bin
WORKERS ?= 2
export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check artifacts format openapi bench source build lock clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 18

run: $(VENV)/installed ## Start everything and crawl the sample world (SAMPLE=0: start empty; DATA=folder)
	@$(BIN)/socialindex up $(if $(filter 0,$(SAMPLE)),--no-sample) $(if $(DATA),--data "$(DATA)")

test: artifacts $(SAM)/installed ## All tests, against real servers, WORKERS=2 side by side (ARGS="-k feed": a part, one by one)
	$(BIN)/python -m pytest $(or $(ARGS),--numprocesses $(WORKERS))

check: $(VENV)/installed $(SAM)/installed ## Lint, format, types, the API document and the template
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m infra.openapi --check
	AWS_DEFAULT_REGION=ap-northeast-2 $(SAM)/bin/sam validate --lint --template template.yaml

artifacts: $(VENV)/installed ## Fetch and build the local servers, which `make run` and `make test` do too
	@$(BIN)/python -m infra.local.artifacts

format: $(VENV)/installed ## Format the code and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(VENV)/installed ## Write the API's document and its page again
	@$(BIN)/python -m infra.openapi

bench: $(VENV)/installed $(BENCH)/installed ## Measure (NAME=one, JSON=1 for a line per figure)
	@SCRAPY_PYTHON=$(CURDIR)/$(BENCH)/bin/python $(BIN)/python -m infra.bench $(if $(NAME),--name "$(NAME)") $(if $(filter 1,$(JSON)),--json)

source: $(VENV)/installed ## Begin a source: NAME=peertube TITLE="PeerTube servers"
	@$(BIN)/python -m infra.scaffold $(NAME) $(if $(TITLE),--title "$(TITLE)")

build: $(SAM)/installed ## Build the artifacts that SAM deploys
	$(SAM)/bin/sam build --template template.yaml

lock: $(VENV)/installed ## Lock the requirements again, with hashes
	$(BIN)/python -m infra.lock

clean: ## Remove what was built and measured; data of `make run` stays in .local
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .aws-sam build
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

$(VENV)/installed: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=...")'
	@echo "Installing the locked packages into $(VENV) (about a minute, once) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is needed (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/dev.txt \
	  || { echo "The packages could not be installed: is the package index reachable? Run the same command again."; exit 1; }
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(SAM)/installed: requirements/sam.txt
	@echo "Installing SAM into $(SAM) (once) ..."
	@$(PYTHON) -m venv $(SAM)
	@$(SAM)/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/sam.txt \
	  || { echo "SAM could not be installed: is the package index reachable? Run the same command again."; exit 1; }
	@touch $@

$(BENCH)/installed: requirements/bench.txt
	@echo "Installing what the benchmarks compare with into $(BENCH) (once) ..."
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/bench.txt \
	  || { echo "Scrapy could not be installed: is the package index reachable? Run the same command again."; exit 1; }
	@touch $@
