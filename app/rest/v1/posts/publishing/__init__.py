"""REST v1: how far a post has got, trying again what failed, and queueing a draft."""
