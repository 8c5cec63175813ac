-- name: run_by_id
SELECT state FROM agent_runs WHERE id = ?;

-- name: run_live_on
SELECT state FROM agent_runs WHERE issue = ? AND ended IS NULL ORDER BY number LIMIT 1;

-- name: runs_live
SELECT state FROM agent_runs WHERE ended IS NULL ORDER BY number;

-- name: runs_of_issue
SELECT state FROM agent_runs WHERE issue = ? ORDER BY number;

-- name: runs_of_agent
SELECT state FROM agent_runs WHERE agent = ? ORDER BY number DESC LIMIT ?;

-- name: runs_ended_since
SELECT state FROM agent_runs WHERE ended >= ? ORDER BY ended, number;

-- name: runs_newest_ended
SELECT state FROM agent_runs WHERE ended IS NOT NULL ORDER BY ended DESC, number DESC LIMIT ?;

-- name: runs_spent_since
SELECT coalesce(sum(read), 0), coalesce(sum(cached), 0), coalesce(sum(written), 0), sum(micros)
FROM agent_runs WHERE ended >= ?;

-- name: run_save
INSERT INTO agent_runs (id, issue, agent, started, ended, read, cached, written, micros, state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, read = excluded.read, cached = excluded.cached,
    written = excluded.written, micros = excluded.micros, state = excluded.state;

-- name: work_of
SELECT state FROM works WHERE issue = ?;

-- name: works_of
SELECT issue, state FROM works WHERE issue IN (SELECT value FROM json_each(?));

-- name: works_in
SELECT state FROM works WHERE phase IN (SELECT value FROM json_each(?)) ORDER BY issue;

-- name: works_of_issues_in
SELECT w.state FROM works AS w CROSS JOIN issues AS i ON i.id = w.issue
WHERE w.phase IN (SELECT value FROM json_each(?)) AND i.status = ? AND i.removed = 0 ORDER BY w.issue;

-- name: work_save
INSERT INTO works (issue, phase, state) VALUES (?, ?, ?)
ON CONFLICT (issue) DO UPDATE SET phase = excluded.phase, state = excluded.state;

-- name: progress_of
SELECT state FROM run_progress WHERE run = ?;

-- name: progress_save
INSERT INTO run_progress (run, state) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET state = excluded.state;

-- name: progress_drop
DELETE FROM run_progress WHERE run = ?;

-- name: line_owe
INSERT OR IGNORE INTO run_lines (run, number, line) VALUES (?, ?, ?);

-- name: lines_owed
SELECT number, line FROM run_lines WHERE run = ? ORDER BY number;

-- name: lines_given
DELETE FROM run_lines WHERE run = ? AND number <= ?;

-- name: lines_drop
DELETE FROM run_lines WHERE run = ?;
