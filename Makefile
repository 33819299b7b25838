# make lab   opens the notebooks           make quick  what one runs while working, under a minute
# make case  the case study, in words      make test   runs every check
# make bench measures time and memory      make thorough  looks for what nobody has found yet
# The first call of any of them sets up $(VENV) from requirements.lock; later calls start at once.

VENV   ?= .venv
# A Python that the locked packages have wheels for (3.11 to 3.14), or else any newer one.
FOUND   = $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
            $(p) -c 'import sys; $(1) and print("$(p)")' 2>/dev/null))
PYTHON ?= $(firstword $(call FOUND,(3, 11) <= sys.version_info < (3, 15)) $(call FOUND,sys.version_info >= (3, 15)))
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV_PIN := $(shell sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements.lock)
# Python keeps what it compiles: without it each of the many processes that tests start compiles cvxpy and pandas again.
unexport PYTHONDONTWRITEBYTECODE
# Two processes, to whom files are dealt out whole, those with slow tests first. One that dies names its test and is not
# replaced: pytest-xdist would run that test again, eight times, and can then wait without end.
# Two processes are two cores: threads of the linear algebra beside them take a sixth of the time and give nothing back.
PYTEST  = OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart=0
NBVAL  := --nbval --nbval-current-env --nbval-cell-timeout 120 --nbval-sanitize-with tests/nbval.cfg

.DEFAULT_GOAL := help
.PHONY: help setup lab case quick test lint unit coverage thorough notebooks bench format lock clean

help:
	@sed -n 's/^# //p' Makefile | head -4

setup: $(READY)

# uv installs in seconds; where it cannot be had, pip does the same from the same lock, slower.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "crowdnb needs Python 3.11 or newer: install it, or say which one with make PYTHON=/path/to/python"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (on Debian and Ubuntu: apt install python3-venv)"; rm -rf $(VENV); exit 2; }
	@echo "Setting up $(VENV), once ..."
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check "$(UV_PIN)"; then \
	  VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip sync --quiet --require-hashes requirements.lock && \
	  VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --no-deps --editable . ; \
	else \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --no-deps --editable . ; \
	fi
	@touch $(READY)

# The server's root is this folder, so that links from notebooks to the front page work; root needs a flag.
lab: $(READY)
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_overview.ipynb \
	  $(if $(filter 0,$(shell id -u)),--allow-root)

case: $(READY)
	@$(BIN)/python -m crowdnb case

quick: lint
	$(PYTEST) -p no:nbval -m "not slow and not browser"

test: lint unit notebooks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY)
	$(PYTEST) -p no:nbval

# The same with lines counted, of which 95 % must run: it takes half as long again.
coverage: $(READY)
	$(PYTEST) --cov --cov-report=term

# The sweeps of random problems at full length, and every notebook in the browser; then, for so many seconds, problems
# with every option against looking at every assignment. What goes wrong there is printed as programs.
SEED    ?= $(shell date +%s)
SECONDS ?= 600
thorough: $(READY)
	$(PYTEST) --thorough -o faulthandler_timeout=1500
	PYTHONPATH=tests $(BIN)/python tests/solver/test_oracle.py $(SEED) $(SECONDS)

notebooks: $(READY)
	$(PYTEST) $(NBVAL) notebooks

# CPLEX, community edition, is asked for here only. Where it cannot be had, the rows that compare with it say so.
bench: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]' || \
	  echo "CPLEX could not be installed: its rows stay empty"
	$(foreach script,$(sort $(wildcard benchmarks/*.py)),$(BIN)/python $(script) &&) true

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Newest versions that pyproject.toml allows, with hashes, for every supported Python; and those that a class needs.
lock: $(READY)
	$(BIN)/uv lock --upgrade
	$(BIN)/uv export --quiet --locked --all-extras --no-extra bench --no-emit-project --no-annotate --no-header \
	  --format requirements.txt --output-file requirements.lock
	sed -n 's/^\([^ #][^\]*[^ \]\) *\\*$$/\1/p' requirements.lock > constraints.txt
	$(BIN)/uv export --quiet --locked --extra notebooks --extra glpk --no-emit-project --no-annotate --no-header \
	  --no-hashes --format requirements.txt --output-file constraints-student.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage dist
