import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inUserNamespace } from "@dibkit/exec";
import { upstreamInstallation } from "@dibkit/model";
import { expectElement, faked, forbidden, runScript } from "@dibkit/model/testing";
import { describe, expect, test } from "vitest";
import { debianExpress } from "../src/debian-express.js";

const upstream = upstreamInstallation(process.env);

test("it takes the place of debian-minimal and of debootstrap", () => {
  expectElement(debianExpress).toCompileTo({
    "element-provides": "debian-minimal\ndebootstrap\noperating-system\n",
    "element-deps": "dpkg\nmodprobe\npackage-installs\npkg-map\nsysprep\n",
    "root.d/07-debian-express-packages": { content: /package-installs-squash/, executable: true },
    "root.d/08-debian-express": { content: /mmdebstrap --mode=root/, executable: true },
    "debian-express/before-transaction.sh": { executable: true },
    "debian-express/install-packages.sh": { executable: true },
  });
});

describe("its sources", () => {
  test.each([
    ["bookworm", {}, /^security:deb http:\/\/security\.debian\.org\/ bookworm-security main contrib$/m],
    [
      "bookworm",
      { DIB_DEBIAN_SECURITY_MIRROR: "http://s.example.org" },
      /^security:deb http:\/\/s\.example\.org book/m,
    ],
    ["buster", { DIB_DEBIAN_SECURITY_SUBPATH: "/updates" }, /^security:deb \S+ buster\/updates main contrib$/m],
    ["bookworm", { DIB_DEBIAN_DISTRIBUTION_MIRROR: "http://d.example.org" }, /^updates:deb http:\/\/d\.example\.org /m],
    ["testing", {}, /^default:deb http:\/\/m\.example\.org testing main contrib$/],
    [
      "bookworm",
      { DIB_APT_SOURCES_CONF: "own:deb http://o.example.org x main" },
      /^own:deb http:\/\/o\.example\.org x main$/,
    ],
  ])("of %s with %j", async (DIB_RELEASE, more, expected) => {
    const run = await runScript(debianExpress, "install.d/15-debian-express-sudoers", {
      environment: {
        DIB_RELEASE,
        DIB_DISTRIBUTION_MIRROR: "http://m.example.org",
        DIB_DEBIAN_COMPONENTS: "main,contrib",
        ...more,
      },
      commands: { install: faked({ run: 'printf "%s" "$DIB_APT_SOURCES_CONF" >/etc/sources' }) },
    });
    expect(run.read("etc/sources")).toMatch(expected);
  });
});

test("interfaces take an address by DHCP, unless that is not wanted", async () => {
  const network = "install.d/10-debian-express-network";
  const run = await runScript(debianExpress, network, { root: { "etc/network/interfaces": "# made by ifupdown\n" } });
  expect(run.exitCode).toBe(0);
  expect(run.read("etc/hostname")).toBe("debian\n");
  expect(run.read("etc/network/interfaces")).toBe("# made by ifupdown\nsource /etc/network/interfaces.d/*\n");
  expect(run.read("etc/network/interfaces.d/eth1")).toBe("auto eth1\niface eth1 inet dhcp\n");
  const without = await runScript(debianExpress, network, { environment: { DIB_APT_MINIMAL_CREATE_INTERFACES: 0 } });
  expect([...without.files.keys()]).toEqual(["etc/hostname"]);
});

test("the initramfs is made once, and what kept others from making it is gone", async () => {
  const run = await runScript(debianExpress, "install.d/02-debian-express-initramfs", {
    root: {
      "usr/local/sbin/update-initramfs": "#!/bin/sh\nexit 0\n",
      "etc/apt/apt.conf.d/99debian-express": "DPkg::Path",
    },
  });
  expect(run.exitCode).toBe(0);
  expect(run.removed).toContain("etc/apt/apt.conf.d/99debian-express");
});

/** Without root the root of a test is in a user namespace, and only builds have what stands in for `mknod` there. */
const cantMakeRoot = process.geteuid?.() !== 0 || inUserNamespace();

