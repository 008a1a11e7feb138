// What the server wrote into the page: see render_page in page.py.
const element = document.getElementById("redraft-config");
const written = element ? JSON.parse(element.textContent) : {};

export const endpoint = written.endpoint ?? location.pathname;
export const demoKey = written.demoKey ?? null;
