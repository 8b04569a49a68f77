import "../src/vitest.js";
import { AssertionError } from "node:assert";
import { describe, expect, test } from "vitest";
import { expectImage, type ImageExpectation } from "../src/expect-image.js";
import { imageOf } from "../src/image.js";
import { ImageMismatch, UnknownFact } from "../src/image-mismatch.js";
import { policy } from "../src/policy.js";
import { dpkgStatus, imageOfTexts } from "./text-image.js";

const image = imageOfTexts({
  "/var/lib/dpkg/status": dpkgStatus(
    "nginx|1.22",
    "kept|3|hold ok installed",
    "left|1|deinstall ok config-files",
    "torn|1|install ok unpacked",
    "big|2",
  ),
  "/var/lib/dpkg/info/big.list": "/usr/share/big\n",
  "/usr/share/big": "x".repeat(2 * 1024 * 1024),
  "/lib": "→ usr/lib",
  "/usr/lib": null,
  "/usr/lib/x": { text: "one\n", mode: 0o4755, owner: "0:42" },
  "/etc/link": "→ ../usr/lib/x",
  "/etc/dangling": "→ gone",
  "/etc/passwd": "root:x:0:0::/root:/bin/bash\nweb:x:100:101::/srv:/bin/false\n",
  "/etc/shadow": "root:$6$a$b:1::::::\nweb:!:1::::::\n",
  "/etc/kernel/cmdline": "ro console=ttyS0\n",
  "/usr/sbin/sshd": "",
  "/root/key": "deb https://user:s3cretpass@example.org/ x\n",
  "/etc/dib-manifests/dib_environment": "A=1\nPWD=/home/al/images\n",
  "/usr/lib/systemd/system/web.service": "[Unit]",
  "/usr/lib/systemd/system/idle.service": "[Unit]",
  "/etc/systemd/system/hidden.service": "→ /dev/null",
  "/etc/systemd/system/multi-user.target.wants/web.service": "→ /usr/lib/systemd/system/web.service",
});

type Row = readonly [assertion: keyof ImageExpectation, words: readonly unknown[], wrong?: string];

/** Without a message it is so. */
const ROWS: readonly Row[] = [
  ["toHavePackage", ["nginx"]],
  ["toHavePackage", ["nginx:amd64", "1.22"]],
  ["toHavePackage", ["nginx", /^1\./]],
  ["toHavePackage", ["kept", "3"]],
  ["toHavePackage", ["left"], 'package "left" is not installed in "test"'],
  ["toLackPackage", ["left"]],
  ["toHavePackage", ["ngin"], 'package "ngin" is not installed in "test"\nremedy: list it in "packages" of an element'],
  ["toHavePackage", ["nginx", "1.24"], 'package "nginx:amd64" has version "1.22" in "test", not "1.24"'],
  ["toHavePackage", ["nginx", /^2/], 'package "nginx:amd64" has version "1.22" in "test", not like /^2/'],
  ["toHavePackage", ["torn"], 'package "torn:amd64" is not whole in "test": its state is "install ok unpacked"'],
  ["toLackPackage", ["telnetd"]],
  ["toLackPackage", ["nginx"], 'package "nginx:amd64" is in "test" in version "1.22"'],
  ["toHaveFile", ["/lib/x", { text: "one\n", mode: 0o4755, owner: "0:42", type: "file" }]],
  ["toHaveFile", ["/etc/link", { target: "../usr/lib/x", text: /^one$/m }]],
  ["toHaveFile", ["/etc/dangling", { target: "gone" }]],
  ["toHaveFile", ["/etc/gone"], '"/etc/gone" is missing in "test"'],
  ["toHaveFile", ["/etc/dangling"], '"/etc/dangling" leads to "gone", which is missing, in "test"'],
  ["toHaveFile", ["/lib/x", { mode: 0o644 }], '"/lib/x" in "test" has mode 4755, not 0644'],
  ["toHaveFile", ["/lib/x", { owner: "0:0" }], '"/lib/x" in "test" belongs to 0:42, not 0:0'],
  ["toHaveFile", ["/lib/x", { type: "directory" }], '"/lib/x" in "test" is a file, not a directory'],
  ["toHaveFile", ["/lib/x", { text: "two\n" }], '"/lib/x" of "test" has another content'],
  ["toHaveFile", ["/lib/x", { text: /two/ }], 'nothing in "/lib/x" of "test" matches /two/'],
  ["toHaveFile", ["/etc/link", { target: "x" }], '"/etc/link" in "test" leads to "../usr/lib/x", not "x"'],
  ["toHaveFile", ["/lib/x", { target: "x" }], 'there is no symbolic link "/lib/x" in "test"'],
  ["toLackFile", ["/etc/gone"]],
  ["toLackFile", ["/etc/dangling"], 'there is a symlink at "/etc/dangling" in "test"'],
  ["toLackFile", ["/lib/x"], 'there is a file at "/lib/x" in "test"'],
  ["toEnableUnit", ["web"]],
  ["toEnableUnit", ["web.service"]],
  ["toEnableUnit", ["idle"], 'unit "idle.service" is not enabled in "test" but present'],
  ["toEnableUnit", ["hidden"], 'unit "hidden.service" is not enabled in "test" but masked'],
  ["toEnableUnit", ["web.timer"], 'there is no unit "web.timer" in "test"; there is web.service'],
  ["toHaveAccount", ["web", { uid: 100, gid: 101, home: "/srv", shell: "/bin/false", password: "locked" }]],
  ["toHaveAccount", ["app"], '"/etc/passwd" of "test" has no account "app"'],
  ["toHaveAccount", ["web", { shell: "/bin/sh" }], 'account "web" of "test" has the shell "/bin/false", not "/bin/sh"'],
  ["toLockPasswords", [{ except: ["root"] }]],
  ["toLockPasswords", [], 'accounts of "test" have passwords in "/etc/shadow" that let somebody in: "root" (usable)'],
  ["toHaveKernelArgument", ["console=ttyS0"]],
  ["toHaveKernelArgument", [/^console=/]],
  [
    "toHaveKernelArgument",
    ["quiet"],
    'no kernel argument of "test" is "quiet"; it has\n  /etc/kernel/cmdline: ro console=ttyS0\nremedy: add it to DIB_BOOTLOADER_DEFAULT_CMDLINE',
  ],
  ["toListenOn", [22]],
  ["toListenOn", [22, "sshd"]],
  [
    "toListenOn",
    [22, "nginx"],
    'no configuration of "test" has nginx listen on port 22; there is sshd on "22" (default)',
  ],
  ["toListenOnNothingBut", [22, 80]],
  ["toListenOnNothingBut", [80], 'sshd of "test" listens on "22", set at default'],
  ["toStayWithin", [{ total: "3MiB", package: { big: 2 * 1024 * 1024, gone: 0 }, directory: { "/usr/share": "3MB" } }]],
  ["toStayWithin", [{ package: { big: "1MiB" } }], 'package "big" of "test" has 2.0 MiB of files, 1.0 MiB above 1MiB'],
  ["toHoldNoSecret", [{ allow: [/^\/root\/key$/] }]],
  [
    "toHoldNoSecret",
    [],
    '"test" holds secrets that everybody has who has the image:\n  /root/key:1: found basic auth credential',
  ],
  ["toHoldNoTraceOf", [{ hostNames: ["builder-7"] }]],
  [
    "toHoldNoTraceOf",
    [{ paths: ["/home/al"] }],
    '"test" holds names of the machine that built it:\n  /etc/dib-manifests/dib_environment:2: /home/al\nremedy: ',
  ],
  ["toFollow", [policy("empty")]],
  [
    "toFollow",
    [policy("strict", (_, report) => report({ check: "no-x", message: "there is x", remedy: "remove x" }))],
    '"test" does not follow the policy "strict": 1 breach\n  no-x: there is x\n    remedy: remove x',
  ],
];

