// A private libvirtd: its own /etc, /var, /run and processes, seen from outside only through one socket.
import { execFile, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "../setup.mjs";

const run = promisify(execFile);

/** @typedef {{ directory: string, uri: string, pid: number }} Daemon */

/** Why libvirtd cannot be started here; undefined when it can. */
export function missing() {
  const lists = ["packages.json", "../host-packages.json"];
  const packages = lists.flatMap((list) => JSON.parse(readFileSync(new URL(list, import.meta.url), "utf8")));
  const needed = packages.filter(({ tool }) => /virt|virsh|qemu|unshare/.test(tool));
  const absent = needed.find(({ tool }) => !findProgram(tool));
  if (absent) return `the Debian package ${absent.package} is not installed`;
  return process.getuid?.() === 0 ? undefined : "it needs root";
}

// The user libvirt-qemu comes with Debian's libvirt-daemon-system, which would also start a system service.
const script = `set -e
cd "$1"
mount -t tmpfs none private
for tree in etc var; do
  mkdir private/$tree.upper private/$tree.work
  mount -t overlay overlay -o lowerdir=/$tree,upperdir=private/$tree.upper,workdir=private/$tree.work /$tree
done
mount -t tmpfs none /run
grep -q ^libvirt-qemu: /etc/group || echo 'libvirt-qemu:x:64055:' >>/etc/group
grep -q ^libvirt-qemu: /etc/passwd || echo 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin' >>/etc/passwd
mkdir -p /etc/libvirt
cp qemu.conf /etc/libvirt/qemu.conf
# Not exec: the shell is process 1 here and reaps the short-lived emulators that libvirtd leaves behind.
libvirtd --config "$1/libvirtd.conf"
exit $?
`;

const qemuConf = `user = "root"
group = "root"
dynamic_ownership = 0
security_driver = "none"
security_default_confined = 0
cgroup_controllers = [ ]
namespaces = [ ]
stdio_handler = "file"
`;

/** @param {string} directory empty or new; short, because a socket's path has at most 107 characters @returns {Promise<Daemon>} */
export async function start(directory) {
  for (const name of ["private", "socket"]) await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
  const log = join(directory, "libvirtd.log");
  const conf = `unix_sock_dir = "${directory}/socket"\nauth_unix_rw = "none"\nlog_outputs = "2:file:${log}"\n`;
  await writeFile(join(directory, "libvirtd.conf"), conf);
  await writeFile(join(directory, "qemu.conf"), qemuConf);
  const output = openSync(join(directory, "libvirtd.out"), "a");
  // --kill-child: with unshare every process in the namespace dies, machines too.
  const options = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const child = spawn("unshare", [...options, "sh", "-c", script, "sh", directory], {
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.unref();
  const daemon = {
    directory,
    uri: `qemu+unix:///system?socket=${directory}/socket/libvirt-sock`,
    pid: child.pid ?? 0,
  };
  await writeFile(join(directory, "daemon.json"), JSON.stringify(daemon));
  for (let wait = 0; wait < 3000; wait += 1) {
    const answer = await run("virsh", ["--connect", daemon.uri, "version"]).catch(() => undefined);
    if (answer) return daemon;
    await new Promise((done) => setTimeout(done, 200));
  }
  await stop(daemon);
  const said = await Promise.all(
    [join(directory, "libvirtd.out"), log].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  throw new Error(`libvirtd does not answer after 10 minutes:\n${said.join("").slice(-2000)}`);
}

/** Ends libvirtd and every machine it runs. @param {Daemon} daemon */
export async function stop(daemon) {
  for (let wait = 0; wait < 50; wait += 1) {
    try {
      process.kill(daemon.pid, wait === 0 ? "SIGKILL" : 0);
    } catch {
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}
