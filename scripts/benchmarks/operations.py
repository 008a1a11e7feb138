"""The requests that are measured, the same for every server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

_UPDATE = """
mutation Update($id: ID!, $input: UpdatePostInput!) {
  updatePost(id: $id, input: $input) {
    __typename
    ... on UpdatePostSuccess {
      changedFields
      post {
        id status kind content title accountIds scheduledFor timezone mediaIds socialAudioId failureReason
        version createdAt updatedAt
        destinations { accountId accountName platform status }
      }
    }
  }
}
"""
_PAGE = """
query Page($first: Int) {
  posts(first: $first) {
    nodes {
      id status kind content accountIds scheduledFor timezone version createdAt updatedAt
      destinations { accountId accountName platform status attempts }
    }
    pageInfo { hasNextPage }
  }
}
"""

POST_ID: Final = "POST_ID"
NEW_TEXT: Final = "NEW_TEXT"


@dataclass(frozen=True, slots=True)
class Operation:
    """In path and body, POST_ID stands for the id of a post, and NEW_TEXT for a text that it did not have before."""

    name: str
    method: str
    path: str
    body: str

    @property
    def writes(self) -> bool:
        return NEW_TEXT in self.body


def _graphql(name: str, query: str, variables: object) -> Operation:
    body = json.dumps({"query": " ".join(query.split()), "variables": variables})
    return Operation(name, "POST", "/graphql", body)


UPDATE: Final = _graphql("updatePost", _UPDATE, {"id": POST_ID, "input": {"content": NEW_TEXT}})
PAGE: Final = _graphql("posts(first: 50)", _PAGE, {"first": 50})
PATCH: Final = Operation("PATCH /v1/posts/{id}", "PATCH", f"/v1/posts/{POST_ID}", json.dumps({"content": NEW_TEXT}))


def post_id(number: int) -> str:
    """The id of the post that was filled in under this number, from 1."""
    return f"{number:08x}-0000-7000-8000-{number:012x}"
