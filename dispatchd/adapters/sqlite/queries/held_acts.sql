-- name: act_add
INSERT INTO held_acts (id, command, circumstance, why, thread) VALUES (?, ?, ?, ?, ?);

-- name: act_by_id
SELECT id, command, circumstance, why, thread FROM held_acts WHERE id = ?;

-- name: acts_all
SELECT id, command, circumstance, why, thread FROM held_acts ORDER BY number;

-- name: act_drop
DELETE FROM held_acts WHERE id = ?;
