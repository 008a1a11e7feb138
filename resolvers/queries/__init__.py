"""The queries of the schema, a file for each noun."""

import strawberry

from resolvers.queries.accounts import AccountQueries
from resolvers.queries.media import MediaQueries
from resolvers.queries.platform_rules import PlatformRulesQueries
from resolvers.queries.posts import PostQueries
from resolvers.queries.webhooks import WebhookQueries


@strawberry.type(description="What can be read.")
class Query(PostQueries, AccountQueries, MediaQueries, PlatformRulesQueries, WebhookQueries):
    """Every query."""
