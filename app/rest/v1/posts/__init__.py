"""REST v1: posts."""
