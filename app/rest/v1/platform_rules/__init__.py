"""REST v1: what each platform takes."""
