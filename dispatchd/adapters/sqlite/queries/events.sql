-- name: event_append
INSERT INTO events (id, type, subject, at, actor, provenance, event, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: event_await_commit
INSERT INTO audit_queue (actor, at, event, prose) VALUES (?, ?, ?, 0);

-- name: event_at
SELECT id, at, actor, provenance, event, told FROM events WHERE position = ?;

-- name: event_mark
UPDATE events SET committed = ? WHERE position = ?;

-- name: event_positions
SELECT id, position FROM events WHERE id IN (SELECT value FROM json_each(?));
