# Two commands: `make chat` and `make test`. Both say what they do and are quick the second time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LIBRARY ?= library
PORT ?= 7860
DOCS ?=

export ASSISTANT_LIBRARY := $(LIBRARY)
export ASSISTANT_MODELS ?= $(CURDIR)/models

.PHONY: chat test check clean help

help:
	@echo "make chat                   set up, index the sample documents, start the chat"
	@echo "make chat DOCS=/my/folder   the same with your documents; later runs take in what changed"
	@echo "make test                   set up and run every test"
	@echo "make check                  ruff and mypy"

$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (some minutes the first time) ..."
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name it: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	@echo "Adding what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,dev]'
	@touch $@

chat: $(VENV)/installed
	@command -v tesseract >/dev/null || echo "Scanned pages stay unread until you $$($(BIN)/python -c \
		'from ingest.ocr_languages import HOW_TO_INSTALL as how; print(how)')"
ifneq ($(DOCS),)
	@echo "Taking in what is new or changed in $(DOCS) ..."
	@$(BIN)/python -m ingest sync "$(DOCS)" || [ $$? -eq 1 ]
else
	@test -f $(LIBRARY)/live || { echo "Indexing the sample documents ..."; \
		$(BIN)/python -m ingest sync eval/corpus/documents || [ $$? -eq 1 ]; }
endif
	@echo "Starting the chat on http://127.0.0.1:$(PORT) (stop it with Ctrl-C) ..."
	@$(BIN)/python -m assistant serve --port $(PORT)

test: $(VENV)/tested
	@echo "Running the tests ..."
	@HF_HUB_OFFLINE=1 $(BIN)/python -m pytest

check: $(VENV)/tested
	@$(BIN)/ruff check .
	@$(BIN)/mypy assistant ingest eval prompts

clean:
	rm -rf $(VENV) build *.egg-info
