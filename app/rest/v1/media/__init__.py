"""REST v1: media."""
