# make run   sets everything up and runs every lesson on embedded data (no PyTorch needed)
# make test  sets everything up, PyTorch included, and passes the tests
# make soak  passes them in their long forms

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
WORKERS = -n 2 --dist loadgroup --no-loadscope-reorder
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test test-without-torch soak lint fix readmes golden constraints clean

run: $(VENV)/.run
	$(BIN)/jaxdl run all --quick

test: $(VENV)/.test  # what needs no PyTorch runs with PyTorch hidden, then what needs it
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips -p tests.without_torch --ignore tests/torch --ignore tests/browser
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips tests/torch tests/browser

test-without-torch: $(VENV)/.bare  # in a virtual environment that has no PyTorch
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips --ignore tests/torch --ignore tests/browser

soak: $(VENV)/.test  # the tests again, each in its long form: all cases, all kills, all damage
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips -p tests.soak -p tests.without_torch --ignore tests/torch --ignore tests/browser
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips -p tests.soak tests/torch tests/browser

lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright

fix: $(VENV)/.test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

readmes: $(VENV)/.test  # run every block of the lessons' READMEs and write what it prints
	$(BIN)/python -m tools.pages

golden: $(VENV)/.test  # run the PyTorch twins and write their values
	$(BIN)/jaxdl golden generate

constraints: $(VENV)/.test
	@echo "# The versions that the tests ran with; the Makefile installs these. Written by: make constraints" > constraints.txt
	$(BIN)/pip freeze --exclude-editable | sed 's/+cpu//' >> constraints.txt

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt  # Python compiles what it imports
	$(INSTALL) --no-compile --editable .
	touch $@

$(VENV)/.bare: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[test]'
	touch $@ $(VENV)/.run

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[dev]'
	touch $@ $(VENV)/.run
