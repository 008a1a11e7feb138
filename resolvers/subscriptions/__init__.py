"""The subscriptions of the schema, a file for each noun, and what they stand on: live feeds and their transport."""

import strawberry

import resolvers.enums  # noqa: F401 - gives the domain's enums their place before anything here asks for it
from resolvers.subscriptions.posts import PostSubscriptions


@strawberry.type(description="What can be followed.")
class Subscription(PostSubscriptions):
    """Every subscription."""
