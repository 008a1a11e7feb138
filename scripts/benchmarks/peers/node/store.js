// The database of both peers on Node: the statements that one update and one page of posts take, kept prepared.

import Database from "better-sqlite3";

const ORGANIZATION = 1;
const CHANGED_BY = "bench";

export function openStore(path) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");

  const selectPost = db.prepare("SELECT * FROM posts WHERE organization_id = ? AND id = ?");
  const selectDestinations = db.prepare(
    `SELECT d.*, a.platform, a.name FROM destinations d
     JOIN accounts a ON a.organization_id = d.organization_id AND a.id = d.account_id
     WHERE d.organization_id = ? AND d.post_id = ? ORDER BY d.account_id`,
  );
  const selectMedia = db.prepare(
    "SELECT media_id FROM post_media WHERE organization_id = ? AND post_id = ? ORDER BY position",
  );
  const updatePost = db.prepare(
    `UPDATE posts SET content = ?, version = ?, updated_at = ?
     WHERE organization_id = ? AND id = ? AND version = ?`,
  );
  const insertRevision = db.prepare(
    `INSERT INTO revisions (organization_id, post_id, version, changed_at, changed_by, changes, event, status,
                            transaction_id, position)
     VALUES (@organization, @post, @version, @at, @by, @changes, 'post.updated', @status, 0,
             (SELECT coalesce(max(position), 0) + 1 FROM revisions
              WHERE organization_id = @organization AND transaction_id = 0))`,
  );
  const selectPage = db.prepare(
    `SELECT * FROM posts WHERE organization_id = ?
     ORDER BY coalesce(scheduled_for, 9223372036854775807), id LIMIT ?`,
  );

  // For every number of ids a statement of its own, made once.
  const prepared = new Map();
  const forPosts = (sql, ids) => {
    const key = sql + ids.length;
    if (!prepared.has(key)) prepared.set(key, db.prepare(sql.replace("(?)", `(${ids.map(() => "?").join(", ")})`)));
    return prepared.get(key).all(ORGANIZATION, ...ids);
  };

  const update = (id, input) => {
    const key = id.replaceAll("-", "");
    const row = selectPost.get(ORGANIZATION, key);
    if (row === undefined) return { __typename: "NotFound", message: "There is no such post." };
    if (row.status === "published") return { __typename: "AlreadyPublished", message: "The post is out." };
    if (row.status === "publishing") return { __typename: "PublishingInProgress", message: "The post is on the wire." };
    if (input.expectedVersion != null && input.expectedVersion !== row.version)
      return { __typename: "VersionConflict", message: `The post has version ${row.version}.` };

    const destinations = selectDestinations.all(ORGANIZATION, key);
    const media = selectMedia.all(ORGANIZATION, key);
    const changedFields = [];
    if (input.content !== undefined && input.content !== row.content) {
      const now = Date.now();
      updatePost.run(input.content, row.version + 1, now, ORGANIZATION, key, row.version);
      insertRevision.run({
        organization: ORGANIZATION,
        post: key,
        version: row.version + 1,
        at: now,
        by: CHANGED_BY,
        changes: JSON.stringify([["content", row.content, input.content]]),
        status: row.status,
      });
      changedFields.push("content");
      row.content = input.content;
      row.version += 1;
      row.updated_at = now;
    }
    return { __typename: "UpdatePostSuccess", post: postOf(row, destinations, media), changedFields };
  };

  const page = (first) => {
    const rows = selectPage.all(ORGANIZATION, first + 1);
    const nodes = rows.slice(0, first);
    const ids = nodes.map((row) => row.id);
    const destinations = grouped(
      forPosts(
        `SELECT d.*, a.platform, a.name FROM destinations d
         JOIN accounts a ON a.organization_id = d.organization_id AND a.id = d.account_id
         WHERE d.organization_id = ? AND d.post_id IN (?) ORDER BY d.post_id, d.account_id`,
        ids,
      ),
    );
    const media = grouped(
      forPosts(
        "SELECT post_id, media_id FROM post_media WHERE organization_id = ? AND post_id IN (?) ORDER BY position",
        ids,
      ),
    );
    return {
      nodes: nodes.map((row) => postOf(row, destinations.get(row.id) ?? [], media.get(row.id) ?? [])),
      pageInfo: { hasNextPage: rows.length > first },
    };
  };

  return { update: db.transaction(update).immediate, page: db.transaction(page) };
}

function grouped(rows) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row.post_id);
    if (group === undefined) groups.set(row.post_id, [row]);
    else group.push(row);
  }
  return groups;
}

function postOf(row, destinations, media) {
  return {
    id: uuid(row.id),
    status: row.status.toUpperCase(),
    kind: row.kind.toUpperCase(),
    content: row.content,
    title: row.title,
    accountIds: destinations.map((destination) => destination.account_id),
    scheduledFor: instant(row.scheduled_for),
    timezone: row.timezone,
    mediaIds: media.map((item) => uuid(item.media_id)),
    socialAudioId: row.social_audio_id,
    failureReason: row.failure_reason,
    version: row.version,
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
    destinations: destinations.map((destination) => ({
      accountId: destination.account_id,
      accountName: destination.name,
      platform: destination.platform.toUpperCase(),
      status: destination.status.toUpperCase(),
      platformPostId: destination.platform_post_id,
      platformPostUrl: destination.platform_post_url,
      publishedAt: instant(destination.published_at),
      error: destination.error,
      attempts: destination.attempts,
      nextAttemptAt: instant(destination.next_attempt_at),
    })),
  };
}

const instant = (milliseconds) => (milliseconds === null ? null : new Date(milliseconds).toISOString());

const uuid = (hex) =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
