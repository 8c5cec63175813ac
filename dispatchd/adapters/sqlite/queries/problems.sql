-- name: problems_of
SELECT subject, path, anchor, what, hint, line, refusal, since FROM problems WHERE subject = ? ORDER BY number;

-- name: problems_of_many
SELECT subject, path, anchor, what, hint, line, refusal, since FROM problems
WHERE subject IN (SELECT value FROM json_each(?)) ORDER BY subject, number;

-- name: problems_all
SELECT subject, path, anchor, what, hint, line, refusal, since FROM problems ORDER BY path, line, number;

-- name: problems_drop
DELETE FROM problems WHERE subject = ?;

-- name: problem_add
INSERT INTO problems (subject, number, path, anchor, what, hint, line, refusal, since)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);
