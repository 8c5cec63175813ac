-- name: ready_table
CREATE TEMP TABLE ready (
    number  INTEGER PRIMARY KEY,
    status  TEXT NOT NULL,
    rank    INTEGER NOT NULL,
    created TEXT NOT NULL
);

-- name: ready_index
CREATE INDEX temp.ready_in_order ON ready (status, rank, created, number);

-- name: ready_fill
INSERT INTO ready
SELECT number, status, rank, created FROM issues AS i
WHERE removed = 0 AND status IN ('queued', 'assigned') AND NOT EXISTS (
    SELECT 1 FROM json_each(i.depends_on) AS n JOIN issues AS other ON other.id = n.value
    WHERE other.removed = 0 AND other.status NOT IN ('done', 'cancelled')
);

-- name: ready_when_added
CREATE TEMP TRIGGER ready_when_added AFTER INSERT ON main.issues
BEGIN
    INSERT OR REPLACE INTO ready
    SELECT number, status, rank, created FROM issues AS i
    WHERE i.number = NEW.number AND removed = 0 AND status IN ('queued', 'assigned') AND NOT EXISTS (
        SELECT 1 FROM json_each(i.depends_on) AS n JOIN issues AS other ON other.id = n.value
        WHERE other.removed = 0 AND other.status NOT IN ('done', 'cancelled')
    );
    DELETE FROM ready WHERE NEW.removed = 0 AND NEW.status NOT IN ('done', 'cancelled') AND number IN (
        SELECT i.number FROM issue_dependencies AS n JOIN issues AS i ON i.id = n.issue WHERE n.depends_on = NEW.id
    );
END;

-- name: ready_when_changed
CREATE TEMP TRIGGER ready_when_changed AFTER UPDATE OF status, rank, created, removed, depends_on ON main.issues
WHEN (OLD.status, OLD.rank, OLD.created, OLD.removed, OLD.depends_on)
    IS NOT (NEW.status, NEW.rank, NEW.created, NEW.removed, NEW.depends_on)
BEGIN
    DELETE FROM ready WHERE number = NEW.number;
    INSERT INTO ready
    SELECT number, status, rank, created FROM issues AS i
    WHERE i.number = NEW.number AND removed = 0 AND status IN ('queued', 'assigned') AND NOT EXISTS (
        SELECT 1 FROM json_each(i.depends_on) AS n JOIN issues AS other ON other.id = n.value
        WHERE other.removed = 0 AND other.status NOT IN ('done', 'cancelled')
    );
END;

-- name: ready_when_waited_for
CREATE TEMP TRIGGER ready_when_waited_for AFTER UPDATE OF status, removed ON main.issues
WHEN (OLD.removed = 0 AND OLD.status NOT IN ('done', 'cancelled'))
    IS NOT (NEW.removed = 0 AND NEW.status NOT IN ('done', 'cancelled'))
BEGIN
    DELETE FROM ready WHERE number IN (
        SELECT i.number FROM issue_dependencies AS n JOIN issues AS i ON i.id = n.issue WHERE n.depends_on = NEW.id
    );
    INSERT OR REPLACE INTO ready
    SELECT number, status, rank, created FROM issues AS i
    WHERE i.id IN (SELECT issue FROM issue_dependencies WHERE depends_on = NEW.id)
        AND removed = 0 AND status IN ('queued', 'assigned') AND NOT EXISTS (
            SELECT 1 FROM json_each(i.depends_on) AS n JOIN issues AS other ON other.id = n.value
            WHERE other.removed = 0 AND other.status NOT IN ('done', 'cancelled')
        );
END;

-- name: ready_is_there
SELECT 1 FROM temp.sqlite_schema WHERE name = 'ready';

-- name: issues_ready
SELECT id, title, created, type, status, priority, labels, role, assignee, parent, depends_on, epic, stage,
       branch, pr, source, removed, before_removal, comments, workflow, phase
FROM (SELECT number FROM ready WHERE status = ? ORDER BY rank, created, number) CROSS JOIN issues USING (number)
WHERE workflow IS NOT NULL OR CASE WHEN assignee IS NULL THEN coalesce(role, 'coder') IN (SELECT value FROM json_each(?))
           ELSE assignee IN (SELECT value FROM json_each(?)) END;
