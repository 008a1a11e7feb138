// Asks twice for the same operation with the client that is named, and prints as JSON what it understood, `answers`,
// and what it sent for that, `requests`.
// node ask.mjs apollo|urql ADDRESS KEY GET|POST NAME query|mutation
//   GET|POST: how the client sends a query that it only names. NAME: of the operation; with another it is another text.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { parse } from "graphql";

const [client, address, key, method, name, kind] = process.argv.slice(2);

const texts = {
  query: `query ${name} { accounts { platform } }`,
  mutation: `mutation ${name} { deletePost(id: "00000000-0000-0000-0000-000000000009") { __typename } }`,
};
const document = parse(texts[kind]);
const url = `${address}/graphql`;
const headers = { Authorization: `Bearer ${key}` };
const requests = [];

async function recordingFetch(target, options) {
  const answer = await fetch(target, options);
  const asked =
    options.method === "GET" ? Object.fromEntries(new URL(target).searchParams) : JSON.parse(options.body);
  const body = await answer.clone().json();
  requests.push({
    method: options.method,
    names: "extensions" in asked,
    sends: "query" in asked,
    status: answer.status,
    type: answer.headers.get("content-type").split(";")[0],
    errors: body.errors?.map((error) => error.extensions.code),
  });
  return answer;
}

function withApollo() {
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const link = ApolloLink.from([
    new PersistedQueryLink({ sha256, useGETForHashedQueries: method === "GET" }),
    new HttpLink({ uri: url, headers, fetch: recordingFetch }),
  ]);
  const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
  return () =>
    kind === "query"
      ? apollo.query({ query: document, fetchPolicy: "no-cache", errorPolicy: "all" })
      : apollo.mutate({ mutation: document, fetchPolicy: "no-cache", errorPolicy: "all" });
}

function withUrql() {
  const urql = new Client({
    url,
    fetch: recordingFetch,
    fetchOptions: { headers },
    preferGetMethod: false,
    exchanges: [
      persistedExchange({ preferGetForPersistedQueries: method === "GET", enableForMutation: true }),
      fetchExchange,
    ],
  });
  return () =>
    kind === "query"
      ? urql.query(document, {}, { requestPolicy: "network-only" }).toPromise()
      : urql.mutation(document, {}).toPromise();
}

const ask = client === "apollo" ? withApollo() : withUrql();
const answers = [];
for (let times = 0; times < 2; times += 1) {
  const { data, error } = await ask();
  answers.push({ data: data ?? null, error: error?.message ?? null });
}
process.stdout.write(`${JSON.stringify({ answers, requests })}\n`);
