import { createCommandRunner } from "@dibkit/exec";
import { describe, expect, test } from "vitest";
import { compareImages } from "../src/compare-images.js";
import type { ImageFile } from "../src/image-contents.js";
import { kernelArguments } from "../src/kernel-arguments.js";
import { measureSizes } from "../src/measure-sizes.js";
import { installedPackages, packageOwners } from "../src/packages/installed-packages.js";
import { sizeTree } from "../src/size-tree.js";
import { systemdUnits } from "../src/systemd-units.js";
import { dpkgStatus, textImage as image } from "./text-image.js";

const commands = createCommandRunner();

describe("systemd units", () => {
  test.each([
    [{ "/usr/lib/systemd/system/ssh.service": "[Unit]" }, { "ssh.service": "present" }],
    [
      {
        "/usr/lib/systemd/system/ssh.service": "[Unit]",
        "/etc/systemd/system/multi-user.target.wants/ssh.service": "→ /lib/systemd/system/ssh.service",
      },
      { "ssh.service": "wanted by multi-user.target" },
    ],
    [
      { "/etc/systemd/system/x.timer": "→ /dev/null", "/usr/lib/systemd/system/x.timer": "[Timer]" },
      { "x.timer": "masked" },
    ],
    [{ "/lib/systemd/system/sshd.service": "→ ssh.service" }, { "sshd.service": "alias of ssh.service" }],
    [{ "/etc/systemd/system/ssh.service.d/10.conf": "[Service]", "/etc/systemd/user/x.service": "" }, {}],
  ])("%j", (tree, units) => {
    expect(Object.fromEntries(systemdUnits(image(tree)))).toEqual(units);
  });
});

describe("kernel arguments", () => {
  const ENTRIES = "menuentry a {\n\tlinux /vmlinuz root=x quiet\n}\nmenuentry b {\n  linux /vmlinuz root=x single\n}\n";
  test.each([
    [
      { "/etc/default/grub": 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0 quiet"\n' },
      "console=ttyS0 quiet",
    ],
    [{ "/etc/kernel/cmdline": "root=UUID=1 ro\n" }, "root=UUID=1 ro"],
    [{ "/boot/grub/grub.cfg": ENTRIES }, "root=x quiet | root=x single"],
    [{ "/boot/loader/entries/a.conf": "title a\noptions root=y rw\n" }, "root=y rw"],
    [{ "/boot/extlinux/extlinux.conf": "label l\n  append root=z\n" }, "root=z"],
  ])("%j", async (tree, expected) => {
    expect([...(await kernelArguments(image(tree))).values()]).toEqual([expected]);
  });
});

describe("packages", () => {
  const tree = {
    "/lib": "→ usr/lib",
    "/usr/lib/libc.so": "12345",
    "/usr/share/doc": "1",
    "/etc/own": "123",
    "/var/lib/dpkg/info/libc6:amd64.list": "/.\n/lib\n/lib/libc.so\n/usr/share/doc\n",
    "/var/lib/dpkg/status": dpkgStatus("libc6|2.36", "old|1|deinstall ok config-files"),
  };

  test("own files under their merged place too", async () => {
    const owners = await packageOwners(image(tree), commands);
    expect(owners.get("/usr/lib/libc.so")).toBe("libc6");
    expect(owners.get("/etc/own")).toBeUndefined();
  });

  test("have versions, and say when only configuration is left", async () => {
    expect(Object.fromEntries(await installedPackages(image(tree), commands))).toEqual({
      "libc6:amd64": "2.36",
      "old:amd64": "1 (deinstall ok config-files)",
    });
  });

  test.each([
    [
      "apk",
      {
        "/lib/apk/db/installed":
          "C:Q1\nP:busybox\nV:1.36.1-r2\nA:x86_64\nF:bin\nR:busybox\nF:etc/x\nR:y\nZ:Q1\n\nP:musl\nV:1.2\nA:x86_64\n",
        "/bin/busybox": "1",
        "/etc/x/y": "1",
      },
      { "busybox:x86_64": "1.36.1-r2", "musl:x86_64": "1.2" },
      { "/bin/busybox": "busybox", "/etc/x/y": "busybox" },
    ],
    [
      "pacman",
      {
        "/var/lib/pacman/local/bash-5.2-1/desc": "%NAME%\nbash\n\n%VERSION%\n5.2-1\n\n%ARCH%\nx86_64\n",
        "/var/lib/pacman/local/bash-5.2-1/files":
          "%FILES%\nusr/\nusr/bin/\nusr/bin/bash\n\n%BACKUP%\netc/bash.bashrc\tx\n",
        "/usr/bin/bash": "1",
      },
      { "bash:x86_64": "5.2-1" },
      { "/usr/bin/bash": "bash" },
    ],
  ])("of %s are known too", async (_, files, versions, owners) => {
    const contents = image(files);
    expect(Object.fromEntries(await installedPackages(contents, commands))).toEqual(versions);
    expect(Object.fromEntries(await packageOwners(contents, commands))).toEqual(owners);
  });

  test("are added up, and directories by depth", async () => {
    const contents = image({
      ...tree,
      "/var/lib/dpkg/status": dpkgStatus("libc6|2.36"),
      "/var/lib/dpkg/info/libc6:amd64.list": "/usr/lib/libc.so",
    });
    const { groups, files } = measureSizes(contents, await packageOwners(contents, commands), 1);
    expect(groups.package).toEqual([
      { name: "(no package)", bytes: 98, files: 4 },
      { name: "libc6", bytes: 5, files: 1 },
    ]);
    expect(groups.directory?.map(({ name, bytes }) => `${name} ${bytes}`)).toEqual(["/var 94", "/usr 6", "/etc 3"]);
    expect(groups.element).toBeUndefined();
    expect(files).toBe(5);
  });
});

test("a package counts for the element that asked for it, and what came along for package-installs", async () => {
  const installed = { phase: "install.d", script: "01-package-installs", element: "package-installs" };
  const owned = { "/usr/bin/nginx": "nginx", "/usr/lib/libssl.so": "libssl3", "/etc/site": "web" };
  const plain = image({ "/usr/bin/nginx": "12345", "/usr/lib/libssl.so": "123", "/etc/site": "1" });
  const files = new Map([...plain.files].map(([path, file]) => [path, { ...file, writer: installed }]));
  const own = files.get("/etc/site") as ImageFile;
  files.set("/etc/site", { ...own, writer: { ...installed, element: "site" } });
  const contents = { ...plain, files, askedFor: { nginx: "web-server", web: "web-server" } };
  const owners = new Map(Object.entries(owned));
  const { groups } = measureSizes(contents, owners, 1);
  expect(groups.element?.map(({ name, bytes }) => [name, bytes])).toEqual([
    ["web-server", 5],
    ["package-installs", 3],
    ["site", 1],
  ]);
  expect(sizeTree(contents, owners, "element").children?.map(({ name }) => name)).toEqual([
    "web-server",
    "package-installs",
    "site",
  ]);
});

test("a size tree adds up, and puts small parts together", () => {
  const small = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`/etc/small${index}`, "x"]));
  const tree = sizeTree(image({ "/usr/bin/large": "x".repeat(50_000), ...small }), new Map(), "directory");
  expect(tree).toEqual({
    name: "/",
    bytes: 50_005,
    children: [
      {
        name: "usr",
        bytes: 50_000,
        children: [{ name: "bin", bytes: 50_000, children: [{ name: "large", bytes: 50_000 }] }],
      },
      { name: "(1 smaller)", bytes: 5 },
    ],
  });
});

