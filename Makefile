# What a newcomer types: `make run`, `make test`. See README.md.

PYTHON ?= python3
VENV := .venv
SAM := .venv-sam
BENCH := .venv-bench
AUDIT := .venv-audit
SHIPPED := $(wildcard shared/requirements.txt functions/*/requirements.txt)
ACTIONLINT := 1.7.12
BIN := $(VENV)/bin
WORKERS ?= 2
ARCHITECTURE ?= arm64
BUILD ?= .aws-sam/build
export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check audit artifacts format openapi dashboards pictures bench source build lock clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 18

run: $(VENV)/installed ## Start everything and crawl the sample world (SAMPLE=0: start empty; DATA=folder)
	@$(BIN)/socialindex up $(if $(filter 0,$(SAMPLE)),--no-sample) $(if $(DATA),--data "$(DATA)")

test: artifacts $(SAM)/installed ## All tests, against real servers, WORKERS=2 side by side (ARGS="-k feed": a part, one by one)
	$(BIN)/python -m pytest $(or $(ARGS),--numprocesses $(WORKERS))

check: $(VENV)/installed $(SAM)/installed ## Lint, format, types, templates; API document, dashboards and events as the code has them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m infra.openapi --check
	$(BIN)/python -m infra.dashboards --check
	$(BIN)/python -m infra.events --check
	AWS_DEFAULT_REGION=ap-northeast-2 $(SAM)/bin/sam validate --lint --template template.yaml
	$(SAM)/bin/cfn-lint --regions ap-northeast-2 -- infra/*.yaml

audit: $(VENV)/installed $(AUDIT)/installed $(AUDIT)/actionlint ## Policies, workflows, secrets, known flaws of packages; bills of materials
	$(AUDIT)/bin/checkov --config-file .checkov.yaml
	$(AUDIT)/actionlint
	$(AUDIT)/bin/zizmor --offline --config .github/zizmor.yml .github/workflows
	git ls-files -z | xargs -0 $(AUDIT)/bin/detect-secrets-hook --baseline .secrets.baseline
	@mkdir -p build/sbom
	@set -e; for lock in $(SHIPPED); do \
	  echo "Auditing $$lock ..."; \
	  $(AUDIT)/bin/pip-audit --disable-pip --require-hashes $(if $(CI),--strict) --progress-spinner off --requirement $$lock; \
	  $(AUDIT)/bin/cyclonedx-py requirements --output-reproducible --of JSON -o build/sbom/$$(basename $$(dirname $$lock)).json $$lock; \
	done

artifacts: $(VENV)/installed ## Fetch and build the local servers, which `make run` and `make test` do too
	@$(BIN)/python -m infra.local.artifacts

format: $(VENV)/installed ## Format the code and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(VENV)/installed ## Write the API's document and its page again
	@$(BIN)/python -m infra.openapi

dashboards: $(VENV)/installed ## Write the saved objects of OpenSearch Dashboards again
	@$(BIN)/python -m infra.dashboards

pictures: artifacts ## Draw every dashboard of the sample world with a browser (Debian: chromium fonts-nanum)
	PICTURES=build/pictures $(BIN)/python -m pytest -q tests/integration/test_dashboards.py -k "pictures"
	@$(BIN)/python -m infra.dashboards.pictures build/pictures

bench: $(VENV)/installed $(BENCH)/installed ## Measure (NAME=one, JSON=1 for a line per figure)
	@SCRAPY_PYTHON=$(CURDIR)/$(BENCH)/bin/python $(BIN)/python -m infra.bench $(if $(NAME),--name "$(NAME)") $(if $(filter 1,$(JSON)),--json)

source: $(VENV)/installed ## Begin a source: NAME=peertube TITLE="PeerTube servers"
	@$(BIN)/python -m infra.scaffold $(NAME) $(if $(TITLE),--title "$(TITLE)")

build: $(VENV)/installed $(SAM)/installed ## Build what SAM deploys, without containers (ARCHITECTURE=x86_64)
	@set -e; python="$$($(BIN)/python -m infra.lambda_runtime)"; PATH="$$python:$$PATH" $(SAM)/bin/sam build \
	  --template template.yaml --language-extensions --parameter-overrides Architecture=$(ARCHITECTURE) --build-dir $(BUILD)

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
	  || { echo "Scrapy and Locust could not be installed: is the package index reachable? Run the same command again."; exit 1; }
	@touch $@

$(AUDIT)/installed: requirements/audit.txt
	@echo "Installing what audits look with into $(AUDIT) (a minute, once) ..."
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/audit.txt \
	  || { echo "checkov could not be installed: is the package index reachable? Run the same command again."; exit 1; }
	@touch $@

$(AUDIT)/actionlint: $(VENV)/installed $(AUDIT)/installed
	@echo "Building actionlint $(ACTIONLINT), whose sources the go command checks (once) ..."
	@GOBIN=$(CURDIR)/$(AUDIT) $(BIN)/go install github.com/rhysd/actionlint/cmd/actionlint@v$(ACTIONLINT)
	@touch $@
