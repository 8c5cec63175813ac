-- The workflow that an issue goes through, and where it stands in it.
ALTER TABLE issues ADD COLUMN workflow TEXT;
ALTER TABLE issues ADD COLUMN phase TEXT;
