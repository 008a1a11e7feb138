"""REST v1: `PATCH /v1/posts/{post_id}` and what stands around it."""
