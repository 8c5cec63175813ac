-- name: event_append
INSERT INTO events (position, id, type, subject, at, actor, provenance, event, told)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: event_last
SELECT seq FROM sqlite_sequence WHERE name = 'events';

-- name: event_at
SELECT id, at, actor, provenance, event, told FROM events WHERE position = ?;

-- name: events_to_tell
SELECT position, id, type, at, actor, provenance, event, told FROM events
WHERE position IN (SELECT value FROM json_each(?));

-- name: event_mark
UPDATE events SET committed = ? WHERE position = ?;

-- name: event_positions
SELECT id, position FROM events WHERE id IN (SELECT value FROM json_each(?));

-- name: events_like
SELECT position, id, at, actor, provenance, event, told FROM events
WHERE id >= :low AND id < :high ORDER BY position LIMIT :most;

-- name: events_newest
SELECT position, id, at, actor, provenance, event, told FROM events ORDER BY position DESC LIMIT ?;

-- name: events_about
SELECT position, id, at, actor, provenance, event, told FROM events WHERE subject = ? ORDER BY position;

-- name: events_between
SELECT position, id, at, actor, provenance, event, told FROM events
WHERE position BETWEEN ? AND ? ORDER BY position;

-- name: event_undoing
SELECT position, id, at, actor, provenance, event, told FROM events
WHERE subject = ? AND type = 'EventUndone' ORDER BY position DESC;
