-- name: issue_rows
SELECT i.id, i.title, i.type, i.status, i.priority, i.labels, i.role, i.assignee, i.parent, i.depends_on, i.epic,
       i.stage, i.branch, i.pr, i.source, i.created, i.removed, d.path,
       CASE WHEN i.depends_on = '[]' OR i.status IN ('done', 'cancelled') THEN '[]' ELSE (
           SELECT json_group_array(other.id)
           FROM json_each(i.depends_on) AS listed JOIN issues AS other ON other.id = listed.value
           WHERE other.removed = 0 AND other.status NOT IN ('done', 'cancelled')
       ) END, i.workflow, i.phase
FROM issues AS i LEFT JOIN documents AS d ON d.subject = i.id

-- name: issue_where_id
i.id = ?

-- name: issue_where_standing
i.removed = 0

-- name: issue_where_status
i.status IN ({marks})

-- name: issue_where_type
i.type IN ({marks})

-- name: issue_where_priority
i.rank IN (SELECT place.key FROM json_each('["critical","high","medium","low"]') AS place WHERE place.value IN ({marks}))

-- name: issue_where_role
i.role IN ({marks})

-- name: issue_where_assignee
i.assignee IN ({marks})

-- name: issue_where_label
i.id IN (SELECT issue FROM issue_labels WHERE label = ?)

-- name: issue_where_epic
i.epic = ?

-- name: issue_where_stage
folded(i.stage) = folded(?)

-- name: issue_where_parent
i.parent = ?

-- name: issue_where_text
holds(coalesce((SELECT content FROM blobs WHERE digest = coalesce(d.current, d.seen)), i.title), ?)

-- name: issue_where_ready
i.status = 'queued' AND NOT EXISTS (
    SELECT 1 FROM json_each(i.depends_on) AS listed JOIN issues AS other ON other.id = listed.value
    WHERE other.removed = 0 AND other.status NOT IN ('done', 'cancelled')
)

-- name: issue_where_may_wait
i.status NOT IN ('done', 'cancelled') AND (i.depends_on <> '[]' OR i.epic IS NOT NULL)

-- name: issue_where_blocked
i.status = 'blocked'

-- name: issue_numbers
SELECT i.number FROM issues AS i LEFT JOIN documents AS d ON d.subject = i.id

-- name: issue_order
ORDER BY i.rank, i.created, i.number LIMIT ?

-- name: issue_children
SELECT id FROM issues WHERE parent = ? AND removed = 0 ORDER BY rank, created, number;

-- name: issue_dependants
SELECT i.id FROM issue_dependencies AS n JOIN issues AS i ON i.id = n.issue
WHERE n.depends_on = ? AND i.removed = 0 ORDER BY i.rank, i.created, i.number;

-- name: issue_threads
SELECT id FROM entities WHERE issue = ? AND removed = 0 ORDER BY created, number;

-- name: issue_comments
SELECT comments FROM issues WHERE id = ?;

-- name: issue_counts
SELECT status, count(*) FROM issues WHERE removed = 0 GROUP BY status;

-- name: progress
SELECT epic, stage, sum(status IN ('done', 'cancelled')), count(*) FROM issues
WHERE epic IS NOT NULL AND removed = 0 GROUP BY epic, stage;

-- name: progress_of
SELECT epic, stage, sum(status IN ('done', 'cancelled')), count(*) FROM issues
WHERE epic = ? AND removed = 0 GROUP BY epic, stage;

-- name: entity_state
SELECT e.state, d.path FROM entities AS e LEFT JOIN documents AS d ON d.subject = e.id
WHERE e.id = ? AND e.kind = ?;

-- name: entity_states
SELECT e.state, d.path FROM entities AS e LEFT JOIN documents AS d ON d.subject = e.id
WHERE e.kind = ? AND e.removed = 0 ORDER BY e.created, e.number;

-- name: entity_states_with
SELECT e.state, d.path FROM entities AS e LEFT JOIN documents AS d ON d.subject = e.id
WHERE e.kind = ? AND e.removed = 0 AND e.status IN (SELECT value FROM json_each(?)) ORDER BY e.created, e.number;

-- name: runs
SELECT id, issue, agent, started, agent_runs.state ->> '$.contained', run_progress.state ->> '$.note',
    agent_runs.state ->> '$.stopping'
FROM agent_runs LEFT JOIN run_progress ON run_progress.run = agent_runs.id
WHERE ended IS NULL ORDER BY number;

