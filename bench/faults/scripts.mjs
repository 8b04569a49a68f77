// Scripts that do what no script should: leave daemons, print without end, remount, write to the host.
import { existsSync } from "node:fs";
import { hurt } from "./hurt.mjs";

const DAEMON = `#!/bin/bash
set -eu
# One keeps the output open, one does not, one begins a session of its own.
sleep 10000 &
sleep 10001 > /dev/null 2>&1 < /dev/null &
(setsid sleep 10002 &) &
echo started
`;

/** A gigabyte: lines, and then one line without an end. */
const GIGABYTE = `#!/bin/bash
line=$(printf 'x%.0s' {1..1023})
yes "$line" | head -c 536870912 >&2
head -c 536870912 /dev/zero | tr '\\0' y >&2
echo >&2
`;

const REMOUNT_HOST = `#!/bin/bash
mount -o remount,rw / 2>&1
mount -o remount,rw /sys 2>&1
echo stray > /etc/dibkit-faults-stray
echo stray > /usr/dibkit-faults-stray
mount -t tmpfs tmpfs /mnt 2>&1
umount -l /proc 2>&1
exit 0
`;

const REMOUNT_TARGET = `#!/bin/bash
mount -o remount,rw /sys 2>&1
mount -o remount,ro / 2>&1
umount -l /tmp/in_target.d 2>&1
umount -l /dev/pts 2>&1
mount -o remount,rw / 2>&1
echo done > /etc/faults-remount
exit 0
`;

const MOST_MEGABYTES = 400;

const CASES = [
  { name: "daemons of a host script", files: { "extra-data.d/96-bad": DAEMON } },
  { name: "daemons of a script in the image", files: { "install.d/97-bad": DAEMON } },
  { name: "daemons of a script on the disk", files: { "finalise.d/97-bad": DAEMON } },
  { name: "1 GB on standard error", files: { "install.d/97-bad": GIGABYTE }, memory: true },
  {
    name: "1 GB on standard error, with a secret",
    files: { "install.d/97-bad": GIGABYTE },
    env: { DIB_FAULTS_PASSWORD: "yyyyxyyyyx" },
    memory: true,
  },
  {
    name: "remounts and host writes of a host script",
    files: { "extra-data.d/96-bad": REMOUNT_HOST },
    saying: /extra-data\.d\/96-bad wrote to the host, which was thrown away: \/etc\/dibkit-faults-stray/,
  },
  { name: "remounts of a script in the image", files: { "install.d/97-bad": REMOUNT_TARGET } },
];

const STRAY = ["/etc/dibkit-faults-stray", "/usr/dibkit-faults-stray"];

/** Gives a row for each bad script; all of them run on the small system, because what is behind them does not matter. */
export async function* badScripts(place) {
  const none = Object.fromEntries(CASES.flatMap(({ files }) => Object.keys(files).map((path) => [path, null])));
  for (const { name, files, env = {}, memory, saying } of CASES) {
    place.element("bad", { ...none, ...files, "bin/faults-round": `${Date.now()}\n` });
    let text = "";
    const row = await hurt(place, {
      name,
      build: { system: "tiny", elements: ["bad"], image: "bad", env, flags: ["--refresh"] },
      expected: [0],
      harm: async (run) => {
        await run.ended;
        text = run.text;
      },
    });
    if (saying !== undefined && !saying.test(text)) row.wrong.push(`did not say ${saying}`);
    if (memory && row.peak > MOST_MEGABYTES) row.wrong.push(`took ${row.peak.toFixed(0)} MB of memory`);
    row.wrong.push(...STRAY.filter((path) => existsSync(path)).map((path) => `wrote ${path} on the host`));
    yield row;
  }
}
