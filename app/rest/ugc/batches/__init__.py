"""Retrying and deleting many posts at once."""
