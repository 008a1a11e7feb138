"""REST v1: many new posts in one request."""
