"""The explorer page that a browser gets at the GraphQL endpoint.

The page is GraphiQL, bundled from this folder by ``npm ci && npm run build`` so that it
loads nothing from another origin and works on a host without internet access.
"""
