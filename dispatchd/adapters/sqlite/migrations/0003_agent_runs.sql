-- Nothing wrote this one: agents were not started yet.
DROP TABLE live_runs;

-- Turns of agents. A row follows from the events about it; the columns beside `state` are those looked up by.
CREATE TABLE agent_runs (
    number  INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    issue   TEXT NOT NULL,
    agent   TEXT NOT NULL,
    started TEXT NOT NULL,
    ended   TEXT,
    read    INTEGER NOT NULL,     -- tokens
    cached  INTEGER NOT NULL,
    written INTEGER NOT NULL,
    micros  INTEGER,              -- millionths of a US dollar
    state   TEXT NOT NULL         -- the whole run as JSON
) STRICT;

CREATE INDEX agent_runs_live ON agent_runs (issue) WHERE ended IS NULL;
CREATE INDEX agent_runs_by_issue ON agent_runs (issue, number);
CREATE INDEX agent_runs_by_agent ON agent_runs (agent, number);
CREATE INDEX agent_runs_by_end ON agent_runs (ended) WHERE ended IS NOT NULL;

-- What agents have made of each issue so far.
CREATE TABLE works (
    issue TEXT PRIMARY KEY NOT NULL,
    phase TEXT NOT NULL,
    state TEXT NOT NULL           -- the whole work as JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX works_by_phase ON works (phase);

-- How far the transcript of a live run was read, and the lines its agent is still to be given: of this machine alone.
CREATE TABLE run_progress (
    run   TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_lines (
    run    TEXT NOT NULL,
    number INTEGER NOT NULL,
    line   BLOB NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
