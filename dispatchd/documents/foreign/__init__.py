"""What other trackers keep, read into one neutral value; nothing here knows what becomes of it."""
