// Monaco does its parsing in web workers and asks the page for them. They are files of our own
// origin next to this script, so the page needs neither a CDN nor blob: workers.
const FILES = {
  graphql: "graphql.worker.js",
  json: "json.worker.js",
};

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    return new Worker(new URL(FILES[label] ?? "editor.worker.js", import.meta.url), { name: label });
  },
};
