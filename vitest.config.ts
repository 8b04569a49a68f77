import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/longest-first.mjs";

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));

/** No test waits for a clock: this ends what hangs, on machines that are slow or busy with something else, too. */
const timeLimit = ({ minutes }: { readonly minutes: number }) => ({
  testTimeout: minutes * 60_000,
  hookTimeout: minutes * 60_000,
});

// Tests run on the sources, so a fast test needs no build.
export default defineConfig({
  resolve: {
    alias: [
      ...[
        "model",
        "shell",
        "lint",
        "compile",
        "exec",
        "registry",
        "runner",
        "contents",
        "conform",
        "testing",
        "fleet",
        "elements",
        "boot",
        "publish",
      ].map((name) => ({
        find: new RegExp(`^@dibkit/${name}$`),
        replacement: source(name),
      })),
      ...["model", "lint"].map((name) => ({
        find: new RegExp(`^@dibkit/${name}/testing$`),
        replacement: fileURLToPath(new URL(`packages/${name}/src/testing/index.ts`, import.meta.url)),
      })),
      {
        find: /^@dibkit\/model\/resolution$/,
        replacement: fileURLToPath(new URL("packages/model/src/resolution-only.ts", import.meta.url)),
      },
    ],
  },
  test: {
    // Half of what they do is waiting for programs, also on two cores. `npm test` is one run over all projects, so
    // never more than two files are at work.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["packages/*/test/**/*.test.ts", "test/repository/**/*.test.ts"],
          exclude: ["**/*.root.test.ts"],
          // Most of their time would be loading the same modules again for each file.
          isolate: false,
          ...timeLimit({ minutes: 10 }),
        },
      },
      {
        extends: true,
        test: {
          name: "root",
          include: ["packages/*/test/**/*.root.test.ts"],
          ...timeLimit({ minutes: 20 }),
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/e2e/shared-store.ts"],
          ...timeLimit({ minutes: 60 }),
        },
      },
    ],
  },
});
