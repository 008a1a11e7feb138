"""The table of a post's life after it was made: deleting, retrying, queueing and restoring it, on every edge."""
