"""Documents that clients name instead of sending them: automatic persisted queries, and a list of trusted documents."""
