"""What Redraft says of itself: log lines and figures. Knows no post, no SQL and no web framework."""
