# Two commands do everything: `make demo` shows the product, `make test` checks it.
# Both need python3 and make, and the package registries the first time; everything lands in this folder.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

export UV_PYTHON_DOWNLOADS ?= never
export UV_SYSTEM_CERTS ?= 1
UV := .uv/bin/uv
RUN := $(UV) run --frozen --no-sync
SLACK := .tools/node_modules/local-slack-linux-x64/bin/local-slack
CORPUS := ../shared/corpus

.PHONY: help demo test lint types unit score bench-parse bench-deliver bench-scale chaos bench-command bench-poll stateful fuzz clean commands pictures audit

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: .venv/ready .tools/ready ## the whole product on this machine, with no account
	@$(RUN) inspection-watch demo --slack $(SLACK)

test: lint types unit score audit ## everything that is checked

lint: .venv/ready
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: .venv/ready
	$(RUN) mypy

unit: .venv/ready .tools/ready
	$(RUN) pytest -n 2 --dist worksteal

score: .venv/ready .tools/ready ## how well the parser reads the corpus, if it is here
	@if [ ! -d $(CORPUS) ]; then \
	echo "NOT CHECKED: the corpus is not here ($(CORPUS)), so the parser's score was not taken."; exit 0; fi; \
	set -e; for part in reports:truth.jsonl text:text/truth.jsonl letters:letters/truth.jsonl; do \
	documents=$(CORPUS)/$${part%%:*}; \
	$(RUN) inspection-watch parse --format jsonl $$(ls -d $$documents/* | grep -v jsonl) > .tools/parsed.jsonl; \
	python3 $(CORPUS)/score.py .tools/parsed.jsonl --truth $(CORPUS)/$${part##*:} --min-core 100; done

$(UV):
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check 'uv==0.13.8'

# The stand-in for Slack, and Slack's types of what we send it, come from the npm registry, with the npm that the
# environment brings. The types are made into a JSON Schema here, so that none of it is copied into the repository.
SCHEMA := ts-json-schema-generator/bin/ts-json-schema-generator.js --path .tools/slack-payloads.ts --type '*' --no-type-check

.tools/ready: tests/package.json tests/package-lock.json tests/.npmrc tests/slack-payloads.ts | .venv/ready
	@mkdir -p .tools
	@cp tests/package.json tests/package-lock.json tests/.npmrc tests/slack-payloads.ts .tools/
	@if [ "$$(uname -sm)" = "Linux x86_64" ]; \
	then NODE_USE_SYSTEM_CA=1 PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm ci --prefix .tools --silent --no-audit --no-fund \
	&& .venv/bin/node .tools/node_modules/$(SCHEMA) --out .tools/slack-payloads.json; \
	else echo "There is no local-slack for this platform: the demo shows its messages in the terminal."; fi
	@touch $@

.venv/ready: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --quiet
	@touch $@

bench-parse: .venv/ready ## what reading costs, beside bare text extraction
	@$(RUN) python -m bench.parse

bench-deliver: .venv/ready ## what it takes to drain 10,000 deliveries, beside a bare loop
	@$(RUN) python -m bench.deliver 2> /dev/null

bench-scale: .venv/ready ## how times and memory grow with subscriptions and documents
	@$(RUN) python -m bench.scale

bench-command: .venv/ready ## how long an answer takes, beside a bare command that answers ok
	@$(RUN) python -m bench.command

bench-poll: .venv/ready ## what a poll costs us and the site, beside the walk that scrapers do
	@$(RUN) python -m bench.poll

STATEFUL_STEPS ?= 10000
stateful: .venv/ready ## play months in the life of the site at random, on both databases
	STEPS=$(STATEFUL_STEPS) $(RUN) pytest -q -s tests/watchers/test_stateful.py

MINUTES ?= 10
SEED ?= 1
DATABASE ?= postgresql
EACH ?= 1
chaos: .venv/ready .tools/ready ## kill the service at random for MINUTES on DATABASE (sqlite or postgresql)
	@$(RUN) python -m tests.chaos --minutes $(MINUTES) --seed $(SEED) --database $(DATABASE) --each $(EACH) \
	$(if $(RECORD),--record docs/reliability.md)

fuzz: .venv/ready ## damage documents for MINUTES and read what is left
	@$(RUN) python -m tests.judgements.fuzz --minutes $(MINUTES) --seed $(SEED)

commands: .venv/ready ## write docs/commands.md and its tables anew
	@$(RUN) python -m docs.commands

pictures: .venv/ready .tools/ready ## take the pictures of docs anew; needs a Chromium
	$(UV) run --frozen --group pictures python -m docs.pictures

audit: .venv/ready ## whether the libraries have known holes, if anybody can be asked
	@mkdir -p .tools && rm -f .tools/audit.json
	@$(UV) export --frozen --no-dev --no-emit-project --quiet > .tools/requirements.txt
	@$(UV) tool run --quiet 'pip-audit==2.10.1' --requirement .tools/requirements.txt --no-deps --disable-pip \
	--timeout 15 --progress-spinner off --format json --output .tools/audit.json > .tools/audit.log 2>&1 || true
	@$(RUN) python -m deploy.audit .tools/audit.json

clean: ## take away all that was set up here
	rm -rf .venv .uv .tools .mypy_cache .ruff_cache .pytest_cache
