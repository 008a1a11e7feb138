// Audits a server, and prints what came of each check: a JSON list of {id, name, status, reason}.
// node audit.mjs ADDRESS KEY
import { auditServer } from "graphql-http";

const [address, key] = process.argv.slice(2);

const results = await auditServer({
  url: `${address}/graphql`,
  fetchFn: (target, options = {}) =>
    fetch(target, { ...options, headers: { ...options.headers, Authorization: `Bearer ${key}` } }),
});
const told = results.map(({ id, name, status, reason }) => ({ id, name, status, reason }));
process.stdout.write(`${JSON.stringify(told)}\n`);
