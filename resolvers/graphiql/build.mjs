// Bundles the explorer into dist/, the folder the server hands out under /graphql/assets/.
// One script, one style sheet and one file per Monaco worker, with stable names: page.py refers to
// them by name, so there is no manifest to read.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const here = import.meta.dirname;
const outdir = `${here}/dist`;

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  outdir,
  target: "es2022",
  logLevel: "warning",
  // The bundled packages ask that their notices travel with them.
  legalComments: "linked",
};

// GraphiQL's style sheet already holds Monaco's; Monaco's modules would bring it a second time.
const monacoStylesOnce = {
  name: "monaco-styles-once",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: "", loader: "css" }));
  },
};

await rm(outdir, { recursive: true, force: true });
// The page last: main.js being there is how the server knows that everything is.
await build({
  ...shared,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  format: "iife",
});
await build({
  ...shared,
  // No code splitting: esbuild would leave the styles of a lazily loaded chunk unloaded.
  entryPoints: { main: "src/main.jsx" },
  format: "esm",
  jsx: "automatic",
  plugins: [monacoStylesOnce],
  // GraphiQL's own fetcher names it for subscriptions; this page has a fetcher of its own.
  external: ["graphql-ws"],
});
