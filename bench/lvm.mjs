// LVM, which needs device-mapper: builds in a QEMU machine with Debian's kernel, on the files of this machine.
// node bench/lvm.mjs [--only PART,…] [--upstream 3.37] [--record FILE]     (after npm run build; needs root and QEMU)
// Parts: conform (against upstream, whose LVM is real there too), kill, thin.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tinyOs, UPSTREAM_PROGRAMS } from "../test/tiny-os.mjs";
import { upstreamVersion } from "../test/upstream-version.mjs";
import { prepareGuest, runInGuest } from "./guest.mjs";
import { dibkit, withDirectory } from "./timed.mjs";

const PARTS = {
  // 42 GB: the partition of upstream's element has 40.
  conform: `DM_DISABLE_UDEV=1 run conform tiny block-device-efi-lvm -n --disk --image-size 42 --record /var/tmp/record.json`,
  kill: `
run build tiny hang block-device-efi-lvm -n --image-size 42 -t raw -o /var/tmp/killed &
until [ -e /var/tmp/cache/hanging ]; do kill -0 $!; sleep 1; done
echo "active while it hangs: $(dmsetup ls | wc -l) mapped devices, $(losetup --list --noheadings | wc -l) loop devices"
pkill -KILL -f '[/]dibkit.js build'
wait
for attempt in {1..60}; do [ -n "$(left)" ] || break; sleep 1; done
left || :
[ -z "$(left)" ]
[ ! -e /var/tmp/killed.raw ]
run build tiny block-device-efi-lvm -n --image-size 42 -t raw -o /var/tmp/next
[ -e /var/tmp/next.raw ]
`,
  thin: `
DIB_BLOCK_DEVICE_CONFIG=file:///var/tmp/thin.yaml run build tiny -n --image-size 1 -t raw -o /var/tmp/thin
export DM_DISABLE_UDEV=1
losetup -P /dev/loop9 /var/tmp/thin.raw
vgchange -q -ay odd-group
lvs --noheadings -o lv_name,lv_attr,pool_lv odd-group
fsck.ext4 -fn /dev/odd-group/root
vgchange -q -an odd-group
losetup -d /dev/loop9
`,
};
/** A thin volume and swap in a group with a dash in its name, on two physical volumes. */
const THIN = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: mbr
    partitions:
      - { name: first, flags: [primary], size: 60% }
      - { name: second, size: 100% }
- lvm:
    name: lvm
    base: [first, second]
    pvs:
      - { name: pv1, base: first, options: [--force] }
      - { name: pv2, base: second, options: [--force] }
    vgs:
      - { name: odd-group, base: [pv1, pv2], options: [--force] }
    lvs:
      - { name: pool, base: odd-group, type: thin-pool, size: 600MiB }
      - { name: root, base: odd-group, type: thin, thin-pool: pool, size: 500MiB }
      - { name: swap, base: odd-group, size: 64MiB }
- mkfs: { name: fs_root, base: root, type: ext4, label: img-rootfs }
- mkfs: { name: fs_swap, base: swap, type: swap, label: swap }
- mount: { name: mount_root, base: fs_root, mount_point: / }
- fstab: { name: fstab_root, base: mount_root, options: defaults }
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(PARTS).join(",") },
    upstream: { type: "string" },
    record: { type: "string", default: fileURLToPath(new URL("../docs/conformance.json", import.meta.url)) },
    help: { type: "boolean", default: false },
  },
});
const names = values.only.split(",");
if (values.help || names.some((name) => PARTS[name] === undefined)) {
  console.log(`node bench/lvm.mjs [--only ${Object.keys(PARTS).join(",")}] [--upstream VERSION] [--record FILE]`);
  process.exit(values.help ? 0 : 2);
}

process.exitCode = await withDirectory("lvm", async (directory) => {
  const guest = prepareGuest(directory);
  const { code, output } = await runInGuest(guest, directory, guestScript(), { files: guestFiles() });
  const record = /record: (\{.*\})/.exec(output)?.[1];
  if (code === 0 && record !== undefined)
    writeFileSync(values.record, `${JSON.stringify(JSON.parse(record), null, 2)}\n`);
  console.log(code === 0 ? "every part is green" : `failed with exit code ${code}`);
  return code;
});

/** After each part nothing may be left: no mapped, loop or mounted device, and no volume group. */
function guestScript() {
  const parts = names.map((name) => `part ${name} '${PARTS[name].replaceAll("'", "'\\''")}'`);
  return `set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/var/tmp
export DIBKIT_CACHE=/var/tmp/cache DIB_IMAGE_CACHE=/var/tmp/downloads ELEMENTS_PATH=/var/tmp/elements
export DIB_JOURNAL_SIZE=4 NO_COLOR=1
${values.upstream === undefined ? "" : `export DIB_LIB=${upstreamVersion(values.upstream)}`}
cd /var/tmp
run() { node ${dibkit} "$@"; }
left() {
  dmsetup ls | grep -v '^No devices'
  losetup --list --noheadings
  grep /var/tmp/ /proc/mounts
  vgs --noheadings
}
part() {
  echo "== $1"
  (set -e; eval "$2")
  [ $? -eq 0 ] || { echo "$1 failed"; exit 1; }
  [ -z "$(left)" ] || { echo "$1 left:"; left; exit 1; }
}
${parts.join("\n")}
[ ! -e /var/tmp/record.json ] || echo "record: $(tr -d '\\n' < /var/tmp/record.json)"
`;
}

function guestFiles() {
  return {
    "record.json": readFileSync(values.record, "utf8"),
    "thin.yaml": THIN,
    "elements/tiny/element-provides": "operating-system\n",
    "elements/tiny/root.d/10-tiny": tinyOs(UPSTREAM_PROGRAMS),
    "elements/hang/cleanup.d/50-hang": "#!/bin/bash\ntouch /var/tmp/cache/hanging\nsleep 10000\n",
  };
}