describe.skipIf(cantMakeRoot || (upstream === undefined && !process.env.CI))("the transaction", () => {
  /** The programs that upstream's elements put into the hooks directory, which is kept in the root here. */
  const programs = () =>
    Object.fromEntries(
      ["package-installs/bin/package-installs-squash", "pkg-map/bin/pkg-map"].map((path) => [
        `hooks/${path.slice(path.indexOf("/") + 1)}`,
        readFileSync(join(upstream?.elements ?? "", path), "utf8"),
      ]),
    );
  const elements = {
    "elements/one/package-installs.yaml":
      "vim:\nless:\n  phase: post-install.d\nolder:\n  uninstall: True\nmaker:\n  build-only: True\nelsewhere:\n  arch: arm64\ndebugger:\n  when: ONE_DEBUG=1\n",
    "elements/one/pkg-map": '{"family": {"debian": {"vim": "vim-tiny ed"}}, "default": {"less": ""}}',
    "elements/two/package-installs.yaml": "nginx:\n  phase: pre-install.d\n",
  };
  const packages = "hooks/debian-express/packages";
  /** Both scripts that make the root: the second finds what the first has written. */
  const run = async (environment: Readonly<Record<string, string>>) => {
    const listed = await step("root.d/07-debian-express-packages", environment, {});
    expect(listed, listed.stderr).toMatchObject({ exitCode: 0 });
    return step("root.d/08-debian-express", environment, { [packages]: listed.read(packages) });
  };
  const step = (
    script: string,
    environment: Readonly<Record<string, string>>,
    more: Readonly<Record<string, string>>,
  ) =>
    runScript(debianExpress, script, {
      root: {
        ...programs(),
        ...more,
        "etc/apt/sources.list": "left by mmdebstrap\n",
        "etc/apt/sources.list.d": null,
        "var/cache/apt/archives": null,
        ...elements,
      },
      environment: {
        "BASH_FUNC_get_image_element_array%%": '() { echo "[one]=/target/elements/one [two]=/target/elements/two"; }',
        DIB_APT_LOCAL_CACHE: "0",
        DIB_PYTHON_EXEC: "/usr/bin/python3",
        DIB_DISTRIBUTION_MIRROR: "http://m.example.org",
        DIB_APT_SOURCES_CONF: "extra:deb http://e.example.org bookworm main",
        DIB_RELEASE: "bookworm",
        ELEMENTS_PATH: "/target/elements",
        IMAGE_ELEMENT: "one two",
        ONE_DEBUG: "0",
        TMP_HOOKS_PATH: "/target/hooks",
        ...environment,
      },
      commands: {
        sudo: faked({ run: '[ "$1" != -E ] || shift\n"$@"' }),
        // The last two words are where the root is made, and the sources of the transaction.
        mmdebstrap: faked({
          run: 'for word; do case $word in *install-packages.sh*) cat "${word##* }" >/target/packages ;; esac; done\ncat "${!#}" >/target/sources',
        }),
        debootstrap: forbidden,
      },
    });

  test("has the packages of every phase, by their names in Debian", async () => {
    const done = await run({});
    expect(done, done.stderr).toMatchObject({ exitCode: 0 });
    expect(done.read("packages")).toBe("ed\nmaker\nnginx\nvim-tiny\n");
    expect(done.read("sources")).toBe(
      "deb http://e.example.org bookworm main\ndeb http://m.example.org bookworm main\n",
    );
    expect(done.removed).toContain("etc/apt/sources.list");
    expect(done.read("etc/apt/sources.list.d/extra.list")).toBe("deb http://e.example.org bookworm main\n");
  });

  test.each([
    [{ DIB_EXPRESS_LATER: "nginx ed" }, "maker\nvim-tiny\n"],
    [{ DIB_EXPRESS_PACKAGES: "jq curl" }, "curl\ned\njq\nmaker\nnginx\nvim-tiny\n"],
    [{ ONE_DEBUG: "1" }, "debugger\ned\nmaker\nnginx\nvim-tiny\n"],
    [{ DIB_DEBOOTSTRAP_EXTRA_ARGS: "--include=curl,jq" }, "curl\ned\njq\nmaker\nnginx\nvim-tiny\n"],
  ])("with %j has others", async (environment, packages) => {
    const done = await run(environment);
    expect(done, done.stderr).toMatchObject({ exitCode: 0 });
    expect(done.read("packages")).toBe(packages);
  });

  test.each([
    [{ DIB_DEBOOTSTRAP_EXTRA_ARGS: "--foreign" }, '"--foreign" of DIB_DEBOOTSTRAP_EXTRA_ARGS'],
    [{ DIB_DEBIAN_DEBOOTSTRAP_SCRIPT: "/usr/share/x" }, "leave DIB_DEBIAN_DEBOOTSTRAP_SCRIPT empty"],
  ])("with %j ends at once, for mmdebstrap has no such thing", async (environment, message) => {
    const done = await run(environment);
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toContain(message);
    expect(done.calls.filter(({ command }) => command === "mmdebstrap")).toEqual([]);
  });
});
