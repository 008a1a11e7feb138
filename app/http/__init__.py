"""What the edges share of HTTP: request ids, reading a body, showing a key, counting requests. Knows no post."""
