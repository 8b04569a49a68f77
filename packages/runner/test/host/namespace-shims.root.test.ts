import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner, namespaceCommand } from "@dibkit/exec";
import { afterAll, describe, expect, test } from "vitest";
import { enterNamespace } from "../../../exec/src/privilege/enter-namespace.js";
import { NAMESPACE_OF_ROOT } from "../../../exec/test/privilege/namespace-of-root.js";
import { DEVICE_MARK } from "../../src/host/device-placeholders.js";
import { NAMESPACE_SHIMS } from "../../src/host/namespace-shims.js";
import { mayBuild } from "../tiny-image.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-namespace-shims-"));
const bin = join(root, "bin");
mkdirSync(bin);
for (const [name, text] of Object.entries(NAMESPACE_SHIMS)) {
  writeFileSync(join(bin, name), text);
  chmodSync(join(bin, name), 0o755);
}
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;

/** What a script prints, on both streams, as the root of a user namespace, in an empty directory; its status last. */
async function inNamespace(script: string, outside: readonly string[] = []): Promise<string> {
  count += 1;
  const directory = join(root, String(count));
  mkdirSync(directory);
  mkdirSync(join(directory, "at"));
  const whole = `cd "$1" && { ${script}\n} 2>&1; echo "status $?"`;
  const run = await createCommandRunner().run(
    [...outside, ...enterNamespace(namespaceCommand(["bash", "-c", whole, "bash", directory]), NAMESPACE_OF_ROOT)],
    { env: { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: "C" } },
  );
  return run.ok ? run.value.stdout.trimEnd() : run.error.tail.join("\n");
}

/** As a container does it: a file and a directory with something in it, covered. */
const MASKED = [
  ...["unshare", "--mount", "--", "sh", "-c"],
  'mount --bind /dev/null /proc/timer_list && mount -t tmpfs masked /sys/kernel/mm && exec "$@"',
  "sh",
];

const mark = (file: string) =>
  `python3 -c 'import os, sys; print(os.getxattr(sys.argv[1], "${DEVICE_MARK}").decode())' ${file}`;

describe.skipIf(!mayBuild)("stand-ins for programs in a user namespace", () => {
  test.each([
    ["sysfs", "mount -t sysfs -o ro none at && ls -d at/kernel && touch at/x", /^at\/kernel\n.*Read-only.*\nstatus 1$/],
    ["the devices of the host", "mount --bind /dev at && stat -c %t,%T at/null", /^1,3\nstatus 0$/],
    ["them in other words", "mount -o rw -B /dev/ at && stat -c %t,%T at/null", /^1,3\nstatus 0$/],
    ["their end", "mount --bind /dev at && umount at && ls at", /^status 0$/],
    ["pseudo-terminals of a group of the host", "mount -t devpts -o gid=100004 x at && ls at", /^ptmx\nstatus 0$/],
    ["memory, which needs no help", "mount -t tmpfs -o mode=0700 x at && stat -c %a at", /^700\nstatus 0$/],
    ["an image file", "truncate -s 1M image && mount -o ro,loop image at", /only root has: build this .*\nstatus 32$/],
    [
      "a device that scripts use",
      `mknod -m 600 null c 1 3; echo lost > null; wc -c < null; umount null; ${mark("null")}; stat -c '%F %a' null`,
      /^0\nc 1 3\nregular empty file 600\nstatus 0$/,
    ],
    [
      "another device",
      `mknod --mode=660 sda b 8 0; ${mark("sda")}; stat -c '%F %a' sda`,
      /^b 8 0\nregular empty file 660\n/,
    ],
    [
      "a port of root's, in a network of its own",
      `unshare --net python3 -c 'import socket; socket.socket().bind(("127.0.0.1", 81))'`,
      /^status 0$/,
    ],
    [
      "a whiteout, which is no device",
      "mknod gone c 0 0 && stat -c '%F %t,%T' gone",
      /^character special file 0,0\nstatus 0$/,
    ],
    ["a pipe", "mknod queue p && stat -c %F queue", /^fifo\nstatus 0$/],
    [
      "a device, where a script has put something before it on the PATH, and the stand-ins twice behind",
      `PATH="/nowhere:\${PATH%%:*}:$PATH"; mknod null c 1 3 && mount --bind /dev at && umount at; umount null; stat -c %s null`,
      /^0\nstatus 0$/,
    ],
    [
      "debootstrap, which finds the other stand-ins",
      `mkdir bin && printf '#!/bin/sh\\ntype mknod; echo $container' > bin/debootstrap && chmod +x bin/debootstrap
PATH="/nowhere:\${PATH%%:*}:$PWD/bin:$PATH" debootstrap`,
      /^mknod is .*\/dibkit-namespace-shims-\w+\/bin\/mknod\nlxc\nstatus 0$/,
    ],
    ["a name that is taken", "touch x; mknod x c 1 3", /^mknod: x: File exists\nstatus 1$/],
  ])("%s", async (_what, script, printed) => {
    expect(await inNamespace(script)).toMatch(printed);
  });
});

