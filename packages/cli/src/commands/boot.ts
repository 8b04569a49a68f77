import { resolve } from "node:path";
import type { BootCheck, BootFailure, BootReport, ConsoleExchange, HttpProbe } from "@dibkit/boot";
import { createBootProgress } from "../boot-progress.js";
import { defineCommand } from "../command.js";
import { type Terminal, usageFailure, writeTrouble } from "../terminal.js";

export default defineCommand({
  name: "boot",
  group: "ship",
  summary: "boot an image under QEMU and say whether it came up",
  description:
    "Boots with a serial console, waits for the login prompt or another pattern, can type at the console and ask a web\nserver in the image. The image is not changed. Meanwhile the last line of the console is\nshown. Ends with 0 when everything came in time, else with 1.",
  arguments: [{ name: "IMAGE", summary: "disk image: qcow2, raw, vmdk, vhdx, vdi or vhd", required: true }],
  options: {
    expect: {
      type: "string",
      value: "PATTERN",
      default: "login:",
      summary: "regular expression that shows on the console when the system is up",
    },
    send: {
      type: "string",
      value: "TEXT=>PATTERN",
      repeatable: true,
      summary: "type TEXT and Enter at the console, then wait for PATTERN",
    },
    http: {
      type: "string",
      value: "PORT[/PATH][=TEXT]",
      repeatable: true,
      summary: "ask this port of the image until it answers with TEXT",
    },
    timeout: { type: "number", value: "SECONDS", default: 300, minimum: 1, summary: "give up after so long" },
    stall: {
      type: "number",
      value: "SECONDS",
      minimum: 1,
      summary: "give up when nothing happens for so long; 180 by default",
    },
    accel: {
      type: "string",
      value: "KIND",
      choices: ["auto", "kvm", "tcg"],
      summary: "kvm, or tcg for software emulation; DIBKIT_ACCEL by default, else auto, which tries",
    },
    firmware: { type: "string", value: "KIND", choices: ["bios", "uefi"], summary: "bios (amd64) or uefi" },
    arch: { type: "string", value: "ARCH", short: "a", default: "amd64", summary: "architecture of the image" },
    memory: {
      type: "number",
      value: "MIB",
      integer: true,
      minimum: 32,
      default: 1024,
      summary: "memory of the machine",
    },
    cpus: {
      type: "number",
      value: "COUNT",
      integer: true,
      minimum: 1,
      default: 2,
      summary: "processors of the machine",
    },
    serialNumber: {
      type: "string",
      value: "TEXT",
      summary: "serial number of the machine; cloud-init takes ds=nocloud-net;s=URL from it (the host is 10.0.2.2)",
    },
    mayReboot: { type: "boolean", summary: "let the machine reboot, instead of ending there" },
    log: {
      type: "string",
      value: "FILE",
      summary: "where to keep what the console prints; IMAGE.console.log by default",
    },
    verbose: { type: "boolean", short: "v", summary: "show the console while it boots" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
  },
  examples: [
    { command: "dibkit boot image.qcow2", does: "boots the image and waits for its login prompt" },
    { command: 'dibkit boot image.qcow2 --http "80/=Welcome"', does: "also waits until its web server says Welcome" },
    { command: "dibkit boot image.qcow2 --firmware uefi --timeout 120", does: "boots by UEFI within two minutes" },
    { command: 'dibkit boot image.qcow2 --send "root=>Password:"', does: "types root at the prompt" },
  ],
  async run({ arguments: { IMAGE }, options }, terminal) {
    const { acceleratorWish, bootImage, parseHttpProbe } = await import("@dibkit/boot");
    const accelerator = acceleratorWish(options.accel, terminal.env);
    if (!accelerator.ok) return usageFailure(terminal, accelerator.error, "correct or unset it");
    const wanted = parseWanted(options, parseHttpProbe);
    if ("wrong" in wanted) return usageFailure(terminal, wanted.wrong, wanted.help);
    const consoleLog = resolve(terminal.cwd, options.log ?? `${IMAGE}.console.log`);
    const checks: BootCheck[] = [];
    const progress = createBootProgress(terminal, options.verbose);
    const result = await bootImage(resolve(terminal.cwd, IMAGE), {
      ...wanted,
      architecture: options.arch,
      ...(options.firmware === undefined ? {} : { firmware: options.firmware }),
      ...(options.serialNumber === undefined ? {} : { serialNumber: options.serialNumber }),
      ...(options.stall === undefined ? {} : { stallSeconds: options.stall }),
      accelerator: accelerator.value,
      mayReboot: options.mayReboot,
      memoryMib: options.memory,
      cpus: options.cpus,
      timeoutSeconds: options.timeout,
      consoleLog,
      env: terminal.env,
      signal: terminal.signal,
      onCheck: (check) => {
        checks.push(check);
        progress.print(`${check.seconds.toFixed(1).padStart(6)} s  ${check.what}`);
      },
      onNote: (note) => progress.print(`${" ".repeat(10)}${note}`),
      onCurrentLine: progress.line,
      ...(options.verbose ? { onConsoleLine: (line: string) => progress.print(`${" ".repeat(10)}${line}`) } : {}),
    }).finally(progress.end);
    const asJson = options.format === "json";
    if (asJson) terminal.stdout.write(`${JSON.stringify(bootJson(IMAGE, consoleLog, checks, result), null, 2)}\n`);
    if (result.ok) {
      if (!asJson) terminal.stdout.write(passText(IMAGE, result.value));
      return 0;
    }
    if (!asJson && result.error.kind !== "aborted") writeFailure(terminal, IMAGE, consoleLog, result.error);
    return EXIT_CODES[result.error.kind];
  },
});

interface Wanted {
  readonly pattern: RegExp;
  readonly exchanges: readonly ConsoleExchange[];
  readonly http: readonly HttpProbe[];
}

interface Wrong {
  readonly wrong: string;
  readonly help: string;
}

function parseWanted(
  options: { readonly expect: string; readonly send: readonly string[]; readonly http: readonly string[] },
  parseHttpProbe: (text: string) => HttpProbe | undefined,
): Wanted | Wrong {
  const http: HttpProbe[] = [];
  for (const text of options.http) {
    const probe = parseHttpProbe(text);
    if (probe === undefined) {
      return { wrong: `--http "${text}" is not PORT[/PATH][=TEXT]`, help: 'write for example "80/=Welcome"' };
    }
    http.push(probe);
  }
  const exchanges: ConsoleExchange[] = [];
  for (const text of options.send) {
    const cut = text.lastIndexOf("=>");
    const expect = cut === -1 ? undefined : parsePattern(text.slice(cut + 2));
    if (expect === undefined) {
      return { wrong: `--send "${text}" is not TEXT=>PATTERN`, help: 'write for example "root=>Password:"' };
    }
    exchanges.push({ send: text.slice(0, cut), expect });
  }
  const pattern = parsePattern(options.expect);
  if (pattern !== undefined) return { pattern, exchanges, http };
  const help = "escape special characters with a backslash";
  return { wrong: `--expect "${options.expect}" is not a regular expression`, help };
}

function parsePattern(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

const EXIT_CODES: Readonly<Record<BootFailure["kind"], 1 | 2 | 130>> = {
  "cannot-boot": 2,
  "machine-stopped": 1,
  "system-failed": 1,
  timeout: 1,
  stalled: 1,
  "wrong-answer": 1,
  aborted: 130,
};

type BootOutcome =
  | { readonly ok: true; readonly value: BootReport }
  | { readonly ok: false; readonly error: BootFailure };

function passText(image: string, { seconds, accelerator }: BootReport): string {
  const how = accelerator === "kvm" ? "with KVM" : "in software emulation";
  return `pass: ${image} booted in ${seconds.toFixed(1)} s ${how}\n`;
}

function writeFailure(terminal: Terminal, image: string, consoleLog: string, failure: BootFailure): void {
  if ("console" in failure && failure.console?.length) {
    terminal.stderr.write(`last lines of the console:\n${failure.console.map((line) => `  | ${line}\n`).join("")}`);
  }
  const help = "help" in failure ? failure.help : `read the whole console in ${consoleLog}`;
  writeTrouble(terminal, `${image}: ${failure.message}`, help);
  if (failure.kind !== "cannot-boot") terminal.stdout.write(`fail: ${image} did not boot\n`);
}

/** `{version: 1, image, passed, checks: [{what, seconds}], consoleLog, seconds?, accelerator?, failure?: {kind, message, console?}}`. */
function bootJson(image: string, consoleLog: string, checks: readonly BootCheck[], result: BootOutcome): unknown {
  const common = { version: 1, image, passed: result.ok, checks, consoleLog };
  return result.ok ? { ...common, ...result.value } : { ...common, failure: result.error };
}
