// GraphiQL keeps its tabs in localStorage, request headers included. A new database has a new demo
// key, and tabs kept from the old one would send a key that no longer exists. So every demo key has
// a drawer of its own, and drawers of earlier demo keys are emptied.

const ROOT = "redraft:";
const DEMO = `${ROOT}demo-`;

// FNV-1a. It only has to tell two keys apart, and crypto.subtle is missing on plain-http hosts.
function shortHash(text) {
  let hash = 0x811c9dc5;
  for (const char of text) {
    hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function keysUnder(prefix) {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}

/** A Storage for GraphiQL's `storage` prop, or null where the browser refuses to store anything. */
export function openStorage(demoKey) {
  const prefix = demoKey ? `${DEMO}${shortHash(demoKey)}:` : `${ROOT}own-key:`;
  try {
    // Also the question whether storage may be used at all: where it may not, this throws.
    const earlier = keysUnder(DEMO).filter((key) => !key.startsWith(prefix));
    if (demoKey) earlier.forEach((key) => localStorage.removeItem(key));
    return {
      getItem: (name) => localStorage.getItem(prefix + name),
      setItem: (name, value) => localStorage.setItem(prefix + name, value),
      removeItem: (name) => localStorage.removeItem(prefix + name),
      clear: () => keysUnder(prefix).forEach((key) => localStorage.removeItem(key)),
      get length() {
        return keysUnder(prefix).length;
      },
    };
  } catch {
    return null;
  }
}

/** The tab that was active when the page was last open, or null on a first visit. */
export function lastActiveTab(storage) {
  try {
    const state = JSON.parse(storage.getItem("graphiql:tabState"));
    return state.tabs[state.activeTabIndex] ?? null;
  } catch {
    return null;
  }
}
