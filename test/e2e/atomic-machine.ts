import { logIn, reportScript } from "./machine.js";

/** Where the report is in a system whose `/usr` cannot be written. */
export const ATOMIC_REPORT = "/var/roothome/report";

/** Logs in as cloud-init was told to let it. */
export const ATOMIC_LOGIN = logIn("root", "atomic");

/** What cloud-init is told: a password for root, and a script that makes a report of these commands. */
export function atomicUserData(commands: Readonly<Record<string, string>>): string {
  return `#cloud-config
ssh_genkeytypes: [ed25519]
chpasswd:
  expire: false
  list: ["root:atomic"]
write_files:
  - path: ${ATOMIC_REPORT}
    content: |
${reportScript(commands).replace(/^(?=.)/gm, "      ")}`;
}
