"""Taking in what other trackers hold, through the one door."""
