import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CliRun, runCli } from "../run-cli.js";

/** A directory of a test's own, with files that it writes. */
export interface ScratchProject {
  readonly root: string;
  write(path: string, content: string, mode?: number): void;
  read(path: string): string;
  lint(...argv: readonly string[]): Promise<CliRun>;
  clear(): void;
}

/** It is hidden, as projects may be; what counts is what lies in it. */
export function scratchProject(): ScratchProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), ".dibkit-lint-project-")));
  return {
    root,
    write: (path, content, mode = content.startsWith("#!") ? 0o755 : 0o644) => {
      const target = join(root, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      chmodSync(target, mode);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    lint: (...argv) => runCli(["lint", ...argv], { cwd: root }),
    clear: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** An element without a finding. */
export const CLEAN = {
  "elements/web/README.rst": "===\nweb\n===\nServes.\n",
  "elements/web/element-deps": "site-base\n",
  "elements/web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nuptime\n",
  "elements/site-base/README.rst": "=========\nsite-base\n=========\nIs there.\n",
};
