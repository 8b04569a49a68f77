import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCli } from "./run-cli.js";

async function dryRun(files: Readonly<Record<string, string>>) {
  const cwd = mkdtempSync(join(tmpdir(), "dibkit-cli-images-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return runCli(["images", ...Object.keys(files), "--dry-run"], { cwd });
}

describe("dibkit images --dry-run", () => {
  test("merges the entries of all files and prints a command for each image", async () => {
    const run = await dryRun({
      "base.yaml": `- imagename: web
  types: [qcow2]
  environment: { DIB_RELEASE: bookworm, DIB_WORDS: "two words" }
  elements: &minimal [debian-minimal]
- elements: [vm]
  packages: [hello]
- imagename: rescue
  ramdisk: true
  elements: *minimal
`,
      "site.yaml": "- imagename: web\n  types: [tar]\n  environment: { DIB_RELEASE: trixie }\n  image-size: 4\n",
    });
    expect(run).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: `DIB_RELEASE=trixie DIB_WORDS='two words' dibkit-image-create -o web -t qcow2,tar --image-size 4 -p hello debian-minimal vm
dibkit-ramdisk-image-create -o rescue debian-minimal
`,
    });
  });

  test("takes unquoted numbers as they were written, with a warning", async () => {
    const run = await dryRun({ "images.yaml": "- elements: [vm]\n  environment: { DIB_SIZE: 010 }\n" });
    expect(run.stdout).toBe("DIB_SIZE=010 dibkit-image-create -o image vm\n");
    expect(run.stderr).toContain('"DIB_SIZE" is 010 without quotes');
    expect(run.exitCode).toBe(0);
  });

  test.each([
    ["an unknown key", "- lements: [vm]\n", 'help: write "elements"'],
    ["an unknown format", "- types: [qcow]\n", 'help: write "qcow2"'],
    ["a size that is no number", "- image-size: big\n", '"image-size" of item 1 must be a whole number'],
    ["no list", "imagename: web\n", "the file must be a list, not a mapping"],
    ["no YAML", "- [\n", "images.yaml:"],
  ])("%s is a finding with its place", async (_what, text, message) => {
    const run = await dryRun({ "images.yaml": text });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain("images.yaml:");
  });
});
