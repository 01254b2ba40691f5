# Two commands on a fresh machine (python3 >= 3.10, pip) do everything: `make demo` and `make test`.
LANE ?= 0.1.15
PYTHON ?= python3
JOBS ?= auto
VENV := $(if $(filter 0.1.15,$(LANE)),.venv,.venv-$(LANE))
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test check goldens bench clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1|\2/' | column -t -s '|'
	@echo 'LANE=0.1.11 picks another tilelang version; each lane has an environment of its own.'

$(READY): pyproject.toml constraints/$(LANE).txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints/$(LANE).txt -e '.[lane,dev]'
	@touch $@

demo: $(READY) ## install into .venv and show every pass of a pipelined GEMM on Hopper
	$(BIN)/passlab trace pipeline/gemm_pipelined --target cuda:sm_90a --only-changed
	@echo
	$(BIN)/passlab trace pipeline/gemm_pipelined --target cuda:sm_90a --pass ProducerConsumerWarpSpecialized

test: $(READY) ## run the test suite of a lane
	$(BIN)/python -m pytest -n $(JOBS)

check: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

goldens: $(READY) ## rewrite the goldens of this lane; review the diff before committing it
	$(BIN)/python -m pytest -n $(JOBS) tests/test_goldens.py --snapshot-update
	$(BIN)/passlab coverage --markdown docs/coverage.md > /dev/null
	git status --short goldens/$(LANE)

bench: $(READY) ## measure ours beside the peer
	for script in tools/bench/*.py; do $(BIN)/python $$script || exit 1; done

clean: ## remove every environment and cache
	rm -rf .venv .venv-* .passlab .mypy_cache .ruff_cache
