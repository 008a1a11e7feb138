// Follows posts with the client that is named, and prints what it is told: a JSON line for each result, then how it ended.
// node follow.mjs ws|sse ADDRESS KEY VARIABLES [COUNT]
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";

const [transport, address, key, variables, count = "Infinity"] = process.argv.slice(2);

const query = `subscription Follow($id: ID, $status: [PostStatus!], $after: String) {
  postChanged(id: $id, status: $status, after: $after) {
    cursor event postId changedFields
    post { version content status }
  }
}`;

const Authorization = `Bearer ${key}`;
const client =
  transport === "ws"
    ? createWsClient({
        url: `${address.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { Authorization },
        retryAttempts: 0,
      })
    : createSseClient({ url: `${address}/graphql`, headers: { Authorization }, retryAttempts: 0 });

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

let left = Number(count);
const payload = { query, variables: JSON.parse(variables) };
const ended = new Promise((resolve) => {
  const stop = client.subscribe(payload, {
    next(result) {
      say(result);
      left -= 1;
      if (left === 0) {
        stop();
      }
    },
    error(error) {
      say({ ended: "error", code: error.code, status: error.response?.status, errors: Array.isArray(error) ? error : undefined });
      resolve();
    },
    complete() {
      say({ ended: "complete" });
      resolve();
    },
  });
});
await ended;
await client.dispose();
