# Everything a person types. `make demo` and `make test` work on a fresh machine with Python 3.11, git and make.
PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: demo test check full serve lock format docs clean

# The lock is complete, so --no-deps: older pips resolve extras past their pins.
$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/mingzhang demo

test: $(STAMP)
	$(BIN)/python -m tests.browser.install_chromium
	$(BIN)/python -m tests.install_postgresql
	$(BIN)/python -m pytest --durations=15

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/yamllint --strict .
	$(BIN)/mypy
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

lock:
	uv pip compile --generate-hashes --no-emit-index-url requirements.in -o requirements.txt

clean:
	rm -rf .venv data .mypy_cache .ruff_cache .pytest_cache
