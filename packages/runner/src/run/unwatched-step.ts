import { isAuto } from "../host/network/choose-network.js";
import { type HostReason, hostReason } from "../host/network/host-reasons.js";
import { hashText } from "../job/hash-text.js";
import { type ScriptStep, stepName, stepReach } from "../plan/script-step.js";
import type { BuildSession } from "./build-session.js";

/**
 * Programs that show the network of the machine, change it, or get out without a socket that the kernel would count: in
 * a namespace with loopback they would see or do something else, and nobody would notice.
 */
const LOOKERS = new Set([
  ...["ip", "ifconfig", "ifup", "ifdown", "ifquery", "route", "arp", "netstat", "ss", "nstat", "bridge", "brctl", "tc"],
  ...["ethtool", "iw", "iwconfig", "nmcli", "nmstatectl", "networkctl", "resolvectl", "lldpctl"],
  ...["iptables", "ip6tables", "iptables-save", "ip6tables-save", "iptables-restore", "ip6tables-restore", "nft"],
  ...["ping", "ping6", "arping", "traceroute", "tracepath", "nmap", "tcpdump", "dhclient", "dhcpcd", "udhcpc"],
  ...["iscsiadm", "multipath", "multipathd"],
]);

/** Their containers are in network namespaces of their own, where loopback is another one. */
const CONTAINERS = new Set([
  "podman",
  "docker",
  "buildah",
  "nerdctl",
  "lxc",
  "lxc-create",
  "systemd-nspawn",
  "machinectl",
]);

/** Files of the kernel and options that tell of the network too. */
const NAMED = /\/sys\/class\/net\b|\/proc\/(?:self\/)?net\b|\bhostname\s+(?:-[A-Za-z]*[iI]|--(?:all-)?ip)/;

/**
 * Why a step has the host's network from the start, in a build that leaves the choice to dibkit; undefined when the
 * recorded network is to be tried first, or when the choice is another's.
 */
export async function whyUnwatched(session: BuildSession, step: ScriptStep): Promise<string | undefined> {
  const { job, breaks, store } = session;
  if (!isAuto(job.request, stepName(step.label))) return undefined;
  if (step.interactive || breaks.at("after-error")) return hostReason("person");
  if (step.onDisk) return hostReason("disk");
  if (job.request.keepLayers === false) return hostReason("store");
  return (await store.records.unwatched(memoryKey(step))) ?? whyByText(session, step);
}

/** Remembers that a script, as its bytes are, needs the host's network. */
export async function rememberUnwatched({ store }: BuildSession, step: ScriptStep, reason: string): Promise<void> {
  await store.records.saveUnwatched(memoryKey(step), reason);
}

function memoryKey({ label, script }: ScriptStep): string {
  return hashText(JSON.stringify([label.element ?? "", stepName(label), script.hash]));
}

function whyByText({ keys }: BuildSession, step: ScriptStep): string | undefined {
  const { programs, texts } = stepReach(step, keys);
  const names = programs.map((path) => path.slice(path.lastIndexOf("/") + 1));
  const by = (reason: HostReason, what: string | undefined) => what && hostReason(reason, ` ${what}`);
  return (
    by(
      "containers",
      names.find((name) => CONTAINERS.has(name)),
    ) ?? by("looks", names.find((name) => LOOKERS.has(name)) ?? firstMatch(texts, NAMED))
  );
}

function firstMatch(texts: readonly string[], pattern: RegExp): string | undefined {
  for (const text of texts) {
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  return undefined;
}
