-- Issues that may wait for another one or for a stage, for `status`: few of many, and nothing else says which.
CREATE INDEX issues_that_may_wait ON issues (status, rank, created)
    WHERE removed = 0 AND (depends_on <> '[]' OR epic IS NOT NULL);
