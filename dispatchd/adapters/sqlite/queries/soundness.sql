-- What `doctor` asks of a database that may be damaged.

-- name: owed
SELECT path, wanted_path, owed_since, owed_because, attempts, current IS NULL AS is_removal
FROM documents
WHERE parked IS NULL AND (seen IS NOT current OR wanted_path IS NOT NULL)
ORDER BY path;

-- name: parked
SELECT parked FROM documents WHERE parked IS NOT NULL ORDER BY path;

-- name: lost_texts
SELECT path FROM documents
WHERE current IS NOT NULL AND current NOT IN (SELECT digest FROM blobs)
ORDER BY path;

-- name: lost_queue
SELECT coalesce(path, '') FROM audit_queue
WHERE digest IS NOT NULL AND digest NOT IN (SELECT digest FROM blobs);

-- name: newest_events
SELECT id, at, told FROM events WHERE at > ? ORDER BY at DESC;

-- name: commits
SELECT committed FROM events WHERE committed IS NOT NULL GROUP BY committed ORDER BY max(position);

-- name: counted
SELECT count(*), max(at) FROM events;

-- name: events_among
SELECT id FROM events WHERE id IN (SELECT value FROM json_each(?));
