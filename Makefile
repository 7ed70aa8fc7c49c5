# Everything a newcomer or a developer types. The logic is in tools/ (standard library only), so that
# a bare machine needs no more than Python 3.11+, git and make.
PYTHON ?= python3
DO = @command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not here: install Python 3.11 or newer."; exit 1; }; \
	exec $(PYTHON) -m tools.bootstrap
.DEFAULT_GOAL := help

.PHONY: help run test check format ui lock chaos bench clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 14

run: ## start the demo site on http://127.0.0.1:8080 (HUB_PORT, HUB_DATA, HUB_DEMO_PASSWORD)
	$(DO) run

test: ## everything: lint, types, layers, unit, integration, browser, crash, on SQLite and PostgreSQL
	$(DO) test

check: ## the quick part, under a minute: lint, types, layers, fast tests
	$(DO) check

format: ## let ruff put the code in shape
	$(DO) format

ui: ## build the web pages of the hub and of its plugins
	$(DO) ui

lock: ## pin what the dependencies need; ARGS=--upgrade moves to the newest releases
	$(DO) lock $(ARGS)

chaos: ## the long crash run; ARGS="--seed 7 --minutes 30"
	$(DO) chaos $(ARGS)

bench: ## measure speed and memory against their floors; ARGS="accept fanout"
	$(DO) bench $(ARGS)

clean: ## remove what was built (.venv and var stay)
	$(DO) clean
