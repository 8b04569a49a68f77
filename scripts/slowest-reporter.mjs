// A reporter of Vitest that says where the time of a run went.
import { relative } from "node:path";

const SHOWN = 10;

/** @typedef {{ readonly name: string, readonly milliseconds: number }} Timed */

/** Lines of a table, the slowest first. @param {string} title @param {readonly Timed[]} all */
export function slowest(title, all) {
  const shown = [...all].sort((one, other) => other.milliseconds - one.milliseconds).slice(0, SHOWN);
  return [
    title,
    ...shown.map(({ name, milliseconds }) => `${(milliseconds / 1000).toFixed(1).padStart(8)} s  ${name}`),
  ];
}

export default class SlowestReporter {
  /** @param {import("vitest/node").Vitest} vitest */
  onInit(vitest) {
    this.root = vitest.config.root;
  }

  /** @param {readonly import("vitest/node").TestModule[]} modules */
  onTestRunEnd(modules) {
    const path = (/** @type {import("vitest/node").TestModule} */ module) => relative(this.root ?? "", module.moduleId);
    // Set-up of a file counts, and so does the loading of its modules.
    const files = modules.map((module) => {
      const { duration, collectDuration } = module.diagnostic();
      return { name: path(module), milliseconds: duration + collectDuration };
    });
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        name: `${path(module)} > ${test.fullName}`,
        milliseconds: test.diagnostic()?.duration ?? 0,
      })),
    );
    const lines = [
      ...slowest(`\nThe ${SHOWN} slowest files`, files),
      ...slowest(`\nThe ${SHOWN} slowest tests`, tests),
    ];
    console.log(lines.join("\n"));
  }
}
