"""REST v1, all of it."""

from fastapi import APIRouter

from app.rest.v1 import accounts, posts

router = APIRouter()
router.include_router(posts.router)
router.include_router(accounts.router)
