# Everything a person types. `make demo` and `make test` work on a fresh machine with Python 3.11, git and make.
PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: demo test lint check full serve bundle lock format docs clean

# The lock is complete, so --no-deps: older pips resolve extras past their pins.
$(STAMP): requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/mingzhang demo

test: $(STAMP)
	$(BIN)/python -m tests.browser.install_chromium
	$(BIN)/python -m tests.install_postgresql
	$(BIN)/python -m pytest --durations=15

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar .
	$(BIN)/mypy

check: lint
	$(BIN)/python -m pytest -q -m "not slow and not browser"

full: $(STAMP)
	$(BIN)/python -m pytest --full

serve: $(STAMP)
	$(BIN)/mingzhang serve

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What is listed is generated: commands, rules, data dictionary, steps.
docs: $(STAMP)
	$(BIN)/python -m mingzhang.cli.reference docs

# For machines that reach no registry: one archive with every wheel, and an installer.
bundle: $(STAMP)
	deploy/make_bundle

# What runs, and what develops: the second holds the first at the same versions.
LOCK := uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml
lock:
	$(LOCK) --extra postgres -o requirements.txt
	$(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv data dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
