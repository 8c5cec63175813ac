-- name: document_at
SELECT path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents WHERE path = ?;

-- name: document_of
SELECT path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents WHERE subject = ?;

-- name: documents_at
SELECT path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents WHERE path IN (SELECT value FROM json_each(?));

-- name: documents_of
SELECT path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents WHERE subject IN (SELECT value FROM json_each(?));

-- name: documents_all
SELECT path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents ORDER BY path;

-- name: documents_below
SELECT path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents WHERE path > ? AND path < ? ORDER BY path;

-- name: documents_owed
SELECT path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents
WHERE (seen IS NOT current OR wanted_path IS NOT NULL) AND parked IS NULL
ORDER BY owed_since, number;

-- name: documents_at_rest
SELECT path, subject, documents.kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
       wanted_path, parked, owed_since, owed_because, owed_by, attempts
FROM documents JOIN (
    SELECT id, status FROM issues WHERE removed = 0
    UNION ALL
    SELECT id, status FROM entities WHERE removed = 0 AND kind IN ('epic', 'proposal')
) ON id = subject
WHERE status IN (SELECT value FROM json_each(:states)) AND path NOT GLOB 'archive/*'
    AND seen IS NOT NULL AND seen IS current AND wanted_path IS NULL AND parked IS NULL
    AND (SELECT max(at) FROM events WHERE events.subject = documents.subject) <= :since
ORDER BY path LIMIT :most;

-- name: document_paths
SELECT path FROM documents;

-- name: document_proofs
SELECT path, device, inode, size, mtime_ns, ctime_ns, mode FROM documents WHERE seen IS NOT NULL AND settled = 1;

-- name: documents_unproved
SELECT path FROM documents WHERE seen IS NOT NULL AND settled IS NOT 1;

-- name: document_save
INSERT OR REPLACE INTO documents
    (path, subject, kind, seen, current, device, inode, size, mtime_ns, ctime_ns, mode, links, settled,
     wanted_path, parked, owed_since, owed_because, owed_by, attempts)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: document_forget
DELETE FROM documents WHERE subject = ?;

-- name: text_agree
INSERT INTO agreed_texts (subject, number, rev, digest, source, at, held) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: texts_prune
DELETE FROM agreed_texts
WHERE subject = :subject AND source = :source AND at < :keep_since AND number <= (
    SELECT number FROM agreed_texts
    WHERE subject = :subject AND source = :source
    ORDER BY number DESC LIMIT 1 OFFSET :keep
);

-- name: text_with_rev
SELECT subject, rev, digest, source, at, held FROM agreed_texts
WHERE subject = ? AND rev = ? ORDER BY number DESC LIMIT 1;

-- name: texts_with_rev
SELECT subject, rev, digest, source, at, held FROM agreed_texts
WHERE subject = ? AND rev = ? ORDER BY number DESC LIMIT ?;

-- name: text_arrived_with_rev
SELECT EXISTS (
    SELECT 1 FROM agreed_texts
    WHERE subject = :subject AND rev = :rev AND source NOT IN ('ingested', 'counted')
        AND number > (
            SELECT min(number) FROM agreed_texts
            WHERE subject = :subject AND rev = :rev AND source <> 'counted'
        )
);

-- name: text_was_ingested
SELECT EXISTS (
    SELECT 1 FROM agreed_texts WHERE subject = ? AND digest = ? AND source = 'ingested' AND at >= ?
);

-- name: text_newest
SELECT subject, rev, digest, source, at, held, number FROM agreed_texts
WHERE subject = ? ORDER BY number DESC LIMIT 1;

-- name: texts_newest
SELECT subject, rev, digest, source, at, held, number
FROM json_each(?) AS asked JOIN agreed_texts ON subject = asked.value
WHERE number = (SELECT max(number) FROM agreed_texts AS others WHERE others.subject = asked.value);
