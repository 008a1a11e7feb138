"""REST v1, all of it."""

from typing import Final

from fastapi import APIRouter

from app.rest.v1.accounts import documentation as accounts_documentation
from app.rest.v1.accounts import routes as accounts
from app.rest.v1.envelopes import V1Failure
from app.rest.v1.posts import documentation as posts_documentation
from app.rest.v1.posts import routes as posts

router = APIRouter()
router.include_router(posts.router)
router.include_router(accounts.router)

SHAPES: Final = (*posts_documentation.SHAPES, *accounts_documentation.SHAPES, V1Failure)
"""What the routes' documentation names."""
