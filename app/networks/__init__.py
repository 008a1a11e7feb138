"""The networks that posts are published to: one file for each, and what they share of HTTP."""
