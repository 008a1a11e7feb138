"""REST v1: the history of a post."""
