"""What scripts/bench measures: one file for each kind of figures."""
