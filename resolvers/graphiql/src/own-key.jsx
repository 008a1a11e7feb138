import { useEffect, useRef } from "react";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";

const PAUSE_MS = 700;

/**
 * Makes pasting a key into one tab enough: the schema is asked for again, and tabs that still hold
 * the placeholder take the key over when they are opened.
 */
export function OwnKey({ placeholder }) {
  const { introspect } = useGraphiQLActions();
  const { activeTabIndex, hasSchema, headerEditor, headers, pasted } = useGraphiQL((state) => ({
    activeTabIndex: state.activeTabIndex,
    hasSchema: Boolean(state.schema),
    headerEditor: state.headerEditor,
    headers: state.tabs[state.activeTabIndex]?.headers,
    pasted: state.tabs.find((tab) => tab.headers && tab.headers !== placeholder)?.headers,
  }));
  // GraphiQL has already asked with the headers the page opened with.
  const asked = useRef(headers);

  useEffect(() => {
    if (hasSchema || headers === asked.current) return undefined;
    const timer = setTimeout(() => {
      asked.current = headers;
      introspect();
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [hasSchema, headers, introspect]);

  useEffect(() => {
    if (pasted && headerEditor?.getValue() === placeholder) headerEditor.setValue(pasted);
    // Only when a tab is opened: typing in the headers of one must not change under the fingers.
  }, [activeTabIndex, headerEditor]);

  return null;
}
