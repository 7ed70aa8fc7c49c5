# Everything a newcomer or a developer types. The logic is in tools/ (standard library only), so that
# a bare machine needs no more than Python 3.11+, git and make.
PYTHON ?= python3
.DEFAULT_GOAL := help

.PHONY: help run test check format ui lock chaos bench clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 14

run: ## start the demo site on http://127.0.0.1:8080 (HUB_PORT, HUB_DATA, HUB_DEMO_PASSWORD)
	@$(PYTHON) -m tools.bootstrap run

test: ## everything: lint, types, layers, unit, integration, browser, crash, on SQLite and PostgreSQL
	@$(PYTHON) -m tools.bootstrap test

check: ## the quick part, under a minute: lint, types, layers, fast tests
	@$(PYTHON) -m tools.bootstrap check

format: ## let ruff put the code in shape
	@$(PYTHON) -m tools.bootstrap format

ui: ## build the web pages of the hub and of its plugins
	@$(PYTHON) -m tools.bootstrap ui

lock: ## resolve the dependencies anew (requirements/*.txt)
	@$(PYTHON) -m tools.bootstrap lock

chaos: ## the long crash run; ARGS="--seed 7 --kills 200"
	@$(PYTHON) -m tools.bootstrap chaos $(ARGS)

bench: ## measure speed and memory against their floors; ARGS="accept fanout"
	@$(PYTHON) -m tools.bootstrap bench $(ARGS)

clean: ## remove what was built (.venv and var stay)
	@$(PYTHON) -m tools.bootstrap clean
