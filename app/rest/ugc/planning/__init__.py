"""Telling when posts would go out."""
