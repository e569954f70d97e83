# Tocsin's commands. `make help` lists them; each one sets up what it needs by itself.
# Needs only Python 3.11+ (with venv) and a package index.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
CODE = bot.py monitor db tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help demo run test check format docs bench polite torture witnesses gallery reliability image lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# Two stamps, so that `make demo` and `make run` never wait for the tools of developers.
$(VENV)/.run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tocsin needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up in $(VENV) (once) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Setting up the tools for tests (once) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.run ## see it work in 20 seconds, without internet or Telegram
	@$(BIN)/python bot.py demo

run: $(VENV)/.run ## the real thing; without a token the terminal is the chat
	@$(BIN)/python bot.py run

test: $(VENV)/.dev ## all tests; the core and the store fully covered
	@$(BIN)/python -m coverage run -m pytest
	@$(BIN)/python -m coverage report --fail-under=100 --include='monitor/core/*,db/*'

check: $(VENV)/.dev ## lint, format, types, import contracts, the shipped rules
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python bot.py check

format: $(VENV)/.dev ## let ruff lay out the code
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

docs: $(VENV)/.dev ## rewrite what the documents take from the code: tables, picture, schema
	@$(BIN)/python -m tests.readme
	@$(BIN)/python -m tests.tongues
	@$(BIN)/python -m tests.picture

bench: $(VENV)/.dev ## measure, and print the figures
	@$(BIN)/python -m benchmarks

polite: $(VENV)/.dev ## score our politeness to publishers: 100 points, some minutes
	@$(BIN)/python -m tests.publisher

torture: $(VENV)/.dev ## kill the bot 500 times, answer thousands of sends badly; half an hour or more
	@$(BIN)/python -m benchmarks torture pacing poll_to_send storage --errors 20

witnesses: $(VENV)/.dev ## a newcomer's story against two foreign emulators of the Bot API (needs npm)
	npm install --silent --no-save --prefix .cache/witness telegram-test-api@4.2.1
	TELEGRAM_TEST_API=$(CURDIR)/.cache/witness/node_modules $(BIN)/python -m pytest tests/flow/test_flow_witness.py tests/flow/test_flow_plain_witness.py

gallery: $(VENV)/.dev ## every message of the bot as pictures, in three languages: look at them in gallery/
	@$(BIN)/python -m tests.gallery

reliability: $(VENV)/.dev ## run the proofs of delivery and write their figures into docs/reliability.md
	@$(BIN)/python -m benchmarks.reliability

image: ## build the container image (BASE=... for another base)
	docker build $(if $(BASE),--build-arg BASE=$(BASE)) -t tocsin .

lock: $(VENV)/.run ## pin all dependencies anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/dev.in -o requirements/dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements/dev.txt requirements/run.in -o requirements/run.txt

clean: ## remove what was set up (never the database)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
