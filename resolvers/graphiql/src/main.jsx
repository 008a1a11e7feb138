import "./workers.js";
import "graphiql/style.css";
import "./page.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { demoKey, endpoint } from "./config.js";
import { createFetcher } from "./fetcher.js";
import { OwnKey } from "./own-key.jsx";
import { lastActiveTab, openStorage } from "./storage.js";
import { defaultTabs, headersFor } from "./tabs.js";

const storage = openStorage(demoKey);
const tabs = defaultTabs(demoKey);
const defaultHeaders = headersFor(demoKey);

// Told apart from defaultTabs because GraphiQL fills the variables and headers editors from these,
// not from the first tab.
const first = lastActiveTab(storage) ?? tabs[0];

function initialHeaders() {
  try {
    return JSON.parse(first.headers ?? defaultHeaders);
  } catch {
    return {};
  }
}

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={createFetcher(endpoint, initialHeaders)}
    storage={storage}
    defaultTabs={tabs}
    defaultHeaders={defaultHeaders}
    defaultQuery=""
    initialQuery={first.query ?? undefined}
    initialVariables={first.variables ?? undefined}
    initialHeaders={first.headers ?? undefined}
    shouldPersistHeaders
    // Misnamed fields such as media are declared as deprecated ones; the editor has to know them.
    inputValueDeprecation
    schemaDescription
    // Any JSON value is right for a JSON scalar; unless told, the editor takes lists for mistakes.
    customScalarSchemas={{ JSON: {} }}
  >
    <GraphiQL.Logo>
      <span className="redraft-logo">Redraft</span>
    </GraphiQL.Logo>
    {demoKey === null && <OwnKey placeholder={defaultHeaders} />}
  </GraphiQL>,
);
