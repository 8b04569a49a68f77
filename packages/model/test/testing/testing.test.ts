import { describe, expect, test } from "vitest";
import { bash, cleanup, defineElement, elementRef, envDefault, install, variable } from "../../src/define/index.js";
import { expectElement, faked, forbidden, runScript } from "../../src/testing/index.js";

const web = defineElement("acme-web", {
  summary: "a web server",
  deps: [elementRef("vm")],
  environment: { ACME_PORT: envDefault(8080, "the port") },
  scripts: [
    install(
      50,
      "nginx",
      bash`
        useradd --system acme
        mkdir -p /etc/nginx
        sed 's/PORT/'${variable("ACME_PORT")}'/' /etc/template > /etc/nginx/nginx.conf
        ln -s nginx.conf /etc/nginx/link
        rm /etc/template
        systemctl enable "nginx.service" 'a b'
        /usr/bin/env systemctl status ""
        echo done
      `,
    ),
    cleanup(90, "nginx", bash`echo bye > $TARGET_ROOT/etc/bye; false`),
  ],
});

describe("expectElement", () => {
  test("passes what is so", () => {
    expectElement(web).toCompileTo({
      "element-deps": "vm\n",
      "install.d/50-nginx": { content: /^#!\/bin\/bash\n/, executable: true },
      "environment.d/50-acme-web": { executable: false },
      "pkg-map": null,
    });
    expectElement(web).toHaveFiles(
      "README.rst",
      "cleanup.d/90-nginx",
      "element-deps",
      "environment.d/50-acme-web",
      "install.d/50-nginx",
    );
  });

  test.each([
    [
      "other content",
      { "element-deps": "base\n" },
      '"element-deps" of element "acme-web" has other content\nexpected: base\n',
    ],
    [
      "a missing file",
      { "svc-map": "" },
      '"svc-map" of element "acme-web" is missing; there are README.rst, cleanup.d/90-nginx',
    ],
    ["a file too many", { "README.rst": null }, '"README.rst" of element "acme-web" exists'],
    ["the execute bit", { "README.rst": { executable: true } }, '"README.rst" of element "acme-web" is not executable'],
  ])("names %s", (_, files, message) => {
    expect(() => expectElement(web).toCompileTo(files)).toThrow(message);
  });
});

describe("runScript", () => {
  test("runs a script in a fake root", async () => {
    const run = await runScript(web, "install.d/50-nginx", {
      root: { "etc/template": "listen PORT;\n" },
      environment: { ACME_PORT: 81 },
      commands: { systemctl: faked(), curl: forbidden, useradd: faked({ run: "echo $2:x:999: >> /etc/group" }) },
    });
    expect(run.stderr).toBe("");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe("done\n");
    expect(run.calls).toEqual([
      { command: "useradd", args: ["--system", "acme"] },
      { command: "systemctl", args: ["enable", "nginx.service", "a b"] },
      { command: "systemctl", args: ["status", ""] },
    ]);
    expect([...run.files.keys()].sort()).toEqual(["etc/group", "etc/nginx/link", "etc/nginx/nginx.conf"]);
    expect(run.read("/etc/nginx/nginx.conf")).toBe("listen 81;\n");
    expect(run.files.get("etc/nginx/link")).toEqual({ kind: "symlink", target: "nginx.conf" });
    expect(run.removed).toEqual(["etc/template"]);
  });

  test("a host script works on the root from outside", async () => {
    const run = await runScript(web, "cleanup.d/90-nginx");
    expect(run.exitCode).toBe(1);
    expect([...run.files]).toEqual([["etc/bye", { kind: "file", text: "bye\n", executable: false }]]);
  });

  test("fails when a forbidden command is called, by whatever path", async () => {
    const element = defineElement("x", {
      summary: "x",
      scripts: [install(10, "x", bash`/usr/bin/wget --version || true`)],
    });
    await expect(runScript(element, "install.d/10-x", { commands: { wget: forbidden } })).rejects.toThrow(
      'the script called the forbidden command "wget --version"',
    );
  });

  test("a script that hangs is killed, and an unknown one named", async () => {
    const element = defineElement("x", { summary: "x", scripts: [install(10, "x", bash`sleep 1000`)] });
    const run = await runScript(element, "install.d/10-x", { timeout: 300 });
    expect(run.exitCode).toBeUndefined();
    await expect(runScript(element, "install.d/11-x")).rejects.toThrow(
      'element "x" has no script "install.d/11-x"; it has "install.d/10-x"',
    );
  });
});
