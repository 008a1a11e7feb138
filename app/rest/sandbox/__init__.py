"""GET /sandbox: a page that shows what went out to the sandbox."""
