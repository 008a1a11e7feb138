"""The stack that tutorials for GraphQL in Python build: Strawberry's router for FastAPI, SQLModel and an AsyncSession
for each request on aiosqlite, and a DataLoader for what hangs on a list."""
