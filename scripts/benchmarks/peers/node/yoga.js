// graphql-yoga on node:http and better-sqlite3: `node yoga.js DATABASE PORT`.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { openStore } from "./store.js";

const [database, port] = process.argv.slice(2);
const store = openStore(database);

const schema = createSchema({
  typeDefs: readFileSync(new URL("../schema.graphql", import.meta.url), "utf8"),
  resolvers: {
    Query: { posts: (_, { first }) => store.page(first) },
    Mutation: { updatePost: (_, { id, input }) => store.update(id, input) },
  },
});

createServer(createYoga({ schema, logging: false, graphiql: false })).listen(Number(port), "127.0.0.1");
