/**
 * A program from before PublishingInProgress existed: it updates one post, and prints as JSON what it was told.
 *
 * Its arguments: the server's address, a key, and the post's id.
 */

import { clientOf, graphql, later } from "./client.js";

const UpdatePost = graphql(`
  mutation UpdatePost($id: ID!, $input: UpdatePostInput!) {
    updatePost(id: $id, input: $input) {
      __typename
      ... on UpdatePostSuccess {
        changedFields
      }
      ... on MutationError {
        code
        message
      }
    }
  }
`);

const [address = "", key = "", id = ""] = process.argv.slice(2);
const { updatePost: result } = await clientOf(address, key)(UpdatePost, { id, input: { content: "Changed" } });

switch (result.__typename) {
  case "UpdatePostSuccess":
    console.log(JSON.stringify(result.changedFields));
    break;
  case "NotFound":
  case "AlreadyPublished":
  case "AccountAlreadyPublished":
  case "InvalidFieldName":
  case "InvalidInput":
  case "VersionConflict":
    console.log(JSON.stringify({ code: result.code, message: result.message }));
    break;
  default: {
    const { __typename, code, message } = later(result);
    console.log(JSON.stringify({ type: __typename, code, message, by: "default" }));
  }
}
