import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { expect, onTestFinished, test } from "vitest";
import { compareBuilds } from "../src/compare-builds.js";

const STATUS = "Package: hello\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.10-3\n";
const PLAIN = {
  "etc/hostname": "host\n",
  "etc/fstab": "LABEL=root / ext4 defaults 0 1\n",
  "var/lib/dpkg/status": STATUS,
};

/** A tar archive of a tree that `change` was run in, as both builders write it. */
function archive(files: Readonly<Record<string, string>>, change = "true"): string {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-conform-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const tree = join(directory, "tree");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  execFileSync("bash", ["-euc", `umask 022\n${change}`], { cwd: tree });
  const tar = join(directory, "image.tar");
  execFileSync("tar", ["-C", tree, "-cf", tar, "--xattrs", "--xattrs-include=*", "--numeric-owner", "."]);
  return tar;
}

async function differences(theirs: string, ours: string): Promise<readonly string[]> {
  const { differences } = await compareBuilds({ tar: theirs }, { tar: ours }, createCommandRunner());
  return differences.map(
    ({ aspect, subject, upstream, dibkit, reason }) =>
      `${aspect} ${subject}: ${upstream ?? "-"} | ${dibkit ?? "-"}${reason === undefined ? "" : ` because ${reason}`}`,
  );
}

test("equal trees have no differences, whatever their times and the order of hard links", async () => {
  const links = "ln etc/hostname etc/again";
  const theirs = archive(PLAIN, links);
  const ours = archive(PLAIN, `${links}; touch -d 2001-01-01 etc/hostname; mv etc/hostname x; mv x etc/hostname`);
  expect(await differences(theirs, ours)).toEqual([]);
});

test.each([
  [
    "a link into the directory of the build",
    'ln -s "/tmp/$1/mnt/etc/dnf/vars" etc/vars',
    "leads into the directory that the image was built in",
  ],
  [
    "a mark of librepo's",
    `python3 -c 'import os, sys; os.setxattr("etc/hostname", "user.Librepo.checksum.mtime", sys.argv[1].encode())' "$1"`,
    "librepo notes when it checked a file, in an attribute",
  ],
  ["rpm's database", 'mkdir -p var/lib/rpm; echo "$1" > var/lib/rpm/rpmdb.sqlite', "compared as the list of packages"],
  ["dnf's history", 'mkdir -p var/lib/dnf; echo "$1" > var/lib/dnf/history.sqlite', "dnf notes when it installed"],
])("%s differs for a reason", async (_what, change, reason) => {
  const [theirs, ours] = ["dib_build.x1", "dib_build.dibkit"].map((name) =>
    archive(PLAIN, `set -- ${name}; ${change}`),
  );
  const found = await differences(theirs as string, ours as string);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(` because ${reason}`);
});

test("what grub-install writes beside its core image on a disk in files has a reason, and only there", async () => {
  const boot = (more: Readonly<Record<string, string>>) =>
    archive({ ...PLAIN, "boot/grub/x86_64-efi/core.efi": "", "boot/efi/EFI/BOOT/BOOTX64.EFI": "one", ...more });
  const plain = boot({});
  const found = boot({ "boot/grub/x86_64-efi/load.cfg": "search\n", "boot/efi/EFI/BOOT/BOOTX64.EFI": "other" });
  const because = "because grub finds the root by its UUID";
  expect(await differences(plain, found)).toEqual([
    expect.stringMatching(`^tree boot/efi/EFI/BOOT/BOOTX64.EFI: file .* ${because}`),
    expect.stringMatching(`^tree boot/grub/x86_64-efi/load\\.cfg: - \\| file .* ${because}`),
  ]);
  for (const difference of await differences(found, plain)) expect(difference).not.toContain(" because ");
  expect(await differences(plain, boot({ "boot/efi/EFI/BOOT/BOOTX64.EFI": "other" }))).toEqual([
    expect.not.stringContaining(" because "),
  ]);
});

test.each([
  ["content", "echo other > etc/hostname", /^tree etc\/hostname: file 0644 \S+ 5 bytes sha256:\w+ \| file .* 6 bytes/],
  ["mode", "chmod 4755 etc/hostname", /file 0644 .* \| file 4755 /],
  ["type", "rm etc/hostname; mkdir etc/hostname", /file 0644 .* \| directory 0755 /],
  ["target of a link", "rm etc/hostname; ln -s ../x etc/hostname", /\| symlink 0777 \S+ → \.\.\/x$/],
  ["a name more", "ln etc/hostname etc/zz", /tree etc\/hostname: .* hard link of etc\/hostname$/m],
  ["a file more", "touch etc/new", /^tree etc\/new: - \| file /],
  ["a file less", "rm etc/hostname", /^tree etc\/hostname: file .* \| -$/],
  ["packages", "sed -i s/2.10-3/2.10-4/ var/lib/dpkg/status", /^packages hello:amd64: 2.10-3 \| 2.10-4$/m],
  ["fstab", "sed -i s/defaults/ro/ etc/fstab", /^fstab \/: .* defaults 0 1 \| .* ro 0 1$/m],
])("%s that differs is found and has no reason", async (_what, change, line) => {
  const found = await differences(archive(PLAIN), archive(PLAIN, change));
  const open = found.filter((one) => !one.includes(" because "));
  expect(open.join("\n")).toMatch(line);
});

