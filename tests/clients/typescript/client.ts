/** Sends operations to a server. The types of what goes out and comes back are the schema's. */

import { print } from "@0no-co/graphql.web";
import { initGraphQLTada, type TadaDocumentNode } from "gql.tada";
import type { introspection } from "./generated/schema.js";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; UUID: string; JSON: unknown };
}>();

/** What every refusal has, those included that come later. */
export interface Refusal {
  __typename: string;
  code: string;
  message: string;
}

/**
 * A refusal that this program was not written for. The default of a switch calls it: the compiler holds that the
 * switch has a case for every member that the schema knows, and an older program still reads what a newer server says.
 */
export function later(result: never): Refusal {
  return result;
}

export function clientOf(address: string, key: string) {
  return async <Result, Variables>(document: TadaDocumentNode<Result, Variables>, variables: Variables) => {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const answer = (await response.json()) as { data?: Result; errors?: { message: string }[] };
    if (answer.errors || !answer.data) {
      throw new Error(answer.errors?.map((error) => error.message).join("\n") ?? `Answered ${response.status}`);
    }
    return answer.data;
  };
}
