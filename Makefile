# make run   sets everything up and runs every lesson on embedded data (no PyTorch needed)
# make test  sets everything up, PyTorch included, and passes the tests
# make soak  passes them in their long forms
#
# Other versions than those of constraints.txt, each in an environment of its own:
#   make test-without-torch PYTHON=python3.13 VENV=.venv-newest CONSTRAINTS=
#   make test-without-torch PYTHON=python3.11 VENV=.venv-oldest CONSTRAINTS=build/oldest.txt

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= constraints.txt
BIN = $(VENV)/bin
WORKERS = -n 2 --dist loadgroup --no-loadscope-reorder
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check $(addprefix --constraint ,$(CONSTRAINTS))

.PHONY: run test test-without-torch soak lint fix readmes readmes-check site site-check dist dist-check notebooks notebooks-check links golden record bench-gpu constraints clean

run: $(VENV)/.run
	$(BIN)/jaxdl run all --quick

test: $(VENV)/.test  # what needs no PyTorch runs with PyTorch hidden, then what needs it
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips -p tests.without_torch --ignore tests/torch --ignore tests/browser
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips tests/browser tests/torch

test-without-torch: $(VENV)/.bare  # in a virtual environment that has no PyTorch
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips --ignore tests/torch --ignore tests/browser

soak: $(VENV)/.test  # the tests again, each in its long form: all cases, all kills, all damage
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips -p tests.soak -p tests.without_torch --ignore tests/torch --ignore tests/browser
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips -p tests.soak tests/browser tests/torch

lint: $(VENV)/.site
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright

fix: $(VENV)/.test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

readmes: $(VENV)/.test  # run every block of the lessons' READMEs and write what it prints
	$(BIN)/python -m tools.pages

readmes-check: $(VENV)/.test  # run every block of every page and compare; make test has a few of them
	$(BIN)/python -m pytest $(WORKERS) -p tests.no_skips -p tests.soak tests/torch/test_twins.py -k test_readme

site: $(VENV)/.site  # build/site, in English and Chinese; a warning is an error
	$(BIN)/python -m tools.site.build

site-check: site  # look at it in a headless Chromium
	JAXDL_SITE=build/site $(BIN)/python -m pytest -n 0 -p tests.no_skips tests/browser/test_site.py

dist: $(VENV)/.dist  # build/dist: the wheel and the sdist
	$(BIN)/python -m tools.dist build

dist-check: dist  # install the wheel where nothing else is, and use it
	$(BIN)/python -m tools.dist check $(addprefix --constraints ,$(CONSTRAINTS)) --torch torch==2.13.0 --json benchmarks/results/installed.json

notebooks: $(VENV)/.notebooks  # build/notebooks: the chapters as notebooks, in English and Chinese
	$(BIN)/python -m tools.notebooks.make

notebooks-check: $(VENV)/.notebooks  # run each where only its own first cell installs, the built wheel
	$(BIN)/python -m tools.notebooks.check $(addprefix --constraints ,$(CONSTRAINTS)) $(LESSONS)

links: $(VENV)/.run  # ask for every address outside that a page or a data set names
	$(BIN)/python -m tools.external

golden: $(VENV)/.test  # run the PyTorch twins and write their values
	$(BIN)/jaxdl golden generate

record: $(VENV)/.gpu  # on a machine with a GPU: lesson 19's accuracy and seconds, both programs, ten minutes
	$(BIN)/python -m benchmarks.record --gpu --seeds 10

bench-gpu: $(VENV)/.gpu  # on a machine with a GPU: every lesson's step, both frameworks, under ten minutes
	$(BIN)/python -m benchmarks.gpu

constraints: $(VENV)/.test
	@echo "# The versions that the tests ran with; the Makefile installs these. Written by: make constraints" > constraints.txt
	$(BIN)/pip freeze --exclude-editable | sed 's/+cpu//' >> constraints.txt

build/oldest.txt: pyproject.toml  # its lower bounds, as versions to install
	mkdir -p build
	sed -n 's/^  "\([A-Za-z-]*\)>=\([0-9.]*\).*/\1==\2/p' pyproject.toml > $@

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)  # Python compiles what it imports
	$(INSTALL) --no-compile --editable ".[course]"
	touch $@

$(VENV)/.bare: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	$(INSTALL) --editable '.[test]'
	touch $@ $(VENV)/.run

$(VENV)/.test: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	$(INSTALL) --editable '.[dev]'
	touch $@ $(VENV)/.run

$(VENV)/.gpu: $(VENV)/.test
	$(INSTALL) 'jax[cuda12]'
	touch $@

$(VENV)/.dist: $(VENV)/.run
	$(INSTALL) 'build>=1.2' 'twine>=6'
	touch $@

$(VENV)/.notebooks: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	$(INSTALL) --editable '.[notebooks]'
	touch $@ $(VENV)/.run

$(VENV)/.site: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	$(INSTALL) --editable '.[dev,site]'
	touch $@ $(VENV)/.test $(VENV)/.run
