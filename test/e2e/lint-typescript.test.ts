import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dibkit } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-lint-typescript-"));
afterAll(() => rmSync(root, { recursive: true }));

const MODULE = `import { bash, defineConfig, defineElement, elementRef, install } from "@dibkit/model";

const program = "nginx";
export const web = defineElement("web", {
  summary: "serves pages",
  deps: [elementRef("package-instals")],
  scripts: [
    install(50, "web", bash\`
      which \${program}
      if [ -d /srv ]; then
          export STAMP=$(date +%s)
      fi
    \`),
  ],
  packages: {
    curl: { arch: ["amd64"], when: "DIB_ELSEWHERE=1" },
    wget: { when: "DIB_FROM_OUTSIDE=1" },
    git: { when: "DIB_NOWHERE=1" },
  },
});
export default defineConfig({
  elements: [web],
  targets: [{ distro: "debian", release: "trixie", arch: "arm64" }],
  variables: ["DIB_FROM_OUTSIDE"],
});
`;

test("repairs what an author wrote, in the module", async () => {
  const path = join(root, "dibkit.config.ts");
  writeFileSync(path, MODULE);
  const safe = await dibkit(["lint", "--fix"], { cwd: root });
  expect(safe.stderr).toContain("repaired dibkit.config.ts\n");
  expect(readFileSync(path, "utf8")).toBe(MODULE.replace("which $", "command -v $"));
  // Only what the targets and variables of the configuration leave is told.
  expect(safe.stdout).toContain('reads "DIB_NOWHERE", which nothing in the build sets: upstream then aborts [');
  expect(safe.stdout).not.toMatch(/reads "DIB_(ELSEWHERE|FROM_OUTSIDE)"/);
  // The name that was probably meant is not certain.
  expect(safe.stdout).toContain('element "web" depends on "package-instals"');
  expect(safe.stdout).toContain("dibkit.config.ts:6:10");
  expect(safe.exitCode).toBe(1);
  await dibkit(["lint", "--fix-unsafe"], { cwd: root });
  const unsafe = readFileSync(path, "utf8");
  expect(unsafe).toContain('elementRef("package-installs")');
  expect(unsafe).toContain("          STAMP=$(date +%s)\n          export STAMP\n");
  const again = await dibkit(["lint", "--fix-unsafe"], { cwd: root });
  expect([again.stderr.includes("repaired"), readFileSync(path, "utf8")]).toEqual([false, unsafe]);
  expect(again.stdout.match(/\[packages-when-set\]/g)).toHaveLength(1);
});
