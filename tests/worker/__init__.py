"""The worker, in this process."""
