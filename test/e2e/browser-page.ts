import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

const hasBrowser = spawnSync("chromium", ["--version"]).status === 0;

/** Why no page can be shown here; undefined when one can. In CI the browser has to be there. */
export const whyNoBrowser = !hasBrowser && !process.env.CI ? "no chromium here" : undefined;

/** Loads a page in a real browser, lets a script click in it, and gives the document afterwards. */
export function loadPage(directory: string, html: string, click = "", more: readonly string[] = []): string {
  const page = join(directory, "page.html");
  writeFileSync(
    page,
    html.replace("</html>", () => `<script>${click}</script></html>`),
  );
  const profile = mkdtempSync(join(directory, "profile-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
  const quiet = ["--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`];
  const run = spawnSync("chromium", [...flags, ...quiet, ...more, "--dump-dom", `file://${page}`], {
    encoding: "utf8",
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout;
}
