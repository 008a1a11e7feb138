"""What the service does: one verb, one file, one unit of work."""
