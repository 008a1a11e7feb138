"""Redraft: keeps scheduled social posts, changes them safely, publishes them once."""
