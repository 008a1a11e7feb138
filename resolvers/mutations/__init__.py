"""The mutations of the schema, a file for each noun."""

import strawberry

from resolvers.mutations.posts import PostMutations


@strawberry.type(description="What can be changed.")
class Mutation(PostMutations):
    """Every mutation."""
