/** Parts of a page that needs nothing but itself: no network, no other file. */
export interface HtmlPage {
  readonly title: string;
  readonly style: string;
  /** Markup of the body. */
  readonly body: string;
  /** For the page's script, as JSON in the element `data`. */
  readonly data: unknown;
  readonly script: string;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.2rem 1.6rem; }
h1 { font-size: 1.25rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
p { margin: .2rem 0 .8rem; color: var(--quiet); }
table { border-collapse: collapse; margin-top: 1rem; }
td, th { padding: .15rem .8rem .15rem 0; text-align: left; border-bottom: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
button { font: inherit; padding: .15rem .6rem; margin-right: .3rem; cursor: pointer; }
button[aria-pressed=true] { font-weight: 600; }
`;

/** Puts a page together. */
export function renderPage({ title, style, body, data, script }: HtmlPage): string {
  // A "<" could end the script element.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
${body}
<script type="application/json" id="data">${json}</script>
<script>
"use strict";
${script}
</script>
</html>
`;
}

export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character] ?? character);
}
