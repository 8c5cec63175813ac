-- name: issue_by_id
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed
FROM issues WHERE id = ?;

-- name: issues_standing
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed
FROM issues WHERE removed = 0 ORDER BY created, number;

-- name: issues_of_epic
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed
FROM issues WHERE epic = ? AND removed = 0 ORDER BY created, number;

-- name: issues_depending_on
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, issues.depends_on, epic, stage,
       branch, pr, source, removed
FROM issue_dependencies JOIN issues ON issues.id = issue_dependencies.issue
WHERE issue_dependencies.depends_on = ? AND removed = 0 ORDER BY created, number;

-- name: issues_below
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed
FROM issues WHERE parent = ? AND removed = 0 ORDER BY created, number;

-- name: issue_save
INSERT INTO issues (id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic,
                    stage, branch, pr, source, removed, rank)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, created = excluded.created, type = excluded.type, status = excluded.status,
    priority = excluded.priority, labels = excluded.labels, role = excluded.role, assignee = excluded.assignee,
    parent = excluded.parent, depends_on = excluded.depends_on, epic = excluded.epic, stage = excluded.stage,
    branch = excluded.branch, pr = excluded.pr, source = excluded.source, removed = excluded.removed,
    rank = excluded.rank;

-- name: issue_lists
SELECT labels, depends_on FROM issues WHERE id = ?;

-- name: labels_drop
DELETE FROM issue_labels WHERE issue = ?;

-- name: label_add
INSERT OR IGNORE INTO issue_labels (issue, label) VALUES (?, ?);

-- name: dependencies_drop
DELETE FROM issue_dependencies WHERE issue = ?;

-- name: dependency_add
INSERT OR IGNORE INTO issue_dependencies (issue, depends_on) VALUES (?, ?);

-- name: issue_is_worked_on
SELECT EXISTS (SELECT 1 FROM live_runs WHERE issue = ?);

-- name: issue_with_source
SELECT id FROM issues WHERE source = ? ORDER BY removed, number LIMIT 1;

-- name: issue_count
SELECT coalesce(max(number), 0) FROM issues;
