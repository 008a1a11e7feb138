"""The GraphQL edge: one file per noun's types, then inputs, queries, mutations, errors, schema and endpoint."""
