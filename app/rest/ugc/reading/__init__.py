"""Looking at posts: a list, or where one stands."""
