/**
 * A program that uses the typed client, and prints as JSON what it was told.
 *
 * Its arguments: the server's address, a key, and an instant in RFC 3339 for the post that it writes.
 */

import type { ResultOf, VariablesOf } from "gql.tada";
import { clientOf, graphql, later } from "./client.js";

const BANNER = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

const PostDetails = graphql(`
  fragment PostDetails on Post {
    id
    status
    content
    accountIds
    scheduledFor
    timezone
    mediaIds
    platformContent
    version
    destinations {
      accountId
      platform
    }
  }
`);

const Accounts = graphql(`
  query Accounts {
    accounts {
      accountId
      platform
      isActive
    }
  }
`);

const Posts = graphql(
  `
    query Posts($filter: PostFilter, $orderBy: PostOrder, $first: Int) {
      posts(filter: $filter, orderBy: $orderBy, first: $first) {
        nodes {
          ...PostDetails
        }
        pageInfo {
          hasNextPage
        }
        totalCount
      }
    }
  `,
  [PostDetails],
);

const CreatePost = graphql(
  `
    mutation CreatePost($input: CreatePostInput!) {
      createPost(input: $input) {
        __typename
        ... on CreatePostSuccess {
          post {
            ...PostDetails
          }
        }
        ... on MutationError {
          code
          message
        }
        ... on InvalidInput {
          issues {
            path
            code
          }
        }
      }
    }
  `,
  [PostDetails],
);

const UpdatePost = graphql(
  `
    mutation UpdatePost($id: ID!, $input: UpdatePostInput!) {
      updatePost(id: $id, input: $input) {
        __typename
        ... on UpdatePostSuccess {
          changedFields
          post {
            ...PostDetails
          }
        }
        ... on MutationError {
          code
          message
        }
        ... on NotFound {
          id
        }
        ... on AlreadyPublished {
          post {
            status
          }
        }
        ... on PublishingInProgress {
          post {
            status
          }
        }
        ... on AccountAlreadyPublished {
          accountIds
        }
        ... on InvalidFieldName {
          field
          suggestion
        }
        ... on InvalidInput {
          issues {
            path
            code
          }
        }
        ... on VersionConflict {
          currentVersion
          post {
            content
          }
        }
      }
    }
  `,
  [PostDetails],
);

const DeletePost = graphql(`
  mutation DeletePost($id: ID!, $expectedVersion: Int) {
    deletePost(id: $id, expectedVersion: $expectedVersion) {
      __typename
      ... on MutationError {
        code
        message
      }
    }
  }
`);

function postOf(post: ResultOf<typeof PostDetails>) {
  return {
    content: post.content,
    is_scheduled: post.status === "SCHEDULED",
    account_ids: post.accountIds,
    scheduled_for: post.scheduledFor,
    timezone: post.timezone,
    has_the_banner: post.mediaIds.length === 1 && post.mediaIds[0] === BANNER,
    platform_content: post.platformContent,
    version: post.version,
    on_x: post.destinations.filter((each) => each.platform === "X").map((each) => each.accountId),
  };
}

function told(result: ResultOf<typeof UpdatePost>["updatePost"]) {
  switch (result.__typename) {
    case "UpdatePostSuccess":
      return { changed_fields: result.changedFields, post: postOf(result.post) };
    case "NotFound":
      return { code: result.code, message: result.message, id: result.id };
    case "AlreadyPublished":
    case "PublishingInProgress":
      return { code: result.code, message: result.message, status: result.post.status };
    case "AccountAlreadyPublished":
      return { code: result.code, message: result.message, account_ids: result.accountIds };
    case "InvalidFieldName":
      return { code: result.code, field: result.field, suggestion: result.suggestion };
    case "InvalidInput":
      return { code: result.code, issues: result.issues.map((issue) => [...issue.path, issue.code]) };
    case "VersionConflict":
      return { code: result.code, current: result.currentVersion, content: result.post.content };
    default: {
      const { code, message } = later(result);
      return { code, message };
    }
  }
}

const [address = "", key = "", instant = ""] = process.argv.slice(2);
const send = clientOf(address, key);

const update = async (id: string, input: VariablesOf<typeof UpdatePost>["input"]) =>
  told((await send(UpdatePost, { id, input })).updatePost);
const remove = async (id: string, expectedVersion: number | null = null) =>
  (await send(DeletePost, { id, expectedVersion })).deletePost.__typename;

const { accounts } = await send(Accounts, {});
const { createPost: created } = await send(CreatePost, {
  input: {
    content: "Written by a typed client",
    accountIds: [2282],
    scheduledFor: instant,
    mediaIds: [BANNER],
    status: "SCHEDULED",
  },
});
if (created.__typename !== "CreatePostSuccess") {
  throw new Error(created.message);
}
const { createPost: incomplete } = await send(CreatePost, { input: { status: "SCHEDULED" } });
if (incomplete.__typename !== "InvalidInput") {
  throw new Error(incomplete.__typename);
}
const { id } = created.post;
const answers = {
  accounts: accounts.map((account) => [account.accountId, account.platform, account.isActive]),
  created: postOf(created.post),
  incomplete: incomplete.issues.map((issue) => [...issue.path, issue.code]),
  updated: await update(id, {
    timezone: "Europe/Paris",
    platformContent: { x: { content: "Short" } },
    expectedVersion: 1,
  }),
  cleared: await update(id, { content: null }),
  stale: await update(id, { content: "Lost", expectedVersion: 1 }),
  unknown: await update("00000000-0000-0000-0000-000000000009", {}),
  published: await update("9b115ed0-0000-4000-8000-000000000002", { content: "Late" }),
  publishing: await update("9b115419-0000-4000-8000-000000000005", { content: "Late" }),
  partly_out: await update("9a47fa11-0000-4000-8000-000000000004", { accountIds: [2282] }),
  misnamed: await update(id, { media: [BANNER] }),
  wrong: await update(id, { timezone: "Mars/Olympus", accountIds: [9999] }),
};
const { posts: page } = await send(Posts, { filter: { search: "launch" }, orderBy: "SCHEDULED_FOR", first: 1 });
console.log(
  JSON.stringify({
    ...answers,
    found: [page.totalCount, page.pageInfo.hasNextPage, page.nodes.map((post) => post.content)],
    deletions: [await remove(id, 1), await remove(id), await remove(id)],
  }),
);
