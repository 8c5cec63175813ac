"""The processes of agents: a shim that owns each, the folder it leaves word in, and the cell around it."""
