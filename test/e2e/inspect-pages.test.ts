import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { fitPage, loadPage, whyNoBrowser } from "./browser-page.js";
import { dibkit } from "./dibkit.js";

const whyNot = whyNoBrowser ?? (mayBuild ? undefined : "building needs root");

describe.skipIf(whyNot !== undefined)(`pages of size and trace in a browser${whyNot ? ` (${whyNot})` : ""}`, () => {
  let project: TinyProject;
  let scratch: string;
  const run = (...words: readonly string[]) => dibkit([...words, "--cache-dir", join(project.directory, "store")]);
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "dibkit-e2e-pages-"));
    project = tinyProject();
    project.element("probe", { "install.d/50-big": "#!/bin/bash\nfor i in {1..20000}; do echo $i; done > /etc/big\n" });
    expect((await project.build()).outcome.kind).toBe("built");
  });
  afterAll(() => {
    project.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  test("the treemap has a rectangle for a script's file, and opens when it is clicked", async () => {
    const { stdout, exitCode } = await run("size", "--format", "html");
    expect(exitCode).toBe(0);
    const shown = loadPage(scratch, stdout);
    expect(shown).toMatch(
      /<div class="group open"[^>]*>usr {2}[\d.]+ MiB<\/div>|<div[^>]*>lib\w* {2}[\d.]+ MiB<\/div>/,
    );
    const click = `document.querySelector("[data-group=element]").click();
      [...document.querySelectorAll("#map div.group")].find((one) => one.textContent.startsWith("probe") || one.title.startsWith("probe")).click();`;
    const opened = loadPage(scratch, stdout, click);
    expect(opened).toMatch(/<button>probe<\/button>/);
    expect(opened).toMatch(/<td>install\.d\/50-big<\/td><td class="number">106\.3 KiB<\/td>/);
  });

  test("the timeline has a row with bars for each step, and sorts them", async () => {
    const { stdout } = await run("trace", "--format", "html");
    const shown = loadPage(scratch, stdout);
    expect(shown).toMatch(/<div class="name">install\.d\/50-big<small class="">probe<\/small><\/div>/);
    expect(shown).toMatch(/<i class="ran" style="left: [\d.]+%; width: [\d.]+%;/);
    const sorted = loadPage(scratch, stdout, `document.querySelector("[data-order=seconds]").click();`);
    const seconds = [...sorted.matchAll(/<div class="number">([\d.]+)<\/div>/g)].map(([, text]) => Number(text));
    expect(seconds.length).toBeGreaterThan(5);
    expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
  });

  test.each(["size", "trace"])("the page of %s fits a narrow window, and no label covers another", async (page) => {
    const { stdout } = await run(page, "--format", "html");
    const { contentWidth, texts, overlaps } = fitPage(scratch, stdout, 420);
    expect(contentWidth).toBe(420);
    expect(texts).toBeGreaterThan(20);
    expect(overlaps).toEqual([]);
    // The measure can tell: with its heading moved down, texts do cover each other.
    const spoiled = stdout.replace(
      "<h1",
      '<h1 style="position: relative; top: 60px; white-space: nowrap; width: 600px"',
    );
    const wrong = fitPage(scratch, spoiled, 420);
    expect(wrong.contentWidth).toBeGreaterThan(420);
    expect(wrong.overlaps).not.toEqual([]);
  });

  test("the commands say the same as text, and --budget and --check decide the exit code", async () => {
    const size = await run("size", "--by", "script", "--budget", "1K");
    expect(size.stdout).toMatch(/ {2}install\.d\/50-big of probe\n/);
    expect(size.stderr).toMatch(
      /^error: the image has [\d.]+ MiB of files, [\d.]+ MiB more than the budget of 1\.0 KiB\n/,
    );
    expect(size.exitCode).toBe(1);
    expect(await run("size", "--budget", "1G")).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await run("diff")).stderr).toContain('so there is no "~1"');
    project.element("probe", { "install.d/60-more": "#!/bin/bash\necho more > /etc/more\n" });
    expect((await project.build()).outcome.kind).toBe("built");
    const diff = await run("diff", "--check");
    expect(diff.stdout).toContain("files: 1\n  + /etc/more  (+5 B; by install.d/60-more of probe)\n");
    expect(diff.stdout).toContain("bytes by element: 1\n          +5 B  probe\n");
    expect(diff.exitCode).toBe(1);
    const trace = await run("trace", "~1", "--format", "json");
    expect(JSON.parse(trace.stdout)).toMatchObject({ otherData: { status: "built" } });
    expect((await run("trace")).stdout).toMatch(/install\.d\/50-big of probe {2}\(cached, saved [\d.]+ s\)\n/);
  });
});
