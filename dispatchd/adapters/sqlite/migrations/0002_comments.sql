-- What people have said about an issue, as JSON.
ALTER TABLE issues ADD COLUMN comments TEXT NOT NULL DEFAULT '[]';
