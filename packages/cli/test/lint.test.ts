import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "./run-cli.js";

// A busy machine may need a while to load the linter.

const base = realpathSync(mkdtempSync(join(tmpdir(), "dibkit-cli-lint-")));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let root: string;
let count = 0;
beforeEach(() => {
  count += 1;
  root = join(base, String(count));
  write("elements/web/element-deps", "site-bsae\n");
  write("elements/web/install.d/50-web", "#!/bin/bash\nset -eu\nset -o pipefail\nwhich nginx\n");
  write("elements/site-base/README.rst", "base\n");
  write("elements/site-base/element-deps", "");
});

function write(path: string, content: string, mode = 0o644) {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  chmodSync(target, mode);
}
const lint = (...argv: readonly string[]) => runCli(["lint", ...argv], { cwd: root });
const summary = (stdout: string) => stdout.split("\n").filter((line) => / in \d+ elements?/.test(line));

describe("dibkit lint", () => {
  it("finds the elements below the working directory, or those named", async () => {
    const all = await lint();
    expect(all.exitCode).toBe(1);
    expect(summary(all.stdout)).toEqual(["2 errors, 1 warning in 2 elements, 4 files"]);
    expect(all.stdout).toContain('element "web" depends on "site-bsae"');
    expect(all.stdout).toContain('did you mean "site-base"?');
    expect(summary((await lint("elements/site-base")).stdout)).toEqual(["no findings in 1 element, 2 files"]);
    expect(summary((await lint("elements/web", "elements/site-base")).stdout)).toEqual([
      "2 errors, 1 warning in 2 elements, 4 files",
    ]);
  });

  it("knows the variables that scripts and READMEs of the repository speak of", async () => {
    write(
      "elements/site-base/install.d/50-site",
      "#!/bin/bash\nset -eu\nset -o pipefail\necho $SITE_A $SITE_B\n",
      0o755,
    );
    const read = async () =>
      [...(await lint("elements/site-base")).stdout.matchAll(/reads "(\w+)"/g)].map(([, name]) => name);
    expect(await read()).toEqual(["SITE_A", "SITE_B"]);
    write("setup.cfg", "");
    write("tools/build.sh", "#!/bin/sh\nexport SITE_A=1\n");
    write("elements/web/README.md", "Set `SITE_B` to the site.\n");
    expect(await read()).toEqual([]);
  });

  it("says that there is nothing to look at", async () => {
    mkdirSync(join(root, "empty"));
    const here = await runCli(["lint"], { cwd: join(root, "empty") });
    expect(here.exitCode).toBe(0);
    expect(here.stderr).toBe("there is no element in the working directory; name elements, or directories of them\n");
    expect((await lint("empty")).exitCode).toBe(2);
  });

  it("repairs safely, then unsafely, and is done", async () => {
    const safe = await lint("--fix");
    expect(safe.stderr).toContain("repaired elements/web/install.d/50-web\n");
    // To make it executable would let it run.
    expect(statSync(join(root, "elements/web/install.d/50-web")).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(root, "elements/web/install.d/50-web"), "utf8")).toContain("command -v nginx");
    expect(safe.exitCode).toBe(1);
    const unsafe = await lint("--fix-unsafe");
    expect(unsafe.exitCode).toBe(0);
    expect(unsafe.stderr).toContain(
      "repaired elements/web/install.d/50-web: chmod +x install.d/50-web, which makes the build run it\n",
    );
    expect(statSync(join(root, "elements/web/install.d/50-web")).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(root, "elements/web/element-deps"), "utf8")).toBe("site-base\n");
    const again = await lint("--fix-unsafe");
    expect([again.exitCode, again.stderr]).toEqual([0, ""]);
  });

  it.skipIf(!existsSync("/usr/bin/shellcheck"))("asks ShellCheck once about each text", async () => {
    // The real one, after a note that it was called.
    write("bin/shellcheck", `#!/bin/sh\necho called >>${root}/calls\nexec /usr/bin/shellcheck "$@"\n`, 0o755);
    write("elements/web/install.d/50-web", "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf $1/*\n", 0o755);
    vi.stubEnv("PATH", `${root}/bin:/bin`);
    vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
    const calls = () =>
      existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").split("\n").length - 1 : 0;
    try {
      for (const expected of [1, 1]) {
        expect((await lint()).stdout).toContain("[shellcheck/SC2115]");
        expect(calls()).toBe(expected);
      }
      write("elements/web/install.d/50-web", "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf /srv/*\n", 0o755);
      expect((await lint()).stdout).not.toContain("shellcheck/");
      expect(calls()).toBe(2);
      for (let number = 10; number < 70; number += 1) {
        write(
          `elements/web/install.d/${number}-more`,
          `#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf $1/*\n# ${number}\n`,
          0o755,
        );
      }
      const many = await lint();
      expect(many.stderr).toBe("note: ShellCheck looks at 60 new scripts, once for each text\n");
      expect(summary(many.stdout)).toEqual(["1 error, 60 warnings in 2 elements, 64 files"]);
      const asked = calls();
      expect(summary((await lint()).stdout)).toEqual(["1 error, 60 warnings in 2 elements, 64 files"]);
      expect(calls()).toBe(asked);
      vi.stubEnv("PATH", "/nowhere");
      expect((await lint()).stderr).toBe(
        "note: ShellCheck is not installed, its checks are left out; install the package shellcheck\n",
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.skipIf(!existsSync("/usr/bin/shellcheck"))(
    "says once what a rule and ShellCheck find, and not what ShellCheck misreads",
    async () => {
      const said = async (line: string, first = "#!/bin/bash", options = "set -eu") => {
        write("elements/web/install.d/60-web", `${first}\n${options}\n${line}\n`, 0o755);
        const { stdout } = await lint("--format", "compact");
        return stdout
          .split("\n")
          .filter((one) => one.includes("60-web") && !one.includes("[script-pipefail]"))
          .map((one) => /\[([\w/-]+)\]$/.exec(one)?.[1])
          .sort();
      };
      vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
      try {
        expect(await said("eval declare -A all=($(get_image_element_array))\necho ${all[@]}")).toEqual([]);
        expect(await said("if [[ -e /x/*-y ]]; then uptime; fi")).toEqual(["script-test-glob"]);
        expect(await said('if [ "$ARCH" = b]; then uptime; fi')).toEqual(["script-blanks"]);
        expect(await said('if [ "$ARCH" = a || "$ARCH" = b ]; then uptime; fi')).toEqual(["script-test-operator"]);
        expect(await said("cat > /etc/x <<EOF\nx\n  EOF\nuptime")).toEqual(["script-heredoc-end"]);
        expect(await said("if [[ $ARCH = a ]]; then uptime; fi", "#!/bin/sh")).toEqual(["script-sh-features"]);
        expect(await said("for x in one; do echo $x; done")).toEqual(["shellcheck/SC2043"]);
        expect(await said("set +u\nf() { local here=$(hostname); echo $here; }\nf")).toEqual(["shellcheck/SC2155"]);
        expect(await said("f() { local here=$(hostname); echo $here; }\nf", "#!/bin/bash", "set -u")).toEqual([
          "script-errexit",
        ]);
        expect(await said("[ -d /srv ] || exit -1")).toEqual([]);
        expect(await said("if true; then\n\texit -1\nfi")).toEqual([]);
        expect(await said("[ -d /srv ] || exit -1", "#!/bin/sh")).toEqual(["shellcheck/SC2242"]);
        expect(await said('[ -d /srv ] || exit "no"')).toEqual(["shellcheck/SC2242"]);
        expect(await said("sudo awk 1 /etc/a > /etc/b")).toEqual(["script-sudo-in-target"]);
      } finally {
        vi.unstubAllEnvs();
        rmSync(join(root, "elements/web/install.d/60-web"));
      }
    },
  );

  it.skipIf(!existsSync("/usr/bin/shellcheck"))(
    "keeps ShellCheck within bounds, and the rest of its answers",
    async () => {
      vi.stubEnv("XDG_CACHE_HOME", join(root, "cache-of-shellcheck"));
      write("elements/web/install.d/60-web", `#!/bin/bash\nset -eu\n${"x && ".repeat(3000)}y\n`, 0o755);
      write("elements/web/install.d/61-web", "#!/bin/bash\nset -eu\nfor x in one; do echo $x; done\n", 0o755);
      try {
        const { stdout, stderr } = await lint("--format", "compact");
        expect(stderr).toBe("note: ShellCheck did not come to an end with 1 script\n");
        expect(stdout).toMatch(/61-web:3:10: warning: .*\[shellcheck\/SC2043\]/);
        expect(await lint("--format", "compact")).toMatchObject({ stdout, stderr });
      } finally {
        vi.unstubAllEnvs();
        rmSync(join(root, "elements/web/install.d/60-web"));
        rmSync(join(root, "elements/web/install.d/61-web"));
      }
    },
  );

  it.skipIf(!existsSync("/usr/bin/python3"))("compiles python hooks", async () => {
    write("elements/web/install.d/60-web", "#!/usr/bin/python3\nimport sys\nprint 'web'\n", 0o755);
    write("elements/web/install.d/61-web", "#!/usr/bin/python3\nprint('web')\n", 0o755);
    // As pyenv has them, only that this one finds nothing.
    write("shims/python3", "#!/bin/sh\nexit 1\n", 0o755);
    vi.stubEnv("PATH", `${join(root, "shims")}:${process.env.PATH}`);
    vi.stubEnv("XDG_CACHE_HOME", join(root, "cache-of-python"));
    try {
      const { stdout } = await lint("--format", "compact");
      expect(stdout.split("\n").filter((line) => line.includes("[python-syntax]"))).toEqual([
        expect.stringMatching(/60-web:3:1: error: install\.d\/60-web does not compile: /),
      ]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(join(root, "elements/web/install.d/60-web"));
      rmSync(join(root, "elements/web/install.d/61-web"));
    }
  });

  it("writes several reports at once", async () => {
    await lint(
      "--format",
      "compact",
      "--output-file",
      "-",
      "--format",
      "sarif",
      "--output-file",
      "reports/dibkit.sarif",
    );
    const sarif = JSON.parse(readFileSync(join(root, "reports/dibkit.sarif"), "utf8"));
    expect(sarif.runs[0].results).toHaveLength(3);
  });

  it("hides what a baseline knows", async () => {
    expect((await lint("--baseline", "known.json", "--update-baseline")).exitCode).toBe(0);
    expect((await lint("--baseline", "known.json")).exitCode).toBe(0);
    write("elements/web/install.d/60-new.sh", "#!/bin/bash\nset -eu\nset -o pipefail\n", 0o755);
    const later = await lint("--baseline", "known.json");
    expect(later.stdout).toContain("hook script install.d/60-new.sh is never run");
    expect(summary(later.stdout)).toEqual(["1 error, 0 warnings in 2 elements, 5 files, 3 suppressed"]);
    // What was repaired comes off the list, and is new when it comes back.
    await lint("--rule", "script-executable", "--fix-unsafe");
    const repaired = await lint("--baseline", "known.json");
    expect(repaired.stderr).toContain("some findings of known.json are gone; --update-baseline drops them from it");
    rmSync(join(root, "elements/web/install.d/60-new.sh"));
    await lint("--baseline", "known.json", "--update-baseline");
    chmodSync(join(root, "elements/web/install.d/50-web"), 0o644);
    expect(summary((await lint("--baseline", "known.json")).stdout)).toEqual([
      "1 error, 0 warnings in 2 elements, 4 files, 2 suppressed",
    ]);
  });

  it("says what of an element cannot be read, for as long as that is so", async () => {
    execFileSync("mkfifo", [join(root, "elements/site-base/pipe")]);
    const run = await lint("elements/site-base");
    expect([run.exitCode, run.stdout]).toEqual([
      1,
      expect.stringContaining(
        'error "site-base/pipe" is a named pipe, which an element cannot hold [load/special-file]',
      ),
    ]);
    const imported = await runCli(["import", "elements/site-base"], { cwd: root });
    expect([imported.exitCode, existsSync(join(root, "src"))]).toEqual([1, false]);
    expect(imported.stderr).toContain("[load/special-file]");
    rmSync(join(root, "elements/site-base/pipe"));
    expect(summary((await lint("elements/site-base")).stdout)).toEqual(["no findings in 1 element, 2 files"]);
  });

  it("counts warnings that it does not show", async () => {
    const run = await lint("--quiet", "--max-warnings", "0", "elements/web", "--rule", "script-which");
    expect([run.exitCode, run.stdout.includes("`which`")]).toEqual([1, false]);
    expect(run.stderr).toBe("warnings: 1, --max-warnings allows 0\n");
  });

  it.each([
    [["--rule", "script-wich"], 'there is no rule "script-wich"', 'did you mean "script-which"?'],
    [["nowhere"], 'error: "nowhere" does not exist\n', "give an element"],
    [["elements/web/install.d"], 'error: no element in "elements/web/install.d"\n', "give an element"],
    [["--format", "xml"], 'unknown --format "xml"', "dibkit lint --help"],
    [["--update-baseline"], "--update-baseline needs a file to write", "--baseline FILE"],
    [["--baseline", "none.json"], 'baseline "none.json" cannot be read', "--update-baseline"],
  ])("refuses %j", async (argv, message, help) => {
    const run = await lint(...argv);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain(help);
  });

  it("looks at an image file, and at the images that it makes", async () => {
    write(
      "images.yaml",
      "- imagename: site\n  elements: [site-bsae, web]\n  environment: { DIB_IMAGE_SIZE: 10 }\n- imagename: other\n  elements: [site-base]\n",
    );
    const run = await lint("images.yaml", "elements/site-base", "--fix");
    expect(run.stdout).toMatch(/error element "site-bsae" is in no directory [^\n]*\n {2}at images.yaml:2:14\n/);
    expect(run.stdout).toMatch(/error [^\n]*\[image-operating-system\]\n {2}at images.yaml:4:14\n/);
    expect(readFileSync(join(root, "images.yaml"), "utf8")).toContain('DIB_IMAGE_SIZE: "10"');
    expect(run.exitCode).toBe(1);
  });

  it("reads .dibkitrc.json, and says what is wrong with it", async () => {
    write(".dibkitrc.json", '{ "rules": { "deps-known": "off", "script-executable": "warning" } }');
    expect((await lint("--max-warnings", "1")).exitCode).toBe(1);
    expect((await lint("--max-warnings", "2")).exitCode).toBe(0);
    write(".dibkitrc.json", '{\n  "rule": {},\n  "rules": { "deps-know": "fatal" }\n}');
    const run = await lint();
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('unknown key "rule"');
    expect(run.stderr).toContain('did you mean "deps-known"?');
    expect(run.stderr).toContain('expected one of "error", "warning", "info", "off"');
  });

  it("annotates by itself in GitHub's runs", async () => {
    const run = await runCli(["lint"], { cwd: root, env: { GITHUB_ACTIONS: "true" } });
    expect(run.stdout).toContain(
      "::error file=elements/web/element-deps,line=1,endLine=1,col=1,endColumn=10,title=deps-known::",
    );
  });

  it("checks images as a whole", async () => {
    write(".dibkitrc.json", '{ "images": [{ "name": "site", "elements": ["site-base"], "skipBase": true }] }');
    const run = await lint("elements/site-base");
    expect(run.stdout).toMatch(/image "site": .* provides "operating-system"/);
  });
});

describe("dibkit explain", () => {
  it("lists rules and explains one", async () => {
    expect((await runCli(["explain"], { cwd: root })).stdout).toMatch(/^deps-known\s+error\s+every name/m);
    const one = await runCli(["explain", "deps-known"], { cwd: root });
    expect(one.stdout).toContain("What upstream does:");
    const none = await runCli(["explain", "deps-know"], { cwd: root });
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('did you mean "deps-known"?')]);
  });
});
