import { posix } from "node:path";
import { readWithIncludes } from "./configuration-files.js";
import type { Image } from "./image.js";
import { sshdSettings } from "./sshd-settings.js";

/** An address that a configuration has a program listen on; whether the program is started is another question. */
export interface Listener {
  /** Whose configuration says so. */
  readonly program: "sshd" | "nginx" | "systemd";
  /** As it is written. */
  readonly address: string;
  /** Undefined for sockets that are files. */
  readonly port?: number;
  /** A path with a line, a unit, or `default`. */
  readonly where: string;
}

/**
 * Addresses that the configurations of sshd and nginx, and enabled socket units of systemd, listen on. Other programs are
 * not known, so an empty list does not say that nothing listens.
 */
export async function listeners(image: Image): Promise<readonly Listener[]> {
  return [...(await sshdListeners(image)), ...(await nginxListeners(image)), ...(await socketListeners(image))];
}

async function sshdListeners(image: Image): Promise<readonly Listener[]> {
  const settings = await sshdSettings(image);
  if (settings === undefined) return [];
  const program = "sshd";
  const { value: ports, where } = settings.get("port") ?? { value: "22", where: "default" };
  const addresses = settings.get("listenaddress");
  const withPort = (addresses?.value.split(" ") ?? []).filter((address) => /^(\[.*\]|[^:]*):\d+$/.test(address));
  const without = (addresses?.value.split(" ") ?? [""]).filter((address) => !withPort.includes(address));
  return [
    ...withPort.map((address) => listener(program, address, addresses?.where ?? where)),
    ...without.flatMap((address) =>
      ports.split(" ").map((port): Listener => {
        const place = addresses?.where ?? where;
        return { program, address: address === "" ? port : `${address}:${port}`, port: Number(port), where: place };
      }),
    ),
  ];
}

async function nginxListeners(image: Image): Promise<readonly Listener[]> {
  if (image.file("/usr/sbin/nginx") === undefined) return [];
  const uncommented = (line: string) => line.replace(/(^|\s)#.*$/, "");
  const lines = await readWithIncludes(image, "/etc/nginx/nginx.conf", "/etc/nginx", (line) =>
    [...uncommented(line).matchAll(/(?:^|[\s;{}])include\s+["']?([^;"']+?)["']?\s*;/g)].map(
      ([, pattern]) => pattern ?? "",
    ),
  );
  return lines.flatMap(({ text, path, line }) =>
    [...uncommented(text).matchAll(/(?:^|[\s;{}])listen\s+([^\s;]+)/g)].map(([, address = ""]) => {
      const found = listener("nginx", address, `${path}:${line}`);
      // nginx takes 80 when an address says none.
      return found.port !== undefined || address.startsWith("unix:") ? found : { ...found, port: 80 };
    }),
  );
}

async function socketListeners(image: Image): Promise<readonly Listener[]> {
  const enabled = [...image.units()].filter(([name, state]) => name.endsWith(".socket") && state.startsWith("wanted"));
  const found: Listener[] = [];
  for (const [name] of enabled) {
    const directories = ["/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system"];
    const unit = directories.map((directory) => `${directory}/${name}`).findLast((path) => image.file(path));
    const dropIns = [...image.contents.files.keys()].filter(
      (path) => directories.includes(posix.dirname(posix.dirname(path))) && path.includes(`/${name}.d/`),
    );
    let addresses: string[] = [];
    for (const path of [...(unit === undefined ? [] : [unit]), ...dropIns.sort()]) {
      for (const line of ((await image.text(path)) ?? "").split("\n")) {
        const [, value] = /^\s*Listen(?:Stream|Datagram|SequentialPacket)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
        // An empty value takes back all before it.
        if (value !== undefined) addresses = value === "" ? [] : [...addresses, value];
      }
    }
    found.push(...addresses.map((address) => listener("systemd", address, name)));
  }
  return found;
}

function listener(program: Listener["program"], address: string, where: string): Listener {
  const [, port] = /^(?:.*:)?(\d+)$/.exec(address) ?? [];
  const isFile = address.startsWith("/") || address.startsWith("@") || /^(unix|vsock):/.test(address);
  return { program, address, ...(port === undefined || isFile ? {} : { port: Number(port) }), where };
}
