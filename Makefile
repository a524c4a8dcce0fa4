# The commands of Hamroh. `make help` lists them; python3 (3.11 or newer) and make are enough.

PYTHON ?= python3
PORT ?= 8123
VENV ?= .venv
ARGS ?=

RUN := $(VENV)/bin/python
# One stamp per Python: `make PYTHON=python3.13 …` rebuilds the environment instead of mixing two.
TAG := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
RUNTIME := $(VENV)/installed-$(TAG)
DEVELOPMENT := $(VENV)/installed-for-development-$(TAG)
PIP_INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes
PACKAGES := config referrals services accounts audit vault

.PHONY: help install install-dev demo test journeys proofs check bench trace screenshots accessibility fix messages catalogues lock clean distclean
.DEFAULT_GOAL := help

help:  ## list these commands
	@grep -E '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## (.*)$$/  make \1\t\2/' | expand -t 22

install: $(RUNTIME)  ## make .venv with exactly what requirements.lock names

install-dev: $(DEVELOPMENT)  ## the same, with the tools that test and check

$(RUNTIME): requirements.lock
	@[ -n "$(TAG)" ] || { echo "Python 3 is missing. Install it with:  apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Hamroh needs Python 3.11 or newer, this is $(TAG). Name another:  make PYTHON=/path/to/python3.13"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing. Install it with:  apt install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) (Python $(TAG)) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(DEVELOPMENT): $(RUNTIME) requirements-dev.lock
	@echo "Installing the tools for testing and checking ..."
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

catalogues: $(RUNTIME)
	@$(RUN) -m tools.catalogues compile

demo: $(RUNTIME) catalogues  ## run Hamroh with invented data on this machine (PORT=8123)
	@HAMROH_MODE=local $(RUN) -m tools.demo --port $(PORT)

test: $(DEVELOPMENT)  ## run every test: on SQLite, on PostgreSQL, in Chromium (ARGS="tests/vault -x" for some)
	@$(RUN) -m tools.run_tests $(ARGS)

journeys: $(DEVELOPMENT)  ## each role's way through the site: four languages, phone and desktop, with and without JavaScript
	@HAMROH_JOURNEYS=every $(RUN) -m pytest -m journey --timeout=1200 $(or $(ARGS),tests/browser)

proofs: $(DEVELOPMENT)  ## races, kills and a lost clock, 200 rounds of each on PostgreSQL (HAMROH_PROOF_ROUNDS=20 for fewer)
	@$(RUN) -m tools.run_proofs $(ARGS)

check: $(DEVELOPMENT)  ## formatting, lint, types, rooms, templates, migrations, settings, translations
	@$(RUN) -m tools.check

bench: $(DEVELOPMENT)  ## measure against plain rows and the usual stack (SCALE=small for a quick run)
	@$(RUN) -m bench --scale $(or $(SCALE),full) $(ARGS)

trace: $(DEVELOPMENT)  ## how soon the three homes show something on a slow telephone and slow 3G
	@$(RUN) -m bench.homes

screenshots: $(DEVELOPMENT)  ## pictures of every page in every language into var/screenshots/ (ARGS="--language ru --size phone")
	@$(RUN) -m tools.screenshots $(ARGS)

accessibility: $(DEVELOPMENT)  ## every page by axe, keyboard and zoom, in every language and colour (ARGS="--language ru")
	@$(RUN) -m tools.accessibility $(ARGS)

fix: $(DEVELOPMENT)  ## put formatting right, and what lint can put right itself
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

messages: $(DEVELOPMENT)  ## collect the texts to translate, and write Uzbek Cyrillic from Uzbek Latin
	@$(RUN) -m tools.catalogues messages

lock: $(DEVELOPMENT)  ## write the lock files from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(RUN) -m tools.lock $(if $(UPGRADE),--upgrade)

clean:  ## forget the demo: its database, secrets and people in var/
	rm -rf var
	@echo "The demo's database, secrets and people are gone. 'make demo' starts afresh."

distclean: clean  ## the same, and forget the environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
