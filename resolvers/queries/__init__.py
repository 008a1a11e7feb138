"""The queries of the schema, a file for each noun."""

import strawberry

from resolvers.queries.accounts import AccountQueries
from resolvers.queries.posts import PostQueries


@strawberry.type(description="What can be read.")
class Query(PostQueries, AccountQueries):
    """Every query."""
