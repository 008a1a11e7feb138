"""The mutations of the schema, a file for each noun."""

import strawberry

from resolvers.mutations.accounts import AccountMutations
from resolvers.mutations.media import MediaMutations
from resolvers.mutations.posts import PostMutations


@strawberry.type(description="What can be changed.")
class Mutation(PostMutations, MediaMutations, AccountMutations):
    """Every mutation."""
