"""The mutations of the schema, a file for each noun."""

import strawberry

from resolvers.mutations.accounts import AccountMutations
from resolvers.mutations.media import MediaMutations
from resolvers.mutations.posts import PostMutations
from resolvers.mutations.webhooks import WebhookMutations


@strawberry.type(description="What can be changed.")
class Mutation(PostMutations, MediaMutations, AccountMutations, WebhookMutations):
    """Every mutation."""
