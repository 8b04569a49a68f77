// Machines that have no loop devices, or no nodes of them; the others on this machine keep theirs.
import { hurt } from "./hurt.mjs";

/** A /dev of its own with few nodes: what programs need, and the given names. */
const ownDev = (names, readOnly) => [
  "unshare",
  "--mount",
  "--propagation",
  "private",
  "bash",
  "-c",
  `set -e
mkdir -p /run/dibkit-faults
mount -t tmpfs tmpfs /run/dibkit-faults
for name in null zero full random urandom tty ${names.join(" ")}; do
  touch /run/dibkit-faults/$name
  mount --bind /dev/$name /run/dibkit-faults/$name
done
ln -s /proc/self/fd /run/dibkit-faults/fd
mkdir /run/dibkit-faults/pts /run/dibkit-faults/shm
mount --bind /dev/pts /run/dibkit-faults/pts
${readOnly ? "mount -o remount,ro /run/dibkit-faults" : ":"}
mount --move /run/dibkit-faults /dev
exec "$@"`,
  "dibkit-faults",
];

/** Gives a row for each machine. */
export async function* usedUpLoops(place, { system }) {
  for (const [name, through] of [
    ["no loop-control: the disk is made in files", ownDev([], false)],
    ["a /dev that nobody can write to: the build has one of its own", ownDev(["loop-control"], true)],
    ["no nodes, which dibkit makes", ownDev(["loop-control"], false)],
  ]) {
    place.edit(["finalise"], `loops-${Date.now()}`);
    yield await hurt(place, {
      name,
      build: { system, through },
      expected: [0],
      harm: async (run) => {
        await run.ended;
      },
    });
  }
}
