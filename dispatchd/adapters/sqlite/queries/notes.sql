-- name: note_get
SELECT value FROM notes WHERE key = ?;

-- name: note_set
INSERT OR REPLACE INTO notes (key, value) VALUES (?, ?);

-- name: note_drop
DELETE FROM notes WHERE key = ?;