-- name: works
SELECT issue, phase, state ->> '$.agent', state ->> '$.held', state ->> '$.bounces' FROM works
WHERE phase <> 'merged' ORDER BY issue;

-- name: log
SELECT position, id, type, at, actor, subject, told, committed, event FROM events
WHERE at >= ? ORDER BY position DESC LIMIT ?;

-- name: log_of
SELECT position, id, type, at, actor, subject, told, committed, event FROM events
WHERE subject IN (SELECT ?1 UNION ALL SELECT id FROM entities WHERE issue = ?1)
AND at >= ?2 ORDER BY position DESC LIMIT ?3;

-- name: problems
SELECT problems.subject, coalesce(documents.path, problems.path) AS at, line, anchor, what, hint, refusal, since
FROM problems LEFT JOIN documents ON documents.subject = problems.subject
ORDER BY at, line, problems.number;

-- name: owed_count
SELECT count(*) FROM documents WHERE (seen IS NOT current OR wanted_path IS NOT NULL) AND parked IS NULL;

-- name: audit_lag
SELECT count(*), min(at) FROM audit_queue;

-- name: document_of
SELECT path FROM documents WHERE subject = ?;

-- name: text_of
SELECT b.content FROM documents AS d JOIN blobs AS b ON b.digest = coalesce(d.current, d.seen) WHERE d.subject = ?;

-- name: looks
SELECT path, device, inode, size, mtime_ns, ctime_ns, mode FROM documents WHERE seen IS NOT NULL;

-- name: note
SELECT value FROM notes WHERE key = ?;

-- name: ids_between
SELECT id, 'issue', removed FROM issues WHERE id >= :low AND id < :high
UNION ALL
SELECT id, kind, removed FROM entities WHERE id >= :low AND id < :high
LIMIT 50;

-- name: id_at_path
SELECT subject, coalesce(kind, ''), 0 FROM documents WHERE path = ? AND kind IS NOT NULL;

-- name: ids_from_source
SELECT id, kind, removed FROM (
    SELECT id, 'issue' AS kind, removed, lower(source) AS said FROM issues WHERE source IS NOT NULL
    UNION ALL
    SELECT id, kind, removed, lower(source) FROM entities WHERE source IS NOT NULL
)
WHERE said IN (:source, :bare) OR substr(said, instr(said, ':') + 1) = :source
    OR (:source <> :bare AND instr(said, '#') AND substr(said, instr(said, '#') + 1) = :bare);

-- name: ids_called
SELECT id, kind, removed FROM (
    SELECT id, 'issue' AS kind, removed, title FROM issues
    UNION ALL
    SELECT id, kind, removed, title FROM entities
)
WHERE title = :called COLLATE NOCASE
UNION
SELECT subject, coalesce(kind, ''), 0 FROM documents
WHERE kind IS NOT NULL AND substr(path, -length(:file)) = :file COLLATE NOCASE;

-- name: names
SELECT id, kind, title, status, assignee, path FROM (
    SELECT i.id, 'issue' AS kind, i.title, i.status, i.assignee, d.path, i.created
    FROM issues AS i LEFT JOIN documents AS d ON d.subject = i.id WHERE i.removed = 0
    UNION ALL
    SELECT e.id, e.kind, e.title, e.status, NULL, d.path, e.created
    FROM entities AS e LEFT JOIN documents AS d ON d.subject = e.id WHERE e.removed = 0
)
WHERE kind IN (SELECT value FROM json_each(:kinds)) AND (substr(id, 1, length(:typed)) = :typed OR instr(lower(title), :typed) > 0)
ORDER BY status IN ('done', 'cancelled', 'completed', 'answered', 'dismissed', 'passed', 'rejected', 'vetoed', 'withdrawn',
    'no_quorum'), created DESC, id
LIMIT :limit;

-- name: name_of
SELECT i.id, 'issue', i.title, i.status, i.assignee, d.path
FROM issues AS i LEFT JOIN documents AS d ON d.subject = i.id WHERE i.id = :id AND i.removed = 0
UNION ALL
SELECT e.id, e.kind, e.title, e.status, NULL, d.path
FROM entities AS e LEFT JOIN documents AS d ON d.subject = e.id WHERE e.id = :id AND e.removed = 0;

-- name: labels
SELECT label FROM (
    SELECT label, count(*) AS used FROM issue_labels JOIN issues ON issues.id = issue_labels.issue
    WHERE issues.removed = 0 GROUP BY label
) ORDER BY used DESC, label;
