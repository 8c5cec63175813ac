-- A label is looked up by the issue's id: with that in the index, no row is read of an issue that is left out.
DROP INDEX issues_by_rank;
DROP INDEX issues_by_status;
CREATE INDEX issues_by_rank ON issues (rank, created, type, role, id) WHERE removed = 0;
CREATE INDEX issues_by_status ON issues (status, rank, created, type, role, id) WHERE removed = 0;
