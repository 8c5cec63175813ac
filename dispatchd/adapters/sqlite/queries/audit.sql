-- name: audit_add
INSERT INTO audit_queue (actor, at, event, path, digest, prose, since) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: audit_waiting
SELECT sequence, actor, at, event, path, digest, prose, since FROM audit_queue ORDER BY sequence LIMIT ?;

-- name: audit_resting_since
SELECT min(at) FROM audit_queue WHERE NOT EXISTS (SELECT 1 FROM audit_queue WHERE prose = 0);

-- name: audit_among
SELECT sequence, actor, at, event, path, digest, prose, since FROM audit_queue
WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence;

-- name: audit_of_events
SELECT sequence, actor, at, event, path, digest, prose, since FROM audit_queue
WHERE event IN (SELECT value FROM json_each(?)) ORDER BY sequence;

-- name: audit_has_told
UPDATE audit_queue SET prose = 0 WHERE sequence = ?;

-- name: audit_drop
DELETE FROM audit_queue WHERE sequence = ?;
