import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadCatalog } from "@dibkit/model";
import { afterAll, describe, expect, it } from "vitest";
import { dibLint, hasDibLint, ownFindings, SENTENCES } from "./dib-lint-oracle.js";

const installed = hasDibLint();
const oracle = dibLint();
afterAll(oracle.dispose);

const HEADER = "#!/bin/bash\nif [ ${DIB_DEBUG_TRACE:-0} -gt 0 ]; then\n    set -x\nfi\nset -eu\nset -o pipefail\n";

/** One violation of each check in an element of its own: path, content, and mode when not 0755 for scripts. */
const VIOLATIONS: readonly (readonly [string, string, number?])[] = [
  ["no-readme/environment.d/10-x", "export A=1\n"],
  ["newline/source-repository-x", "x git /opt/x https://example.com/x.git v1"],
  ["executable/install.d/50-x", HEADER, 0o644],
  ["executable/bin/x", HEADER, 0o644],
  ["indent/install.d/50-x", `${HEADER}if true; then\n  uptime\nfi\n`],
  ["shebang/install.d/50-x", HEADER.replace("#!/bin/bash", "#!/usr/bin/env bash")],
  ["sete/install.d/50-x", "#!/bin/bash\n# DIB_DEBUG_TRACE\nset -u\nset -o pipefail\n"],
  ["setu/install.d/50-x", "#!/bin/bash\n# DIB_DEBUG_TRACE\nset -e\nset -o pipefail\n"],
  ["setpipefail/install.d/50-x", "#!/bin/bash\n# DIB_DEBUG_TRACE\nset -eu\n"],
  ["trace/install.d/50-x", "#!/bin/bash\nset -eu\nset -o pipefail\n"],
  ["env-trace/environment.d/10-x", "set -x\nexport A=1\n"],
  ["env-mode/environment.d/10-x", "export A=1\n", 0o755],
  ["export/install.d/50-x", `${HEADER}export A=$(uptime)\n`],
  ["export/environment.d/10-x", "export A=$(uptime)\n"],
  ["sudo/cleanup.d/50-x", `${HEADER}sudo rm -rf /srv/x\n`],
  ["sudo/finalise.d/50-x", `${HEADER}sudo rm -rf /srv/x\n`],
  [
    "sudo-ok/cleanup.d/50-x",
    `${HEADER}sudo rm -rf /srv/x # dib-lint: safe_sudo\nsudo \\\n    rm -rf $TARGET_ROOT/srv\n`,
  ],
  ["which/install.d/50-x", `${HEADER}which ls\n`],
  ["which-ok/install.d/50-x", `${HEADER}which ls # dib-lint: which\n`],
  [
    "disabled/install.d/50-x",
    "#!/bin/bash\n# dib-lint: disable=sete setu setpipefail dibdebugtrace which indent\nwhich ls\n  uptime\n",
  ],
  ["tabs/install.d/50-x", `${HEADER}if true; then\n\tuptime\nfi\n`],
  ["tabs/README.rst", "tabs\n\ttabs\n"],
  ["final-newline/install.d/50-x", HEADER.trimEnd()],
  ["final-newline/README.rst", "x"],
  ["markdown/NOTES.md", "# x\n"],
  ["yaml/package-installs.yaml", "a: [1\n"],
  ["yaml/other/x.yaml", "a: {b\n"],
  ["json/pkg-map", "{ family: 1 }\n"],
  ["test-elements/test-elements/case/install.d/50-x", "#!/bin/bash\nset -o pipefail\n"],
  ["unsorted/element-deps", "vm\nbase\n"],
];

function writeTree(name: string, files: typeof VIOLATIONS): string {
  const elements = join(oracle.root, name);
  for (const [file, content, mode] of files) {
    const target = join(elements, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, mode ?? (content.startsWith("#!") ? 0o755 : 0o644));
    const readme = join(elements, file.split("/")[0] as string, "README.rst");
    if (!file.startsWith("no-readme/") && !existsSync(readme)) writeFileSync(readme, "x\n");
  }
  return elements;
}

describe.skipIf(!installed)("what dib-lint finds, dibkit finds too", () => {
  it("on a tree with each check violated", async () => {
    // dib-lint stops at the first unsorted element-deps, so that one is looked at by itself.
    const most = writeTree(
      "most",
      VIOLATIONS.filter(([file]) => !file.startsWith("unsorted/")),
    );
    const unsorted = writeTree(
      "unsorted",
      VIOLATIONS.filter(([file]) => file.startsWith("unsorted/")),
    );
    const theirs = [...oracle.findings(most), ...oracle.findings(unsorted)];
    const ours = new Set([
      ...(await ownFindings(loadCatalog([most]))),
      ...(await ownFindings(loadCatalog([unsorted]))),
    ]);
    expect(theirs.filter((finding) => !ours.has(finding))).toEqual([]);
    // The tree violates every check there is.
    const codes = new Set(theirs.map((finding) => finding.split(" ")[1]));
    expect(SENTENCES.map(([, code]) => code).filter((code) => !codes.has(code))).toEqual([]);
    // And the pragmas mean the same: none of these is found by either.
    expect(
      [...theirs, ...ours].filter((finding) =>
        /-ok\/.*(script-sudo|script-which)$|disabled\/.*(script|which)/.test(finding),
      ),
    ).toEqual([]);
  });
});
