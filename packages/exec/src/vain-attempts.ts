import { readFileSync } from "node:fs";

/**
 * What the kernel counts of each network namespace when a process in it tries to reach what is not there, as
 * `/proc/PID/net/snmp` (pairs of lines) and `snmp6` (a name and a number in each line) call it. Ways out without a route
 * are counted for IPv4 and IPv6; on loopback a connection that is refused and a datagram that nobody takes, such as a
 * question to a resolver of the machine, are no errors of routing.
 */
const COUNTED = ["Ip.OutNoRoutes", "Tcp.AttemptFails", "Udp.NoPorts", "Ip6OutNoRoutes", "Udp6NoPorts"];

/** How often processes of another process's network namespace have done that since it was made; 0 when it is gone. */
export function countVainAttempts(pid: number): number {
  const read = (name: string) => readCounters(`/proc/${pid}/net/${name}`);
  const counters = new Map([...pairedCounters(read("snmp")), ...singleCounters(read("snmp6"))]);
  return COUNTED.reduce((sum, name) => sum + (counters.get(name) ?? 0), 0);
}

/** A kernel without IPv6 has no counters of it. */
function readCounters(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** `Ip: Forwarding DefaultTTL …` and, in the next line, `Ip: 1 64 …`. */
function pairedCounters(lines: readonly string[]): readonly (readonly [string, number])[] {
  return lines.flatMap((line, index) => {
    const [kind = "", ...values] = line.split(" ");
    const [above, ...names] = (lines[index - 1] ?? "").split(" ");
    if (kind === "" || kind !== above) return [];
    return names.map((name, at) => [`${kind.replace(":", ".")}${name}`, Number(values[at])] as const);
  });
}

function singleCounters(lines: readonly string[]): readonly (readonly [string, number])[] {
  return lines.map((line) => {
    const [name = "", value] = line.split(/\s+/);
    return [name, Number(value)] as const;
  });
}
