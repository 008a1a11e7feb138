// Sends an operation to the endpoint: subscriptions as GraphQL over server-sent events, which are read from an ordinary
// request, so that the key goes where it always goes. GraphiQL's own fetcher wants another connection for them, and it
// cannot show an answer that is not JSON.

import { Kind, OperationTypeNode, parse } from "graphql";

/**
 * @param endpoint path to post to
 * @param currentHeaders says what the headers editor holds; GraphiQL asks for the schema before that
 *   editor exists, and without a key the answer would be a refusal
 */
export function createFetcher(endpoint, currentHeaders) {
  function send(params, options, accept, signal) {
    return fetch(endpoint, {
      method: "POST",
      headers: {
        Accept: accept,
        "Content-Type": "application/json",
        ...(options?.headers ?? currentHeaders()),
      },
      body: JSON.stringify(params),
      signal,
    });
  }

  async function once(params, options) {
    return readAnswer(await send(params, options, "application/json"));
  }

  // GraphiQL calls return() when its user has seen enough. A generator would end only after the next event.
  function follow(params, options) {
    const stop = new AbortController();
    const results = streamResults(() => send(params, options, "text/event-stream", stop.signal));
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        try {
          return await results.next();
        } catch (error) {
          if (stop.signal.aborted) {
            return { done: true, value: undefined };
          }
          throw error;
        }
      },
      async return() {
        stop.abort();
        return { done: true, value: undefined };
      },
    };
  }

  return (params, options) => {
    const operation = operationIn(params);
    const asked = { ...params, operationName: operation.name };
    return operation.type === OperationTypeNode.SUBSCRIPTION ? follow(asked, options) : once(asked, options);
  };
}

async function* streamResults(send) {
  const response = await send();
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    yield await readAnswer(response);
    return;
  }
  for await (const { event, data } of readEvents(response.body.pipeThrough(new TextDecoderStream()))) {
    if (event === "complete") {
      return;
    }
    if (event === "next") {
      yield JSON.parse(data);
    }
  }
  throw new Error("The stream was cut off. Run it again, with the last cursor as `after` to miss nothing.");
}

// The event streams of the HTML standard, as far as this endpoint uses them: one line of data for each event.
async function* readEvents(stream) {
  const reader = stream.getReader();
  let text = "";
  let fields = {};
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const lines = (text + value).split("\n");
    text = lines.pop();
    for (const line of lines.map((line) => line.replace(/\r$/, ""))) {
      if (line !== "") {
        const [, field, content] = /^([^:]*):? ?(.*)$/.exec(line);
        fields[field] = content;
      } else if (fields.event) {
        yield fields;
        fields = {};
      }
    }
  }
}

async function readAnswer(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status} ${response.statusText}: ${text.slice(0, 500)}`);
  }
}

// GraphiQL learns the operation's name a moment after a tab was opened, and sends the name of the tab before until then.
function operationIn({ query, operationName }) {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const operation =
      operations.length === 1 ? operations[0] : operations.find(({ name }) => name?.value === operationName);
    return { name: operations.length === 1 ? operation.name?.value : operationName, type: operation?.operation };
  } catch {
    return { name: operationName }; // not GraphQL: the server says so better
  }
}
