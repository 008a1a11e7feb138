"""The worker: claims what is due, makes the calls, records what came of them."""
