import { SESSION_PORT } from "../qemu-arguments.js";
import { SESSION_START_SCRIPT } from "./session-start-sh.js";

/** An account that may log in at the serial console: root, or one that may use sudo without a password. */
export interface ConsoleLogin {
  readonly user: string;
  readonly password: string;
}

/**
 * How the machine's side of a session is started. `credentials`: systemd (252 or later) takes it from the firmware's
 * tables. `cloud-init`: its data source NoCloud brings it. A login: it is typed at the serial console. `auto`: the first
 * two at once, whichever the machine takes first.
 */
export type SessionAccess = "auto" | "credentials" | "cloud-init" | ConsoleLogin;

/** What starts the machine's side of a session; the machine names it when the session begins. */
export type SessionWay = "credentials" | "cloud-init" | "login";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const UNIT = "dibkit-session.service";
const START = "/run/dibkit-session-start";

/**
 * Strings of SMBIOS type 11 with a credential for systemd. It makes systemd-tmpfiles write a unit, and a rule of udev that
 * starts the unit as soon as a port of dibkit's comes: units that are there before systemd looks for units would need
 * systemd 256.
 */
export function credentialStrings(): readonly string[] {
  // An initramfs with systemd is told the same, and would start it for a moment.
  const unit = `[Unit]\nDescription=Session of dibkit\nConditionPathExists=!/etc/initrd-release\n[Service]\nExecStart=/bin/sh ${START} credentials\n`;
  const rule = `ACTION!="remove", SUBSYSTEM=="virtio-ports", ATTR{name}=="${SESSION_PORT}*", TAG+="systemd", ENV{SYSTEMD_WANTS}+="${UNIT}"\n`;
  const files = [
    `f+~ ${START} 0600 root root - ${base64(SESSION_START_SCRIPT)}`,
    `f+~ /run/systemd/system/${UNIT} 0644 root root - ${base64(unit)}`,
    `f+~ /run/udev/rules.d/99-dibkit-session.rules 0644 root root - ${base64(rule)}`,
  ];
  return [`io.systemd.credential.binary:tmpfiles.extra=${base64(`${files.join("\n")}\n`)}`];
}

/** Vendor data for cloud-init, which carries it out at every boot, whatever its user data are. */
export function bootHook(): string {
  return [
    "#cloud-boothook",
    "#!/bin/sh",
    `echo ${base64(SESSION_START_SCRIPT)} | base64 -d >${START}`,
    `setsid sh ${START} cloud-init </dev/null >/dev/null 2>&1 &`,
    "",
  ].join("\n");
}

/** What is typed at a shell. Lines of a terminal may be 4095 bytes long. */
export function typedStart(): string {
  const run = `sh ${START} login </dev/null >/dev/null 2>&1 &`;
  const write = `echo ${base64(SESSION_START_SCRIPT)} | base64 -d >${START}`;
  return `$([ "$(id -u)" = 0 ] || echo sudo -n) sh -c '${write}; setsid ${run}'`;
}
