-- The whole schema as it stands. The migrations, run in order, make the same (tested).
-- Times are UTC text of one width, so that they sort as text. `number` columns keep the order of arrival.

CREATE TABLE issues (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    title      TEXT NOT NULL,
    created    TEXT NOT NULL,
    type       TEXT NOT NULL,
    status     TEXT NOT NULL,
    priority   TEXT NOT NULL,
    rank       INTEGER NOT NULL,  -- of the priority: critical is 0
    labels     TEXT NOT NULL,     -- JSON, in the order written; issue_labels is its index
    role       TEXT,
    assignee   TEXT,
    parent     TEXT,
    depends_on TEXT NOT NULL,     -- JSON, in the order written; issue_dependencies is its index
    epic       TEXT,
    stage      TEXT,
    branch     TEXT,
    pr         TEXT,
    source     TEXT,
    removed    INTEGER NOT NULL,
    before_removal TEXT           -- the status it had then
    , comments TEXT NOT NULL DEFAULT '[]', workflow TEXT, phase TEXT) STRICT; -- what people have said about it, as JSON

-- In the order of `issue list`; the columns at the end decide filters without a look at the row; a label, by the id.
CREATE INDEX issues_by_rank ON issues (rank, created, type, role, id) WHERE removed = 0;
CREATE INDEX issues_by_status ON issues (status, rank, created, type, role, id) WHERE removed = 0;
CREATE INDEX issues_by_assignee ON issues (assignee, rank, created) WHERE assignee IS NOT NULL AND removed = 0;
CREATE INDEX issues_by_epic ON issues (epic, stage, status) WHERE epic IS NOT NULL AND removed = 0;
CREATE INDEX issues_by_parent ON issues (parent) WHERE parent IS NOT NULL AND removed = 0;
CREATE INDEX issues_by_source ON issues (source) WHERE source IS NOT NULL;
-- Few of many, and nothing else says which: for `status`.
CREATE INDEX issues_that_may_wait ON issues (status, rank, created)
    WHERE removed = 0 AND (depends_on <> '[]' OR epic IS NOT NULL);

-- Rows of issues are never deleted, so these two need no foreign key and are spared its look-up.
CREATE TABLE issue_labels (
    label TEXT NOT NULL COLLATE NOCASE,
    issue TEXT NOT NULL,
    PRIMARY KEY (label, issue)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_dependencies (
    depends_on TEXT NOT NULL,
    issue      TEXT NOT NULL,
    PRIMARY KEY (depends_on, issue)
) STRICT, WITHOUT ROWID;

CREATE TABLE entities (
    number  INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    title   TEXT NOT NULL,
    status  TEXT NOT NULL,
    created TEXT,
    issue   TEXT,                 -- that a thread is about
    cause   TEXT,                 -- of a thread that the daemon opened
    source  TEXT,
    removed INTEGER NOT NULL,
    state   TEXT NOT NULL         -- the whole entity as JSON
) STRICT;

CREATE INDEX entities_by_kind ON entities (kind, status, created) WHERE removed = 0;
CREATE INDEX entities_by_issue ON entities (issue) WHERE issue IS NOT NULL;
CREATE INDEX entities_by_cause ON entities (cause, status) WHERE cause IS NOT NULL;
CREATE INDEX entities_by_source ON entities (source) WHERE source IS NOT NULL;

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

CREATE TABLE events (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    type       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    at         TEXT NOT NULL,
    actor      TEXT NOT NULL,     -- JSON
    provenance TEXT NOT NULL,     -- JSON
    event      TEXT NOT NULL,     -- JSON
    told       TEXT NOT NULL,
    committed  TEXT               -- the commit it stands in
) STRICT;

CREATE INDEX events_by_subject ON events (subject);

-- What a commit still has to hold: an event, or the bytes of a file.
CREATE TABLE audit_queue (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    actor    TEXT NOT NULL,       -- JSON
    at       TEXT NOT NULL,
    event    INTEGER REFERENCES events (position),
    path     TEXT,
    digest   TEXT,
    prose    INTEGER NOT NULL,
    since    TEXT,
    CHECK ((event IS NULL) <> (path IS NULL))
) STRICT;

CREATE TABLE documents (
    number       INTEGER PRIMARY KEY,
    subject      TEXT NOT NULL UNIQUE,
    path         TEXT NOT NULL UNIQUE,
    kind         TEXT,
    seen         TEXT,
    current      TEXT,
    device       INTEGER,
    inode        INTEGER,
    size         INTEGER,
    mtime_ns     INTEGER,
    ctime_ns     INTEGER,
    mode         INTEGER,
    links        INTEGER,
    settled      INTEGER,
    wanted_path  TEXT,
    parked       TEXT,
    owed_since   TEXT,
    owed_because TEXT,
    owed_by      TEXT,            -- JSON
    attempts     INTEGER NOT NULL
) STRICT;

CREATE INDEX documents_owed ON documents (owed_since) WHERE seen IS NOT current OR wanted_path IS NOT NULL;
CREATE INDEX documents_parked ON documents (path) WHERE parked IS NOT NULL;

CREATE TABLE agreed_texts (
    subject TEXT NOT NULL,
    number  INTEGER NOT NULL,
    rev     TEXT,
    digest  TEXT NOT NULL,
    source  TEXT NOT NULL,
    at      TEXT NOT NULL,
    held    TEXT NOT NULL,        -- JSON
    PRIMARY KEY (subject, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
    digest  TEXT PRIMARY KEY NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE problems (
    subject TEXT NOT NULL,
    number  INTEGER NOT NULL,
    path    TEXT NOT NULL,
    anchor  TEXT NOT NULL,
    what    TEXT NOT NULL,
    hint    TEXT NOT NULL,
    line    INTEGER NOT NULL,
    refusal INTEGER NOT NULL,
    since   TEXT,
    PRIMARY KEY (subject, number)
) STRICT, WITHOUT ROWID;

-- Single remembered values.
CREATE TABLE notes (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
