# Everything sets itself up: a machine with Python 3.11+ and make is enough.
PYTHON ?= python3
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE CONCORD_ROOT CONCORD_STAGE MPLBACKEND
.DEFAULT_GOAL := help
.PHONY: help setup reproduce test lint notebooks lab docs bench soak lock

# show this list
help:
	@awk '/^# /{text=substr($$0,3)} /^[a-z]+:/{sub(":.*","");printf "  make %-11s %s\n",$$0,text}' Makefile

# make .venv from requirements.lock (every other target does it)
setup:
	@$(PYTHON) .ci/setup.py

# run what is stale in every study whose data is here, and say where the reports are
reproduce: setup
	@$(BIN)/concord reproduce

# unit, property and notebook tests
test: setup
	@$(BIN)/python .ci/test.py

# ruff, formatting, types
lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# execute the five committed notebooks and write them back in normal form
notebooks: setup
	@$(BIN)/python -m analysis.notebooks

# open JupyterLab on this workspace
lab: setup
	@$(BIN)/concord lab

# build the documentation as a site that opens from disk: site/index.html
docs: setup
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

# measure against peers, side by side (see docs/evidence.md)
bench: setup
	@$(BIN)/python -m benchmarks

# long fault, fuzz and simulation runs
soak: setup
	@HYPOTHESIS_PROFILE=searching $(BIN)/python -m pytest -q -p no:nbval -n 2 -m "not soak and not notebooks and not browser"
	@$(BIN)/python -m pytest -q -p no:nbval -m soak

# resolve the dependencies of pyproject.toml anew
lock: setup
	@$(BIN)/uv pip compile -q --universal --generate-hashes --all-extras --no-header --no-annotate --no-emit-index-url --python-version 3.11 --upgrade pyproject.toml -o requirements.lock
