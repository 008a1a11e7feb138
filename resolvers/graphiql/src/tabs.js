// The tabs of a first visit: one update, every refusal it can meet, what else an update can be, and what can be read.
// Each runs as it is against a freshly seeded database. A tab's title is its operation's name.

const POST = {
  draft: "d4af7000-0000-4000-8000-000000000001",
  failed: "fa11ed00-0000-4000-8000-000000000003",
  scheduled: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
  published: "9b115ed0-0000-4000-8000-000000000002",
  publishing: "9b115419-0000-4000-8000-000000000005",
  partiallyFailed: "9a47fa11-0000-4000-8000-000000000004",
  missing: "00000000-0000-4000-8000-000000000000",
};

const SUCCESS = `... on UpdatePostSuccess {
      changedFields
      post {
        id
        status
        content
        scheduledFor
        timezone
        version
      }
    }`;

const ISSUES = `... on InvalidInput {
      issues {
        path
        code
        message
      }
    }`;

function update(name, { says, id, input, refusal = "" }) {
  const parts = [SUCCESS, "... on MutationError {\n      code\n      message\n    }", refusal];
  const query = `${says.map((line) => `# ${line}`).join("\n")}
mutation ${name}($id: ID!, $input: UpdatePostInput!) {
  updatePost(id: $id, input: $input) {
    __typename
    ${parts.filter(Boolean).join("\n    ")}
  }
}`;
  return { query, variables: JSON.stringify({ id, input }, null, 2) };
}

const TABS = [
  update("Reschedule", {
    says: [
      "Change a post that is still scheduled.",
      "Fields you leave out of the input stay as they are.",
    ],
    id: POST.scheduled,
    input: {
      content: "Doors open at seven instead of six.",
      timezone: "Europe/Amsterdam",
    },
    refusal: ISSUES,
  }),
  update("NotFound", {
    says: ["Refused: you have no post with this id."],
    id: POST.missing,
    input: { content: "Nobody will read this." },
    refusal: "... on NotFound {\n      id\n    }",
  }),
  update("AlreadyPublished", {
    says: ["Refused: the post is out already."],
    id: POST.published,
    input: { content: "Too late to mend the typo." },
    refusal: "... on AlreadyPublished {\n      post {\n        id\n        status\n      }\n    }",
  }),
  update("PublishingInProgress", {
    says: ["Refused: the post is being sent right now."],
    id: POST.publishing,
    input: { content: "Wait, one more thing" },
    refusal: "... on PublishingInProgress {\n      post {\n        id\n        status\n      }\n    }",
  }),
  update("AccountAlreadyPublished", {
    says: [
      "Refused: the post is out on account 2280,",
      "so that account cannot be taken off it.",
    ],
    id: POST.partiallyFailed,
    input: { accountIds: [2282] },
    refusal: "... on AccountAlreadyPublished {\n      accountIds\n    }",
  }),
  update("InvalidFieldName", {
    says: [
      "Refused: an update has no field called media.",
      "The answer names the right one.",
    ],
    id: POST.scheduled,
    input: { media: ["x"] },
    refusal: "... on InvalidFieldName {\n      field\n      suggestion\n    }",
  }),
  update("InvalidInput", {
    says: ["Refused: all problems at once, each with its path."],
    id: POST.scheduled,
    input: { scheduledFor: "2020-01-01T00:00:00Z", timezone: "Mars/Olympus" },
    refusal: ISSUES,
  }),
  update("VersionConflict", {
    says: [
      "Refused: the post no longer has this version.",
      "Somebody changed it since you read it.",
    ],
    id: POST.scheduled,
    input: { content: "Written against an old copy.", expectedVersion: 1000 },
    refusal: "... on VersionConflict {\n      currentVersion\n    }",
  }),
  {
    query: `# Up to 50 changes in one transaction: all of them, or none.
mutation ManyAtOnce($changes: [PostChange!]!) {
  updatePosts(changes: $changes, atomic: true) {
    __typename
    ${SUCCESS}
    ... on MutationError {
      code
      message
    }
  }
}`,
    variables: JSON.stringify(
      {
        changes: [
          { id: POST.scheduled, input: { timezone: "Asia/Tokyo" } },
          { id: POST.draft, input: { content: "The follow-up, rewritten." } },
        ],
      },
      null,
      2,
    ),
  },
  {
    query: `# Make the post say again what its first version said,
# and read what has been changed since, and by whom.
mutation Restore($id: ID!) {
  restorePost(id: $id, version: 1) {
    __typename
    ... on UpdatePostSuccess {
      changedFields
      post {
        version
        revisions(first: 5) {
          totalCount
          nodes {
            version
            changedAt
            changedBy
            changes {
              field
              before
              after
            }
          }
        }
      }
    }
    ... on MutationError {
      code
      message
    }
  }
}`,
    variables: JSON.stringify({ id: POST.scheduled }, null, 2),
  },
  {
    query: `# Queue again what failed. What is out stays out, once.
mutation Retry($id: ID!) {
  retryPost(id: $id) {
    __typename
    ... on RetryPostSuccess {
      retriedCount
      post {
        status
        destinations {
          accountName
          platform
          status
          attempts
        }
      }
    }
    ... on MutationError {
      code
      message
    }
  }
}`,
    variables: JSON.stringify({ id: POST.failed }, null, 2),
  },
  {
    query: `# What each platform takes, and where that is written.
query PlatformLimits {
  platformRules {
    platform
    textLimit
    textUnit
    maxImages
    maxVideos
    requiresMedia
    reviewedOn
    source
  }
}`,
    variables: null,
  },
  {
    query: `# The next posts to go out, and where each of them goes.
query Upcoming {
  posts(first: 10, orderBy: SCHEDULED_FOR) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      status
      content
      scheduledFor
      destinations {
        accountId
        accountName
        platform
        status
      }
    }
  }
}`,
    variables: null,
  },
  {
    query: `# Follow your posts: run this, and change one in another window.
# Every change has a cursor: sent as after, it resumes there.
subscription Follow($id: ID, $after: String) {
  postChanged(id: $id, after: $after) {
    cursor
    event
    at
    postId
    changedFields
    post {
      content
      status
      scheduledFor
      version
    }
  }
}`,
    variables: JSON.stringify({ id: POST.scheduled }, null, 2),
  },
];

export function headersFor(demoKey) {
  return JSON.stringify({ Authorization: `Bearer ${demoKey ?? "PASTE-YOUR-KEY"}` }, null, 2);
}

export function defaultTabs(demoKey) {
  const headers = headersFor(demoKey);
  return TABS.map((tab) => ({ ...tab, headers }));
}
