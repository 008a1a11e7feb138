// Mercurius with JIT on Fastify and better-sqlite3: `node mercurius.js DATABASE PORT`.
//
// Destinations are read by the resolver of their posts, with one statement for a page: as Mercurius's loaders, which
// its documentation has for this, a page takes twice the time.

import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import { openStore } from "./store.js";

const [database, port] = process.argv.slice(2);
const store = openStore(database);

const app = Fastify({ logger: false });
app.register(mercurius, {
  schema: readFileSync(new URL("../schema.graphql", import.meta.url), "utf8"),
  resolvers: {
    Query: { posts: (_, { first }) => store.page(first) },
    Mutation: { updatePost: (_, { id, input }) => store.update(id, input) },
  },
  jit: 1,
});
await app.listen({ host: "127.0.0.1", port: Number(port) });
