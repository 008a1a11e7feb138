"""REST v1, all of it."""

from typing import Final

from fastapi import APIRouter

from app.rest.v1.accounts import documentation as accounts_documentation
from app.rest.v1.accounts import routes as accounts
from app.rest.v1.envelopes import V1Failure
from app.rest.v1.media import documentation as media_documentation
from app.rest.v1.media import routes as media
from app.rest.v1.platform_rules import documentation as platform_rules_documentation
from app.rest.v1.platform_rules import routes as platform_rules
from app.rest.v1.posts import documentation as posts_documentation
from app.rest.v1.posts import routes as posts
from app.rest.v1.posts.bulk import documentation as bulk_documentation
from app.rest.v1.posts.bulk import routes as bulk
from app.rest.v1.posts.publishing import documentation as publishing_documentation
from app.rest.v1.posts.publishing import routes as publishing
from app.rest.v1.posts.revisions import documentation as revisions_documentation
from app.rest.v1.posts.revisions import routes as revisions

router = APIRouter()
router.include_router(posts.router)
router.include_router(bulk.router)
router.include_router(publishing.router)
router.include_router(revisions.router)
router.include_router(accounts.router)
router.include_router(media.router)
router.include_router(platform_rules.router)

SHAPES: Final = (
    *posts_documentation.SHAPES,
    *bulk_documentation.SHAPES,
    *publishing_documentation.SHAPES,
    *revisions_documentation.SHAPES,
    *accounts_documentation.SHAPES,
    *media_documentation.SHAPES,
    *platform_rules_documentation.SHAPES,
    V1Failure,
)
"""What the routes' documentation names."""
