import { buildOptions } from "../building/build-options.js";
import { defineCommand } from "../command.js";
import { usageFailure } from "../terminal.js";

const { arch, cacheDir, network, noRecord, noTypecheck, offline, passEnv, privilege, elementsPath, project } =
  buildOptions;

export default defineCommand({
  name: "test",
  group: "check",
  summary: "run the tests of a project: test-elements, and what its Vitest finds",
  description:
    "Builds each element with each element below its test-elements, as upstream's run_functests.sh does: a build that\nfails is a failed test, but where it leaves /tmp/dib-test-should-fail in the image it has to fail. Layers are\nshared, so what tests have in common is built once. Then runs the Vitest that the project has installed. Ends with\n0 when everything has passed, else with 1.",
  arguments: [
    {
      name: "TEST",
      summary: "ELEMENT, ELEMENT/TEST, or part of the path of a test file; by default all tests of the project",
      variadic: true,
    },
  ],
  options: {
    list: { type: "boolean", summary: "name the test elements, and run nothing" },
    junit: { type: "string", value: "FILE", summary: "write what has passed and failed to FILE, as JUnit XML" },
    verbose: { type: "boolean", short: "v", summary: "show everything that scripts print" },
    ...{ arch, cacheDir, network, noRecord, offline, passEnv, privilege, noTypecheck, elementsPath, project },
  },
  examples: [
    { command: "dibkit test", does: "runs all tests of the project" },
    { command: "dibkit test acme-web/build-succeeds", does: "runs one, of any element in reach" },
    { command: "dibkit test --junit build/junit.xml", does: "also writes a report for a CI server" },
  ],
  namespace: "build",
  async run({ arguments: { TEST }, options }, terminal) {
    const { testProject } = await import("../testing/test-project.js");
    const { list, junit, verbose, project: directory, noTypecheck, ...flags } = options;
    if (list && junit !== undefined) return usageFailure(terminal, "--list runs no test that --junit could report");
    return testProject(terminal, TEST, { list, junit, verbose, flags, project: directory, typecheck: !noTypecheck });
  },
});
