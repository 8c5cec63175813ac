# Each target does all of its own set-up in .venv: Python 3.11 (with venv), git and make are enough.
BIN := .venv/bin

.PHONY: help demo test lint bench recording faults

help:
	@echo "make demo        play a story in a new repository and leave it running for you"
	@echo "make test        everything that must hold: format, lint, types, layers, tests"
	@echo "make lint        the same without the tests"
	@echo "make bench       what this machine makes of each promise about speed, beside its floor (five minutes)"
	@echo "make recording   play the session that README shows, and draw docs/session.svg anew"
	@echo "make faults      write docs/faults.md anew: what can go wrong, and which tests try it"

demo:
	@.ci/venv run
	@$(BIN)/python -m tests.demo.play

test: lint
	@$(BIN)/python -m pytest -n 2

lint:
	@.ci/venv dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench:
	@.ci/venv run
	@$(BIN)/python -m tests.bench.benchmark

recording:
	@.ci/venv dev
	@$(BIN)/python -m tests.demo.recording

faults:
	@.ci/venv dev
	@$(BIN)/python -m tests.faults.catalogue
