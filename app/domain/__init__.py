"""What a post is, and every rule of changing one. Plain Python: no web framework, no SQL."""
