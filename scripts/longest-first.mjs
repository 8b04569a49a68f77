import { BaseSequencer } from "vitest/node";

/** Files of minutes, the longest first. */
export const LONG = [
  "test/e2e/rpm-distributions.test.ts",
  "test/e2e/debian-atomic.test.ts",
  "test/e2e/fedora-atomic.test.ts",
  "test/e2e/web-server.test.ts",
  "test/e2e/rootless-debian.test.ts",
  "test/e2e/locked-web-server.test.ts",
];
/** Those of a project whose files share their modules come last, in a worker that stays. */
const PROJECTS = ["e2e", "root", "fast"];

/**
 * The order of the test files of one run over all projects: two workers take the next one whenever they are free, so
 * the long files begin at once and all others run beside them. Vitest itself would only know from an earlier run.
 */
export class LongestFirst extends BaseSequencer {
  /** @param {import("vitest/node").TestSpecification[]} files */
  async sort(files) {
    const sorted = await super.sort(files);
    const rank = (/** @type {import("vitest/node").TestSpecification} */ file) => {
      const long = LONG.findIndex((path) => file.moduleId.endsWith(path));
      return long === -1 ? LONG.length + PROJECTS.indexOf(file.project.name) : long;
    };
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
}