describe.skipIf(!mayBuild)("where a container hides parts of the kernel's trees, those of the container", () => {
  test.each([
    [
      "proc",
      "mount -t proc proc at && cat at/timer_list && ls -d at/self && umount at && ls at",
      /^at\/self\nstatus 0$/,
    ],
    ["sysfs", "mount -t sysfs -o ro none at && ls -d at/kernel && umount at && ls at", /^at\/kernel\nstatus 0$/],
  ])("%s", async (_what, script, printed) => {
    expect(await inNamespace(`/usr/bin/mount -t proc proc at && exit 9; ${script}`, MASKED)).toMatch(
      new RegExp(`permission denied[^]*?\n${printed.source.slice(1)}`),
    );
  });
});

// As docs/where-it-runs.md says it; should a kernel allow it one day, the page says too little.
describe.skipIf(!mayBuild)("what a script cannot do in a user namespace", () => {
  test.each([
    ["have ids above 65535", "touch x; chown 65535 x && chown 65536 x", /Invalid argument\nstatus 1$/],
    ["make a file immutable", "touch x; chattr +i x", /Operation not permitted.*\nstatus 1$/],
    [
      "set attributes that only the machine's root has",
      'touch x; python3 -c \'import os; os.setxattr("x", "trusted.note", b"x")\'',
      /Operation not permitted.*\nstatus 1$/,
    ],
    [
      "rename a directory of an earlier layer without copying it",
      `mkdir -p lower/one lower/other upper work
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr layers at
mv at/one at/moved && [ -d at/moved ] && echo moved
python3 -c 'import os; os.rename("at/other", "at/renamed")'`,
      /^moved\n[\s\S]*Invalid cross-device link.*\nstatus 1$/,
    ],
    ["name the machine", "hostname other", /must be root|not permitted/],
    ["make a device by itself", "/usr/bin/mknod null c 1 3", /Operation not permitted\nstatus 1$/],
    ["remove a device that is shown to it", "mknod null c 1 3 && rm null", /resource busy\nstatus 1$/],
    ["mount a disk", "truncate -s 1M x; mke2fs -q x; mount -t ext4 x at", /\nstatus 32$/],
  ])("%s", async (_what, script, printed) => {
    expect(await inNamespace(script)).toMatch(printed);
  });

  test("unpack a device with tar, which makes everything else", async () => {
    mkdirSync(join(root, "tree/dev"), { recursive: true });
    writeFileSync(join(root, "tree/file"), "");
    const packed = await createCommandRunner().run([
      ...["sh", "-c", 'mknod "$1/dev/sda" b 8 0 && tar -C "$1" -cf "$1.tar" .', "sh", join(root, "tree")],
    ]);
    expect(packed.ok).toBe(true);
    expect(await inNamespace(`tar -xf ${root}/tree.tar; status=$?; ls . dev; (exit $status)`)).toMatch(
      /Cannot mknod: Operation not permitted[\s\S]*\.:\nat\ndev\nfile\n\ndev:\nstatus 2$/,
    );
  });
});
