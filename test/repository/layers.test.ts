import { describe, expect, test } from "vitest";
import { packageNames, type SourceFile, sourceFiles, targetOf, withoutComments } from "./source-files.js";

/** What each package may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  shell: ["model"],
  lint: ["model", "shell"],
  compile: ["model", "shell"],
  exec: ["model"],
  registry: ["model", "exec"],
  runner: ["model", "shell", "exec", "registry"],
  contents: ["model", "exec", "registry", "runner"],
  conform: ["model", "exec", "runner", "contents"],
  testing: ["model", "exec", "runner", "contents", "boot"],
  fleet: ["model", "exec", "registry", "runner"],
  elements: ["model"],
  boot: ["model", "exec"],
  publish: ["model", "exec", "registry"],
  vscode: ["model", "exec"],
  cli: [
    "model",
    "shell",
    "lint",
    "compile",
    "exec",
    "registry",
    "runner",
    "contents",
    "conform",
    "fleet",
    "boot",
    "publish",
  ],
};

/** The rooms of a package and the rooms below, which each may import, types included. Other folders are no rooms. */
const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  runner: {
    job: [],
    host: ["job"],
    disk: ["job", "host"],
    formats: ["job", "host", "disk"],
    layers: ["job", "host", "disk"],
    remote: ["job", "host", "layers"],
    plan: ["job", "host", "disk", "formats", "layers", "remote"],
    run: ["job", "host", "disk", "formats", "layers", "remote", "plan"],
  },
};

test("every package has its place in the layers", () => {
  expect([...packageNames].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("imports between packages go downward only", () => {
  const upward = sourceFiles.flatMap((file) =>
    file.imports.flatMap((specifier) => {
      const name = /^@dibkit\/([^/]+)/.exec(specifier)?.[1] ?? (specifier === "dibkit" ? "cli" : undefined);
      if (name === undefined || name === file.package || MAY_IMPORT[file.package]?.includes(name)) return [];
      return [`${file.path} imports ${specifier}`];
    }),
  );
  expect(upward).toEqual([]);
});

test("no file reaches into another package by a relative path", () => {
  const reaching = sourceFiles.flatMap((file) =>
    file.imports
      .filter(
        (specifier) => specifier.startsWith(".") && !targetOf(file, specifier).startsWith(`packages/${file.package}/`),
      )
      .map((specifier) => `${file.path} imports ${specifier}`),
  );
  expect(reaching).toEqual([]);
});

test.each(Object.entries(ROOMS))("the rooms of %s stand on each other, types included", (name, rooms) => {
  const roomOf = (path: string) => new RegExp(`^packages/${name}/src/([^/]+)/`).exec(path)?.[1];
  const files = sourceFiles.filter((file) => file.package === name && !file.path.endsWith("/src/index.ts"));
  const upward = files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined || rooms[room] === undefined) return [`${file.path} is in no room`];
    return file.imports
      .filter((specifier) => specifier.startsWith("."))
      .filter((specifier) => {
        const other = roomOf(targetOf(file, specifier));
        return other !== room && !rooms[room]?.includes(other ?? "");
      })
      .map((specifier) => `${file.path} imports ${specifier}`);
  });
  expect(upward).toEqual([]);
});

test("no modules import each other in a circle, not even for their types", () => {
  expect(cyclesOf(sourceFiles)).toEqual([]);
});

/** Each cycle once, as `a.ts -> b.ts -> a.ts`. */
function cyclesOf(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const cycles: string[] = [];
  const visit = (path: string) => {
    const file = byPath.get(path);
    if (!file || state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    trail.push(path);
    for (const specifier of file.imports) if (specifier.startsWith(".")) visit(targetOf(file, specifier));
    trail.pop();
    state.set(path, "done");
  };
  for (const file of files) visit(file.path);
  return cycles;
}

describe("some things are done in one place only", () => {
  test.each([
    [
      "starting processes",
      /["'](?:node:)?child_process["']|["']execa["']/,
      [/^packages\/exec\/src\//, /^packages\/model\/src\/testing\//],
    ],
    // Node's own throws for a user without an entry in the user database.
    ["asking for the home directory", /\bhomedir\s*\(/, [/^packages\/model\/src\/home-directory\.ts$/]],
    ["ending the process", /\bprocess\s*\.\s*exit\s*\(/, [/^packages\/cli\/src\/bin\.ts$/]],
    ["console", /\bconsole\s*\.\s*(?:log|error|warn|info|debug|table|dir|trace)\b/, [/^packages\/cli\/src\//]],
  ])("%s", (_what, pattern, allowed) => {
    const offenders = sourceFiles
      .filter((file) => !allowed.some((place) => place.test(file.path)))
      .filter((file) => pattern.test(withoutComments(file.text)))
      .map((file) => file.path);
    expect(offenders).toEqual([]);
  });
});
