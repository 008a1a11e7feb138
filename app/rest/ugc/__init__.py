"""The `/post/…` routes: every call is a POST, and a post has one account."""
