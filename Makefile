# Every chore of this project. `make` alone lists them.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

BIN := .venv/bin
PACKAGES := .venv/.packages
FRONT_END := .venv/.front-end

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

# $(call step,what is done,the command,what to do when it fails)
step = @echo "── $(1)"; $(2) || { echo "✗ $(1) failed. $(3)" >&2; exit 1; }

.PHONY: help
help: ## list these chores
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 \2/p' Makefile | awk '{ printf "  make %-10s", $$2; $$1 = $$2 = ""; print }'

# ---------------------------------------------------------------- set up

.PHONY: setup
setup: $(PACKAGES) $(FRONT_END) ## install everything into .venv, and the front-end files

$(PACKAGES): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "igbot needs Python 3.11 or newer. Install it, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(call step,Python packages,$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock,Is PyPI within reach? If a package has no build for this machine: see requirements.lock.)
	$(call step,igbot itself,$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .,Read the lines above.)
	@touch $@

$(FRONT_END): igbot/web/package-lock.json igbot/web/vendor.py $(PACKAGES)
	@command -v npm >/dev/null || { echo "Node.js with npm is missing. On Debian: apt-get install nodejs npm" >&2; exit 1; }
	$(call step,front-end files,(cd igbot/web && npm ci --silent) && $(BIN)/python -m igbot.web.vendor,Is the npm registry within reach?)
	@touch $@

# ---------------------------------------------------------------- try, test, check

.PHONY: demo
demo: setup ## set up, then try igbot in the browser (ARGS="--no-browser --port 8001")
	@$(BIN)/igbot demo $(ARGS)

.PHONY: test
test: setup ## set up, then run the whole test suite (ARGS="tests/store -k inbox")
	@$(BIN)/coverage run -m pytest $(ARGS)

.PHONY: check
check: setup ## what CI runs: format, lint, types, imports, flows, tests
	$(call step,format,$(BIN)/ruff format --check --quiet .,Run: make format)
	$(call step,lint,$(BIN)/ruff check --quiet .,Run: make format; what is left needs a hand.)
	$(call step,types,$(BIN)/mypy --no-error-summary,Each line above names a file and what does not fit.)
	$(call step,imports,$(BIN)/lint-imports --no-logo,The layers are drawn in igbot/README.md.)
	$(call step,flows words and packs,$(BIN)/igbot flows,Each line above names a file and the remedy.)
	$(call step,tests and house rules,$(BIN)/coverage run -m pytest $(ARGS),Run one alone with: .venv/bin/pytest path::name)
	$(call step,coverage,$(BIN)/coverage report --format=total,Too little of the code ran: write the tests the list above misses.)

.PHONY: drill
drill: setup ## kill a running shop twenty times while its customers write (about two minutes)
	@$(BIN)/pytest -m drill tests/crash $(ARGS)

.PHONY: format
format: setup ## put the code into its form
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

.PHONY: bench
bench: setup ## measure; prints a table and writes bench.json
	@$(BIN)/python -m tests.bench

# ---------------------------------------------------------------- keep in step

.PHONY: lock
lock: ## choose newer packages within the bounds of pyproject.toml (needs uv: pip install uv)
	@command -v uv >/dev/null || { echo "uv is missing: pip install uv" >&2; exit 1; }
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --group dev --upgrade \
		--quiet pyproject.toml -o requirements.lock
	cd igbot/web && npm update --package-lock-only --silent

.PHONY: migration
migration: setup ## write what tables.py has and the migrations lack (NUMBER=0002 NAME="what changes")
	@test -n "$(NUMBER)" -a -n "$(NAME)" || { echo 'Say which: make migration NUMBER=0002 NAME="what changes"' >&2; exit 2; }
	@mkdir -p build && rm -f build/migration.db
	@export IGBOT_DATABASE_URL=sqlite:///build/migration.db && $(BIN)/igbot db upgrade \
		&& $(BIN)/alembic --quiet revision --autogenerate --rev-id "$(NUMBER)" --message "$(NAME)"

.PHONY: wheel
wheel: setup ## build a wheel with everything in it, into dist/
	$(call step,wheel,$(BIN)/hatchling build -t wheel,Read the lines above.)

.PHONY: clean
clean: ## remove what running the checks leaves behind; keeps .venv and the shop's data
	rm -rf build dist htmlcov bench.json .coverage .coverage.* .hypothesis .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache tests/screenshots
	find igbot flows tests -name __pycache__ -type d -prune -exec rm -rf {} +