test.each(["before", "after"])(
  "who wrote a file that differs is told by whichever image knows it: the one %s",
  async (side) => {
    const writer = { phase: "install.d", script: "10-x", element: "x" };
    const [known, other] = [image({ "/etc/x": "1" }), image({ "/etc/x": "2", "/lost+found": "" })];
    const files = new Map([...known.files].map(([path, file]) => [path, { ...file, writer }]));
    const sides = [{ ...known, files }, other] as const;
    const [before, after] = side === "before" ? sides : [sides[1], sides[0]];
    expect((await compareImages(before, after, commands)).files).toMatchObject([{ path: "/etc/x", writer }]);
  },
);

test("images differ in packages, units, kernel arguments and files", async () => {
  const before = image({
    "/var/lib/dpkg/status": dpkgStatus("a|1", "b|1"),
    "/etc/kernel/cmdline": "ro\n",
    "/etc/x": "1",
  });
  const after = image({
    "/var/lib/dpkg/status": dpkgStatus("a|2", "c|1"),
    "/etc/kernel/cmdline": "ro quiet\n",
    "/usr/lib/systemd/system/c.service": "[Unit]",
  });
  const difference = await compareImages(before, after, commands);
  expect(difference).toMatchObject({
    packages: [
      { name: "a:amd64", before: "1", after: "2" },
      { name: "b:amd64", before: "1" },
      { name: "c:amd64", after: "1" },
    ],
    units: [{ name: "c.service", after: "present" }],
    kernelArguments: [{ name: "/etc/kernel/cmdline", before: "ro", after: "ro quiet" }],
  });
  expect(difference.files.map(({ path, change }) => `${change} ${path}`)).toEqual([
    "changed /etc/kernel/cmdline",
    "removed /etc/x",
    "added /usr/lib/systemd/system/c.service",
    "changed /var/lib/dpkg/status",
  ]);
});
