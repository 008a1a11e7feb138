// Sends an operation to the endpoint. GraphiQL's own fetcher also speaks web sockets and multipart,
// neither of which this endpoint does, and it cannot show an answer that is not JSON.

import { Kind, parse } from "graphql";

/**
 * @param endpoint path to post to
 * @param currentHeaders says what the headers editor holds; GraphiQL asks for the schema before that
 *   editor exists, and without a key the answer would be a refusal
 */
export function createFetcher(endpoint, currentHeaders) {
  return async (params, options) => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        ...(options?.headers ?? currentHeaders()),
      },
      body: JSON.stringify({ ...params, operationName: operationNameIn(params) }),
    });
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`HTTP ${response.status} ${response.statusText}: ${text.slice(0, 500)}`);
    }
  };
}

// GraphiQL learns the operation's name a moment after a tab was opened, and sends the name of the tab before until then.
function operationNameIn({ query, operationName }) {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? operations[0].name?.value : operationName;
  } catch {
    return operationName; // not GraphQL: the server says so better
  }
}