/** Calls one assertion, whichever it is, on what has it: a Vitest assertion checks what it is asked for. */
const call = (expectation: ImageExpectation, name: keyof ImageExpectation, words: readonly unknown[]): Promise<void> =>
  Reflect.apply(expectation[name], expectation, words);

describe.each(ROWS.map((row) => [`${row[0]} ${JSON.stringify(row[1])}`, row] as const))(
  "%s",
  (_, [name, words, wrong]) => {
    test("as a function", async () => {
      const run = call(expectImage(image), name, words);
      if (wrong === undefined) return run;
      const error = await run.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ImageMismatch);
      expect(error).toBeInstanceOf(AssertionError);
      expect((error as Error).message.slice(0, wrong.length)).toBe(wrong);
      expect((error as Error).message).toMatch(/remedy: [a-z]/);
    });

    test("as a matcher of Vitest", async () => {
      const matcher = () => call(expect(image) as unknown as ImageExpectation, name, words);
      const opposite = () => call(expect(image).not as unknown as ImageExpectation, name, words);
      if (wrong === undefined) {
        await matcher();
        await expect(opposite()).rejects.toThrow(`"test" is not expected ${name}, and is so`);
      } else {
        await opposite();
        await expect(matcher()).rejects.toThrow(wrong);
      }
    });
  },
);

test("every assertion has rows for both", () => {
  for (const name of Object.keys(expectImage(image)))
    expect(new Set(ROWS.filter(([one]) => one === name).map(([, , wrong]) => wrong === undefined)).size, name).toBe(2);
});

describe("what cannot be asked is no mismatch", () => {
  const owned = imageOf(image.contents, { ownersKnown: false });
  test.each([
    [
      "sizes of elements without layers",
      () => expectImage(image).toStayWithin({ element: { a: 1 } }),
      UnknownFact,
      "openImage({ cacheDir, build })",
    ],
    [
      "owners in layers of a user",
      () => expectImage(owned).toHaveFile("/lib/x", { owner: "0:42" }),
      UnknownFact,
      "who owns",
    ],
    [
      "a size that is none",
      () => expectImage(image).toStayWithin({ total: "much" }),
      RangeError,
      '"much" is not a size',
    ],
    [
      "a path of the image itself",
      () => expectImage(image).toHoldNoTraceOf({ paths: ["/usr/lib"] }),
      RangeError,
      "a path of the image itself",
    ],
    [
      "a matcher of something else",
      async () => await expect("image.qcow2").toHavePackage("nginx"),
      TypeError,
      "open one with openImage",
    ],
    [
      "the opposite of what is not known",
      async () => await expect(image).not.toStayWithin({ element: { a: 1 } }),
      UnknownFact,
      "is not known",
    ],
  ])("%s", async (_, ask, kind, message) => {
    const error = await ask().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(message);
  });
});
