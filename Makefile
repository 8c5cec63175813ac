# Each target does all of its own set-up in .venv: Python 3.11 (with venv), git and make are enough.
BIN := .venv/bin

.PHONY: help demo test test-engines lint style types bench recording faults crash torture

help:
	@echo "make demo        play a story in a new repository and leave it running for you"
	@echo "make demo STORY=vote  the same for a vote: agents are asked, one is silent, and a person stands above"
	@echo "make demo STORY=tdd   the same for test-driven work that the daemon checks itself"
	@echo "make test        everything that must hold: format, lint, types, layers, tests"
	@echo "make test-engines  real programs of several makers (1.5 GB from npm), with a scripted model on this machine"
	@echo "make lint        the same without the tests"
	@echo "make bench       what this machine makes of each promise about speed, beside its floor (five minutes)"
	@echo "make bench PEERS=1  the same work in Backlog.md and taskwarrior, one run of each in turn: docs/benchmarks.md"
	@echo "make bench PLOT=1   from 1,000 to 100,000 files (an hour): docs/growth.svg"
	@echo "make recording   play the session that README shows, and draw docs/session.svg anew"
	@echo "make faults      write docs/faults.md anew: what can go wrong, and which tests try it"
	@echo "make crash       stop and fail the daemon at every call it makes, and print what was lost (EVERY=20 for a sample)"
	@echo "make torture     writers against a daemon that is killed and stopped, for ten minutes (MINUTES=n SEED=n)"

demo:
	@.ci/venv run
	@$(BIN)/python -m tests.demo.play $(if $(STORY),--story $(STORY))

# The tests are compiled once before: four workers would each do it otherwise. Types and layers, one core's work, are
# checked meanwhile; what they find is shown at once, and again at the end.
test:
	@.ci/venv dev
	@$(MAKE) --no-print-directory style
	@{ $(MAKE) --no-print-directory types >.venv/types.txt 2>&1 || { cat .venv/types.txt; exit 1; }; } & typing=$$!; \
		$(BIN)/python -m pytest --collect-only -qq -n 0 >/dev/null; \
		$(BIN)/python -m pytest -n 4 --dist worksteal; tested=$$?; \
		wait $$typing || { cat .venv/types.txt; exit 1; }; exit $$tested

test-engines:
	@.ci/venv dev
	@.ci/engines all
	@ENGINES=all $(BIN)/python -m pytest -n 2 tests/engines

lint:
	@.ci/venv dev
	@$(MAKE) --no-print-directory style types

style:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types:
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench:
	@.ci/venv run
ifdef PEERS
	@.ci/peers
	@$(BIN)/python -m tests.bench.side_by_side
else ifdef PLOT
	@$(BIN)/python -m tests.bench.growth
else
	@$(BIN)/python -m tests.bench.benchmark
endif

recording:
	@.ci/venv dev
	@$(BIN)/python -m tests.demo.recording

faults:
	@.ci/venv dev
	@$(BIN)/python -m tests.faults.catalogue

crash:
	@.ci/venv dev
	@$(BIN)/python -m tests.crash --every $(or $(EVERY),1)

torture:
	@.ci/venv dev
	@$(BIN)/python -m tests.torture --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1)
