-- name: issue_by_id
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues WHERE id = ?;

-- name: issues_by_ids
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues WHERE id IN (SELECT value FROM json_each(?));

-- name: issues_standing
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues WHERE removed = 0 ORDER BY created, number;

-- name: issues_of_epic
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues WHERE epic = ? AND removed = 0 ORDER BY created, number;

-- name: issues_depending_on
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, issues.depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issue_dependencies JOIN issues ON issues.id = issue_dependencies.issue
WHERE issue_dependencies.depends_on = ? AND removed = 0 ORDER BY created, number;

-- name: issues_below
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues WHERE parent = ? AND removed = 0 ORDER BY created, number;

-- name: issue_add
INSERT INTO issues (id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic,
                    stage, branch, pr, source, removed, before_removal, rank, comments, workflow, phase)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: issue_change
UPDATE issues
SET title = ?2, created = ?3, type = ?4, status = ?5, priority = ?6, labels = ?7, role = ?8, assignee = ?9,
    parent = ?10, depends_on = ?11, epic = ?12, stage = ?13, branch = ?14, pr = ?15, source = ?16, removed = ?17,
    before_removal = ?18, rank = ?19, comments = ?20, workflow = ?21, phase = ?22
WHERE id = ?1;

-- name: issue_lists
SELECT labels, depends_on FROM issues WHERE id = ?;

-- name: label_drop
DELETE FROM issue_labels WHERE issue = ? AND label = ?;

-- name: label_add
INSERT OR IGNORE INTO issue_labels (issue, label) VALUES (?, ?);

-- name: dependency_drop
DELETE FROM issue_dependencies WHERE issue = ? AND depends_on = ?;

-- name: dependency_add
INSERT OR IGNORE INTO issue_dependencies (issue, depends_on) VALUES (?, ?);

-- name: issue_with_source
SELECT id FROM issues WHERE source = ? ORDER BY removed, number LIMIT 1;

-- name: issue_count
SELECT coalesce(max(number), 0) FROM issues;

-- name: issues_in_states
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues WHERE removed = 0 AND status IN (SELECT value FROM json_each(?)) ORDER BY rank, created, number;

-- name: issues_at_work
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues AS i
WHERE removed = 0 AND status IN ('in_progress', 'blocked') AND (workflow IS NOT NULL OR NOT (
    coalesce((SELECT ended IS NULL FROM agent_runs WHERE issue = i.id ORDER BY number DESC LIMIT 1), 0)
    OR EXISTS (SELECT 1 FROM agent_runs WHERE issue = i.id)
    AND assignee = (SELECT json_extract(state, '$.agent') FROM works WHERE issue = i.id)
    AND EXISTS (
        SELECT 1 FROM entities WHERE issue = i.id AND kind = 'thread' AND status = 'open' AND removed = 0
            AND json_extract(state, '$.kind') NOT IN ('notice', 'message')
            AND (json_extract(state, '$.sender') = i.assignee OR substr(cause, 1, 6) = 'stuck:')
    )
    AND NOT EXISTS (
        SELECT 1 FROM entities WHERE issue = i.id AND kind = 'thread' AND status = 'answered' AND removed = 0
            AND NOT coalesce(json_extract(state, '$.delivered'), 0)
    )
))
ORDER BY rank, created, number;

-- name: issues_that_may_begin
WITH waiting AS MATERIALIZED (
    SELECT n.issue FROM issue_dependencies AS n JOIN issues AS other ON other.id = n.depends_on
    WHERE other.removed = 0 AND other.status NOT IN ('done', 'cancelled')
)
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM issues WHERE removed = 0 AND status = ?
    AND (workflow IS NOT NULL OR CASE WHEN assignee IS NULL THEN coalesce(role, 'coder') IN (SELECT value FROM json_each(?))
             ELSE assignee IN (SELECT value FROM json_each(?)) END)
    AND id NOT IN waiting
ORDER BY rank, created, number;

-- name: chain_behind
WITH RECURSIVE behind (id, place) AS (
    VALUES (?1, 0)
    UNION
    SELECT i.id, behind.place + 1 FROM behind CROSS JOIN issues AS i ON i.id IN (
        SELECT n.issue FROM issue_dependencies AS n JOIN issues AS other ON other.id = n.issue
        WHERE n.depends_on = behind.id AND other.removed = 0 AND other.status NOT IN ('done', 'cancelled') LIMIT ?2
    )
    WHERE behind.place < ?2
    ORDER BY 2 DESC
    LIMIT ?2 + 1
)
SELECT max(place) FROM behind;
