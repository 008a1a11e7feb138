"""REST v1: accounts."""
