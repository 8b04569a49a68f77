import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "vitest";

const hasBrowser = spawnSync("chromium", ["--version"]).status === 0;

/** Why no page can be shown here; undefined when one can. In CI the browser has to be there. */
export const whyNoBrowser = !hasBrowser && !process.env.CI ? "no chromium here" : undefined;

/** Loads a page in a real browser, lets a script click in it, and gives the document afterwards. */
export function loadPage(directory: string, html: string, click = ""): string {
  const page = join(directory, "page.html");
  writeFileSync(
    page,
    html.replace("</html>", () => `<script>${click}</script></html>`),
  );
  const run = spawnSync("chromium", [...browserFlags(directory), "--dump-dom", `file://${page}`], {
    encoding: "utf8",
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout;
}

/** How a page looks that is so many pixels wide. */
export interface PageFit {
  /** The width that its content takes. */
  readonly contentWidth: number;
  /** How many texts can be seen. */
  readonly texts: number;
  /** Texts that cover each other, in pairs. */
  readonly overlaps: readonly string[];
}

/** Lays out a page in a window of some width. A browser's own window may not be as narrow as a telephone's. */
export function fitPage(directory: string, html: string, width: number): PageFit {
  const source = html.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const frame = `<iframe style="width: ${width}px; height: 9000px; border: 0" srcdoc="${source.replaceAll("<", "&lt;")}"></iframe>`;
  const shown = loadPage(directory, `<!doctype html><html>${frame}<pre></pre></html>`, MEASURE);
  const [, fit = ""] = /<pre>(.*?)<\/pre>/s.exec(shown) ?? [];
  return JSON.parse(fit.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")) as PageFit;
}

const MEASURE = `addEventListener("load", () => {
  const inner = document.querySelector("iframe").contentDocument;
  const shared = (one, other) => ({
    ...{ left: Math.max(one.left, other.left), right: Math.min(one.right, other.right) },
    ...{ top: Math.max(one.top, other.top), bottom: Math.min(one.bottom, other.bottom) },
  });
  const isSeen = ({ left, right, top, bottom }) => right - left > 1 && bottom - top > 1;
  const seenOf = (text) => {
    const range = inner.createRange();
    range.selectNodeContents(text);
    let box = range.getBoundingClientRect();
    for (let around = text.parentElement; around; around = around.parentElement)
      if (inner.defaultView.getComputedStyle(around).overflow !== "visible") box = shared(box, around.getBoundingClientRect());
    return { text: text.data.trim(), box };
  };
  const seen = [];
  const walk = inner.createTreeWalker(inner.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (walk.currentNode.data.trim() && !walk.currentNode.parentElement.closest("script, style")) seen.push(seenOf(walk.currentNode));
  const texts = seen.filter(({ box }) => isSeen(box));
  const overlaps = texts.flatMap((one, index) =>
    texts.slice(index + 1).filter((other) => isSeen(shared(one.box, other.box))).map((other) => one.text + " / " + other.text),
  );
  const contentWidth = inner.documentElement.scrollWidth;
  document.querySelector("pre").textContent = JSON.stringify({ contentWidth, texts: texts.length, overlaps });
});`;

/**
 * Loads a page in a real browser, and gives what it posts to `/answer`, however long that takes: the page counts as
 * loading until then.
 */
export async function askPage(directory: string, html: string): Promise<string> {
  let answered: (text: string) => void;
  const answer = new Promise<string>((resolve) => {
    answered = resolve;
  });
  const page = html.replace("</html>", '<img src="/held"></html>');
  const server = createServer(async (request, response) => {
    if (request.url === "/page") return response.setHeader("content-type", "text/html").end(page);
    if (request.method === "POST") answered(await text(request));
    else await answer;
    return response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const browser = spawn("chromium", [...browserFlags(directory), "--dump-dom", `http://127.0.0.1:${port}/page`], {
    stdio: "ignore",
  });
  const ended = once(browser, "exit");
  try {
    return await Promise.race([
      answer,
      ended.then(([status]) => `the browser ended with ${status} before it answered`),
    ]);
  } finally {
    // With its answer the page has loaded, and the browser ends by itself.
    await ended;
    server.close();
  }
}

function browserFlags(directory: string): readonly string[] {
  const profile = mkdtempSync(join(directory, "profile-"));
  return [
    ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    ...["--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`],
  ];
}
