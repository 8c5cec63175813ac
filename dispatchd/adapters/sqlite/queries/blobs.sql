-- name: blob_put
INSERT OR IGNORE INTO blobs (digest, content) VALUES (?, ?);

-- name: blob_get
SELECT content FROM blobs WHERE digest = ?;
