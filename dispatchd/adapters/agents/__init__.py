"""The programs that run agents: how each is started, what its lines mean, what it is told. Nothing here starts anything."""
