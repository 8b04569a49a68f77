import { expect, it } from "vitest";
import { parseBlockDeviceGraph } from "../../src/block-device/index.js";
import { positionAt } from "../../src/index.js";

/** What a user reads: place, severity, code, message, help. */
function findings(text: string): readonly string[] {
  const { diagnostics } = parseBlockDeviceGraph({ path: "/e/block-device-default.yaml", text });
  return diagnostics.map(({ severity, code, message, help, location }) => {
    const { line, column } = positionAt(location?.source ?? { path: "", text }, location?.start ?? 0);
    return `${line}:${column} ${severity} ${code} ${message}${help === undefined ? "" : ` [${help}]`}`;
  });
}

const disk = (partitions: string, label = "mbr") => `- local_loop:
    name: image0
- partitioning:
    base: image0
    label: ${label}
    partitions:
${partitions}`;
const root = "        mkfs: { mount: { mount_point: / } }\n";
const rooted = "- local_loop: { name: image0, mkfs: { name: mkfs_root, mount: { mount_point: / } } }\n";

it.each<[string, string, readonly string[]]>([
  ["the smallest that works", rooted, []],
  [
    "not YAML",
    "- local_loop: { name: image0\n",
    ['2:1 error block-device/syntax not YAML: this mapping is not closed: end it with "}", and indent its lines'],
  ],
  [
    "not a list",
    "local_loop:\n  name: image0\n",
    [
      '1:1 error block-device/shape a block-device configuration is a list of entries [start each entry with "- KIND:", where KIND is "local_loop", "partitioning", "lvm", "mkfs", "mount" or "fstab"]',
    ],
  ],
  [
    "an empty text",
    "",
    [
      '1:1 error block-device/shape a block-device configuration is a list of entries [start each entry with "- KIND:", where KIND is "local_loop", "partitioning", "lvm", "mkfs", "mount" or "fstab"]',
    ],
  ],
  [
    "a misspelt kind",
    `${rooted}- mksf:\n    name: x\n`,
    [
      '2:3 error block-device/unknown-kind unknown kind "mksf"; a kind is "local_loop", "partitioning", "lvm", "mkfs", "mount" or "fstab" [write "mkfs"]',
    ],
  ],
  [
    "a kind without values",
    `${rooted}- mkfs:\n`,
    ['2:3 error block-device/shape "mkfs" has no values [indent its keys under it]'],
  ],
  [
    "two kinds in one entry",
    "- mkfs: { base: image0, type: ext4 }\n  mount: { mount_point: / }\n",
    [
      '1:3 error block-device/shape entry 1 has 2 keys but one is allowed: "mkfs" or "mount" [indent "mount" under "mkfs", or start another entry with "-"]',
    ],
  ],
  [
    "neither name nor base",
    "- local_loop: { size: 8GiB }\n",
    ['1:3 error block-device/missing-key "local_loop" has neither a name nor a base [add "name"]'],
  ],
  [
    "a misspelt key that upstream ignores, and so a missing one",
    disk(`      - name: root\n        szie: 100%\n${root}`),
    [
      '8:9 warning block-device/unknown-key unknown key "szie" in partition "root"; it takes "name", "base", "size", "type" or "flags" [write "size"]',
      '7:9 error block-device/missing-key partition "root" has no "size" [add "size": a size, or a share of what is free such as 100%]',
    ],
  ],
  [
    "a number where text is needed",
    disk(`      - name: root\n        size: 100\n${root}`),
    [
      '8:15 error block-device/wrong-type "size" of partition "root" is the number 100 but must be a size: a number and one of % TiB GiB MiB KiB TB GB MB KB T G M K B [quote it: "100"]',
    ],
  ],
  [
    "an unknown unit",
    disk(`      - name: root\n        size: 8Gib\n${root}`),
    [
      '8:15 error block-device/bad-value "size" of partition "root" is "8Gib" but must be a size: a number and one of % TiB GiB MiB KiB TB GB MB KB T G M K B',
    ],
  ],
  [
    "a partition type as a number",
    disk(`      - name: root\n        size: 100%\n        type: 0x83\n${root}`),
    ["9:15 error block-device/wrong-type type of partition \"root\" is a number but must be text [quote it: '0x83']"],
  ],
  [
    "a GPT type that YAML changes",
    disk(`      - name: root\n        size: 100%\n        type: 0700\n${root}`, "gpt"),
    ["9:15 error block-device/wrong-type type 0700 of partition \"root\" is read as the number 448 [quote it: '0700']"],
  ],
  [
    "a label that does not exist",
    disk(`      - name: root\n        size: 100%\n${root}`, "msdos"),
    [
      '5:12 error block-device/bad-value "label" of partitioning "partitioning_image0" is "msdos" but must be "mbr" or "gpt"',
    ],
  ],
  [
    "an unknown flag",
    disk(`      - name: root\n        size: 100%\n        flags: [ boot, primray ]\n${root}`),
    [
      '9:24 error block-device/bad-value "flags" of partition "root" is "primray" but must be "boot" or "primary" [write "primary"]',
    ],
  ],
  [
    "primary after logical",
    disk(
      `      - name: a\n        size: 10%\n      - name: root\n        size: 100%\n        flags: [ primary ]\n${root}`,
    ),
    [
      '11:16 error block-device/partition-order primary partition "root" comes after the logical partition "a" [list all primary partitions first]',
    ],
  ],
  [
    "primary in GPT",
    disk(`      - name: root\n        size: 100%\n        flags: [ primary ]\n${root}`, "gpt"),
    [
      '9:16 error block-device/bad-value partition "root" has the flag primary, which a gpt table does not know [remove the flag]',
    ],
  ],
  [
    "a base that does not exist",
    disk(`      - name: root\n        size: 100%\n${root}`).replace("base: image0", "base: image"),
    [
      '4:11 error block-device/missing-base partition "root" has the base "image", which does not exist; it can be "image0" [write "image0"]',
    ],
  ],
  [
    "a base of the wrong kind",
    `${rooted}- mkfs: { name: second, base: mkfs_root, type: ext4 }\n`,
    ['2:31 error block-device/wrong-base mkfs "second" cannot be made on mkfs "mkfs_root" [use "image0"]'],
  ],
  [
    "a mount of a partition without a filesystem",
    `${disk(`      - name: root\n        size: 100%\n${root}`)}- mount: { name: m, base: root, mount_point: /srv }\n`,
    ['10:27 error block-device/wrong-base mount "m" cannot be made on partition "root" [use "mkfs_root"]'],
  ],
  [
    "two nodes with one name",
    disk(`      - name: root\n        size: 50%\n${root}      - name: root\n        size: 50%\n`),
    [
      '10:15 error block-device/duplicate-name partition "root" has the name of partition "root" [give one of them another name]',
    ],
  ],
  [
    "two filesystems with one label",
    disk(
      `      - name: root\n        size: 50%\n${root}      - name: b\n        size: 50%\n        mkfs: { type: vfat, label: efi }\n      - name: c\n        size: 1MiB\n        mkfs: { type: vfat, label: EFI }\n`,
    ),
    [
      '15:36 error block-device/duplicate-label mkfs "mkfs_c" has the label "EFI" of mkfs "mkfs_b" [give every filesystem a label of its own]',
    ],
  ],
  [
    "labels that do not fit",
    "- local_loop: { name: image0, mkfs: { type: xfs, label: a-label-too-long, mount: { mount_point: / } } }\n- local_loop: { name: verylongname, size: 1GiB, mkfs: { type: vfat } }\n",
    [
      '1:57 error block-device/label-too-long label "a-label-too-long" has 16 characters but xfs stores 12 [shorten the label]',
      '2:55 error block-device/label-too-long label "MKFS_VERYLONGNAME" has 17 characters but vfat stores 11 [add a shorter "label"; the name of the entry is used when there is none]',
    ],
  ],
  [
    "a filesystem without a type",
    "- local_loop: { name: image0, mkfs: { mount: { mount_point: / } } }\n",
    [
      '1:37 error block-device/missing-key mkfs "mkfs_image0" has no "type" [add "type: ext4" (only mkfs_root may leave it out)]',
    ],
  ],
  [
    "no root",
    "- local_loop: { name: image0, mkfs: { type: ext4, mount: { mount_point: /srv } } }\n",
    [
      '1:1 error block-device/no-root no filesystem is mounted at "/", only at "/srv" [give the root filesystem "mount: { mount_point: / }"]',
    ],
  ],
  [
    "one place mounted twice",
    `${rooted}- local_loop: { name: data, mkfs: { type: ext4, mount: { mount_point: / } } }\n`,
    [
      '2:71 error block-device/duplicate-mount "/" is mounted twice, by "mount_mkfs_root" and "mount_mkfs_data" [remove one of the mounts]',
    ],
  ],
  [
    "no image0",
    rooted.replace("image0", "disk"),
    [
      '1:23 error block-device/no-image no local_loop is named "image0", only "disk" [name the disk to boot from "image0"; output formats are made from it]',
    ],
  ],
  [
    "a circle",
    `${rooted}- mkfs: { name: a, base: lv, type: ext2 }\n- lvm: { name: l, pvs: [ { name: pv, base: lv } ], vgs: [ { name: vg, base: [ pv ] } ], lvs: [ { name: lv, base: vg, size: 1G } ] }\n`,
    [
      '3:44 error block-device/wrong-base lvm "l" cannot be made on lvs "lv" [use "image0"]',
      '3:104 error block-device/cycle nodes depend on each other in a circle: "lv" needs "vg" needs "pv" needs "l" needs "lv" [change one of the bases]',
    ],
  ],
  [
    "volumes without a size, groups written as text",
    `${rooted}- lvm:\n    name: l\n    pvs: [ { name: pv, base: image0 } ]\n    vgs: [ { name: vg, base: pv } ]\n    lvs: [ { name: lv, base: vg } ]\n`,
    ['5:30 error block-device/wrong-type "base" of vgs "vg" is "pv" but must be a list of texts'],
  ],
  [
    "a key written twice",
    rooted.replace("{ name: image0,", "{ name: image, name: image0,"),
    ['1:30 warning block-device/duplicate-key key "name" is given twice, and only the last counts'],
  ],
  [
    "an alias without an anchor",
    "- local_loop: *nothing\n",
    ['1:15 error block-device/syntax not YAML: alias "*nothing" has no anchor "&nothing" before it'],
  ],
  [
    "aliases that multiply",
    `- &a0 [x]\n${Array.from({ length: 8 }, (_, at) => `- &a${at + 1} [${`*a${at},`.repeat(9)}]\n`).join("")}`,
    [expect.stringMatching(/^\d+:\d+ error block-device\/syntax aliases make more than 20000 values of this file$/)],
  ],
  [
    "nesting without end",
    `${"[".repeat(50_000)}\n`,
    ["1:1 error block-device/syntax file is nested more than 100 levels deep"],
  ],
])("%s", (_, text, expected) => {
  expect(findings(text)).toEqual(expected);
});

it("offers a fix that renames a misspelt key", () => {
  const text = disk(`      - name: root\n        size: 100%\n        flag: [ boot ]\n${root}`);
  const { diagnostics, config } = parseBlockDeviceGraph({ path: "/e/block-device-default.yaml", text });
  const fix = diagnostics[0]?.fix;
  expect(fix?.title).toBe('rename to "flags"');
  const edit = fix?.edits[0];
  if (edit?.kind !== "replace") throw new Error("no edit");
  expect(text.slice(0, edit.start) + edit.text + text.slice(edit.end)).toBe(text.replace("flag:", "flags:"));
  // Upstream builds with it, so it can be planned all the same.
  expect(config?.entries).toHaveLength(4);
});

it("finds places through aliases and merged maps", () => {
  const text = `- local_loop: { name: image0 }
- mkfs: &common { name: mkfs_root, base: image0, tpye: ext4 }
- mount: { base: mkfs_root, mount_point: / }
`;
  expect(findings(text)).toEqual([
    '2:50 warning block-device/unknown-key unknown key "tpye" in mkfs "mkfs_root"; it takes "name", "base", "type", "label", "opts" or "uuid" [write "type"]',
  ]);
});
