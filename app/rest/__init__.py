"""The REST edges: each parses a request, calls a command, and wraps the answer the way its documented API does."""
