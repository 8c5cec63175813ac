-- name: entity_by_id
SELECT kind, state FROM entities WHERE id = ?;

-- name: entities_of_kind
SELECT state FROM entities WHERE kind = ? AND removed = 0 ORDER BY created, number;

-- name: entities_about_issue
SELECT state FROM entities WHERE issue = ? AND kind = 'thread' AND removed = 0 ORDER BY created, number;

-- name: entities_about_issues
SELECT issue, state FROM entities WHERE issue IN (SELECT value FROM json_each(?)) AND kind = 'thread' AND removed = 0 ORDER BY created, number;

-- name: entity_with_cause
SELECT state FROM entities
WHERE cause = ? AND status = 'open' AND kind = 'thread' AND removed = 0 ORDER BY number LIMIT 1;

-- name: entity_with_source
SELECT id FROM entities WHERE source = ? ORDER BY removed, number LIMIT 1;

-- name: entity_count
SELECT coalesce(max(number), 0) FROM entities;

-- name: entity_save
INSERT INTO entities (id, kind, title, status, created, issue, cause, source, removed, state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, title = excluded.title, status = excluded.status, created = excluded.created,
    issue = excluded.issue, cause = excluded.cause, source = excluded.source, removed = excluded.removed, state = excluded.state;
