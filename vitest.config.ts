import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));

// Tests run on the sources, so a fast test needs no build.
export default defineConfig({
  resolve: {
    alias: [
      ...["model", "shell", "lint", "compile", "exec", "runner", "contents", "conform", "boot", "publish"].map(
        (name) => ({
          find: new RegExp(`^@dibkit/${name}$`),
          replacement: source(name),
        }),
      ),
      {
        find: /^@dibkit\/model\/testing$/,
        replacement: fileURLToPath(new URL("packages/model/src/testing/index.ts", import.meta.url)),
      },
      {
        find: /^@dibkit\/model\/resolution$/,
        replacement: fileURLToPath(new URL("packages/model/src/resolution-only.ts", import.meta.url)),
      },
    ],
  },
  test: {
    // Half of what they do is waiting for programs, also on two cores.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["packages/*/test/**/*.test.ts", "test/repository/**/*.test.ts"],
          exclude: ["**/*.root.test.ts"],
          // No test waits for a clock; this is for machines that are busy with something else.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "root",
          include: ["packages/*/test/**/*.root.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/e2e/shared-store.ts"],
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