test("what two builds never share has a reason, unless its mode differs too", async () => {
  const key = { ...PLAIN, "etc/ssh/ssh_host_rsa_key": "a" };
  const other = { ...PLAIN, "etc/ssh/ssh_host_rsa_key": "b" };
  expect(await differences(archive(key), archive(other))).toEqual([
    expect.stringMatching(/^tree etc\/ssh\/ssh_host_rsa_key: .* because host keys are random$/),
  ]);
  expect(await differences(archive(key), archive(other, "chmod 600 etc/ssh/ssh_host_rsa_key"))).toEqual([
    expect.not.stringContaining("random"),
  ]);
});

test("random UUIDs in fstab have a reason, another option beside them has none", async () => {
  const line = (uuid: string, options: string) => ({ "etc/fstab": `UUID=${uuid} / ext4 ${options} 0 1\n` });
  const theirs = archive(line("1111", "defaults"));
  const reasons = async (tar: string) => (await differences(theirs, tar)).filter((one) => one.startsWith("fstab"));
  expect(await reasons(archive(line("2222", "defaults")))).toEqual([expect.stringContaining("UUIDs are random")]);
  expect(await reasons(archive(line("2222", "ro")))).toEqual([expect.not.stringContaining("random")]);
});

test.each([
  [
    "packages in another order",
    'printf "Package: b\\n\\nPackage: a\\n\\n" > $states',
    / because the same packages in the order/,
  ],
  ["another package", 'printf "Package: b\\n\\nPackage: c\\n\\n" > $states', /extended_states: file .* sha256:\w+$/],
  ["triggers in another order", 'printf "/b x\\n/a x\\n" > $triggers', / because the same triggers in the order/],
  ["another trigger", 'printf "/b x\\n/c x\\n" > $triggers', /triggers\/File: file .* sha256:\w+$/],
])("what apt and dpkg note with %s", async (_what, change, line) => {
  const [states, triggers] = ["var/lib/apt/extended_states", "var/lib/dpkg/triggers/File"];
  const files = { ...PLAIN, [states]: "Package: a\n\nPackage: b\n\n", [triggers]: "/a x\n/b x\n" };
  const paths = `states=${states} triggers=${triggers}`;
  expect(await differences(archive(files), archive(files, `${paths}; ${change}`))).toEqual([
    expect.stringMatching(line),
  ]);
});

test.each([
  ["the day after", "sed -i 's/:20786:/:20787:/' etc/shadow", / because holds the day on which an account was made/],
  ["another password", "sed -i 's/stack:!:/stack::/' etc/shadow", /tree etc\/shadow: file .* sha256:\w+$/],
  ["a password that never expires", "sed -i 's/:99999:/::/' etc/shadow", /tree etc\/shadow: file .* sha256:\w+$/],
  ["a password that must be changed", "sed -i 's/:20786:/:0:/' etc/shadow", /tree etc\/shadow: file .* sha256:\w+$/],
  ["another salt", "sed -i 's/j9T$lo.*Yu:/j9T$Ua$lQ:/' etc/shadow", / because passwords are kept with a random salt$/],
  ["another method", "sed -i 's/$y$j9T$lo.*Yu:/$6$Ua$lQ:/' etc/shadow", /tree etc\/shadow: file .* sha256:\w+$/],
  ["another cost", "sed -i 's/j9T/j8T/' etc/shadow", /tree etc\/shadow: file .* sha256:\w+$/],
  ["no password", "sed -i 's/$y.*Yu:/:/' etc/shadow", /tree etc\/shadow: file .* sha256:\w+$/],
])("accounts that were made with %s", async (_what, change, line) => {
  const files = {
    ...PLAIN,
    "etc/shadow": "root:*:19000:0:99999:7:::\nstack:!:20786:0:99999:7:::\ndev:$y$j9T$loZr/$d3.Yu:20786::::::\n",
  };
  const found = await differences(archive(files), archive(files, change));
  expect(found).toEqual([expect.stringMatching(line)]);
});
