# Each target is a verb of dev.py, which says what they do: make help. Flags for one: make test ARGS="tests/rules -x".
PYTHON ?= python3

help run demo test lint bench schema lock install:
	@$(PYTHON) dev.py $@ $(ARGS)

.PHONY: help run demo test lint bench schema lock install
