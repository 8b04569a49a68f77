import type { PasswordState } from "./accounts.js";
import { type ExpectedFile, expectFile } from "./expect-file.js";
import { expectSizes, type SizeBudget } from "./expect-sizes.js";
import type { Image } from "./image.js";
import { ImageMismatch, mismatch, shown } from "./image-mismatch.js";
import { listeners } from "./listeners.js";
import { isNamed, knownPackages } from "./package-state.js";
import type { Policy } from "./policy.js";
import { secretsOf } from "./secrets.js";
import { type Builder, thisBuilder, tracesOf } from "./traces.js";

/** What an account of `/etc/passwd` is to have; what is left out may be anything. */
export interface ExpectedAccount {
  /** Number of the user: `1000`. */
  readonly uid?: number;
  /** Number of its first group. */
  readonly gid?: number;
  /** Home directory, as it is written: `"/home/al"`. */
  readonly home?: string;
  /** Login shell, as it is written: `"/bin/bash"`; `/bin/sh` where the line names none. */
  readonly shell?: string;
  /** `usable`, `locked`, `empty` or `unknown`, by `/etc/shadow`. */
  readonly password?: PasswordState;
}

/**
 * Assertions about an image. Each rejects with an `ImageMismatch`, an `AssertionError` that names the file or value and
 * the remedy; with an `UnknownFact` when the image cannot tell.
 */
export interface ImageExpectation {
  /** The package is installed, whole, in this version. A name may have an architecture: `libc6:amd64`. */
  readonly toHavePackage: (name: string, version?: string | RegExp) => Promise<void>;
  /** No package of this name is installed. */
  readonly toLackPackage: (name: string) => Promise<void>;
  /**
   * Something is at the path, and is what is named; symbolic links are followed as inside of the image.
   *
   *     await expectImage(image).toHaveFile("/etc/motd", { text: /welcome/, mode: 0o644, owner: "0:0" });
   */
  readonly toHaveFile: (path: string, expected?: ExpectedFile) => Promise<void>;
  /** Nothing is at the path, not even a symbolic link. */
  readonly toLackFile: (path: string) => Promise<void>;
  /** systemd starts the unit: something wants it. A name without suffix is a service. */
  readonly toEnableUnit: (name: string) => Promise<void>;
  /** `/etc/passwd` has the account, with what is named: `{ shell: "/usr/sbin/nologin", password: "locked" }`. */
  readonly toHaveAccount: (name: string, expected?: ExpectedAccount) => Promise<void>;
  /** No password lets anybody in, but for the accounts that are named. */
  readonly toLockPasswords: (options?: { readonly except?: readonly string[] }) => Promise<void>;
  /** A word of the kernel's command line, wherever a boot loader has it: `console=ttyS0`. */
  readonly toHaveKernelArgument: (word: string | RegExp) => Promise<void>;
  /** A configuration has a program listen on a TCP or UDP port; see `listeners` for the programs that are known. */
  readonly toListenOn: (port: number, program?: "sshd" | "nginx" | "systemd") => Promise<void>;
  /** No program whose configuration is known listens on another port. */
  readonly toListenOnNothingBut: (...ports: readonly number[]) => Promise<void>;
  /** Bytes of file contents stay within. Elements are known of images that were opened from their layers. */
  readonly toStayWithin: (budget: SizeBudget) => Promise<void>;
  /** No private key, token or password in an address is left; `allow` matches paths that may have them. */
  readonly toHoldNoSecret: (options?: { readonly allow?: readonly RegExp[] }) => Promise<void>;
  /** No host name or directory of the builder is left; default: those of this machine. */
  readonly toHoldNoTraceOf: (builder?: Partial<Builder>) => Promise<void>;
  /** The policy has no breach; otherwise each is told with its remedy: `toFollow(hardened.except("sudo-asks"))`. */
  readonly toFollow: (policy: Policy) => Promise<void>;
}

/** Assertions about an image, for every test runner. */
export function expectImage(image: Image): ImageExpectation {
  const { name } = image;
  return {
    async toHavePackage(wanted, version) {
      const installed = (await knownPackages(image)).filter((one) => isNamed(one, wanted));
      if (installed.length === 0)
        throw mismatch(`package "${wanted}" is not installed in "${name}"`, 'list it in "packages" of an element');
      for (const { id, version: actual, trouble } of installed) {
        if (trouble !== undefined)
          throw mismatch(
            `package "${id}" is not whole in "${name}": its state is "${trouble}"`,
            "look for its error in the log of install.d",
          );
        const matches = version instanceof RegExp ? version.test(actual) : actual === (version ?? actual);
        if (!matches)
          throw mismatch(
            `package "${id}" has version "${actual}" in "${name}", not ${shown(version as string | RegExp)}`,
            "pin the version in the package's archive, or expect this one",
            { actual, expected: version },
          );
      }
    },
    async toLackPackage(unwanted) {
      const found = (await knownPackages(image)).find((one) => isNamed(one, unwanted));
      if (found !== undefined)
        throw mismatch(
          `package "${found.id}" is in "${name}" in version "${found.version}"`,
          'take it out of "packages" of the elements, or uninstall it with "uninstall: true"',
        );
    },
    async toHaveFile(path, expected = {}) {
      await expectFile(image, path, expected);
    },
    async toLackFile(path) {
      const found = image.contents.files.get(path) ?? image.file(path);
      if (found === undefined) return;
      const { type, writer } = found;
      const by = writer === undefined ? "" : `, written by ${writer.phase}/${writer.script}`;
      throw mismatch(`there is a ${type} at "${path}" in "${name}"${by}`, "remove it in post-install.d or finalise.d");
    },
    async toEnableUnit(word) {
      const unit = /\.\w+$/.test(word) ? word : `${word}.service`;
      const units = image.units();
      const state = units.get(unit);
      if (state?.startsWith("wanted by ")) return;
      const enable = `enable it in post-install.d: systemctl enable ${unit}`;
      if (state === undefined) {
        const alike = [...units.keys()].filter((one) => one.includes(word.split(/[.@]/)[0] ?? word)).slice(0, 5);
        const others = alike.length === 0 ? "" : `; there is ${alike.join(", ")}`;
        throw mismatch(`there is no unit "${unit}" in "${name}"${others}`, "install the package that brings it");
      }
      const remedy = state === "masked" ? `unmask it in post-install.d: systemctl unmask ${unit}` : enable;
      throw mismatch(`unit "${unit}" is not enabled in "${name}" but ${state}`, remedy);
    },
    async toHaveAccount(wanted, expected = {}) {
      const account = (await image.accounts()).find((one) => one.name === wanted);
      if (account === undefined)
        throw mismatch(
          `"/etc/passwd" of "${name}" has no account "${wanted}"`,
          "make it with useradd in pre-install.d",
        );
      for (const key of ["uid", "gid", "home", "shell", "password"] as const)
        if (expected[key] !== undefined && account[key] !== expected[key])
          throw mismatch(
            `account "${wanted}" of "${name}" has the ${key} "${account[key]}", not "${expected[key]}"`,
            key === "password" ? 'look at its line in "/etc/shadow"' : `set it with usermod, or expect this one`,
            { actual: account[key], expected: expected[key] },
          );
    },
    async toLockPasswords({ except = [] } = {}) {
      const open = (await image.accounts()).filter(
        (one) => !except.includes(one.name) && (one.password === "usable" || one.password === "empty"),
      );
      if (open.length === 0) return;
      const list = open.map((one) => `"${one.name}" (${one.password})`).join(", ");
      throw mismatch(
        `accounts of "${name}" have passwords in "/etc/shadow" that let somebody in: ${list}`,
        "lock them in finalise.d with usermod --lock NAME, or name them in except",
      );
    },
    async toHaveKernelArgument(word) {
      const written = await image.kernelArguments();
      const words = [...written.values()].flatMap((line) => line.split(/\s+/));
      if (words.some((one) => (word instanceof RegExp ? word.test(one) : one === word))) return;
      const known = [...written].map(([where, line]) => `${where}: ${line}`).join("\n  ");
      throw mismatch(
        `no kernel argument of "${name}" is ${shown(word)}; it has\n  ${known || "none"}`,
        "add it to DIB_BOOTLOADER_DEFAULT_CMDLINE",
        { actual: words, expected: word },
      );
    },
    async toListenOn(port, program) {
      const known = await listeners(image);
      if (known.some((one) => one.port === port && one.program === (program ?? one.program))) return;
      const others = known.map((one) => `${one.program} on "${one.address}" (${one.where})`).join(", ");
      throw mismatch(
        `no configuration of "${name}" has ${program ?? "a program"} listen on port ${port}; there is ${others || "none"}`,
        `set the port in the configuration of ${program ?? "the program"}`,
      );
    },
    async toListenOnNothingBut(...ports) {
      const [other] = (await listeners(image)).filter(({ port }) => port !== undefined && !ports.includes(port));
      if (other === undefined) return;
      const { program, address, where } = other;
      throw mismatch(
        `${program} of "${name}" listens on "${address}", set at ${where}`,
        "take it out of the configuration, or allow the port",
      );
    },
    toStayWithin: (budget) => expectSizes(image, budget),
    async toHoldNoSecret({ allow = [] } = {}) {
      const secrets = (await secretsOf(image)).filter(({ path }) => !allow.some((one) => one.test(path)));
      if (secrets.length === 0) return;
      const list = secrets.map(({ path, line, what }) => `${path}:${line}: ${what}`).join("\n  ");
      throw mismatch(
        `"${name}" holds secrets that everybody has who has the image:\n  ${list}`,
        "remove them in finalise.d, give them to the machine when it starts, and replace what has got out",
      );
    },
    async toHoldNoTraceOf(builder) {
      const whole = builder === undefined ? thisBuilder(image) : { hostNames: [], paths: [], ...builder };
      const own = whole.paths.find((path) => image.file(path) !== undefined);
      if (own !== undefined)
        throw new RangeError(`"${own}" is a path of the image itself, so it cannot be told from the builder's`);
      const traces = await tracesOf(image, whole);
      if (traces.length === 0) return;
      const list = traces.map(({ path, line, text }) => `${path}${line === undefined ? "" : `:${line}`}: ${text}`);
      throw mismatch(
        `"${name}" holds names of the machine that built it:\n  ${list.join("\n  ")}`,
        "have the script that writes the file use names of the image, or clear it in finalise.d",
      );
    },
    async toFollow(policy) {
      const breaches = await policy.breaches(image);
      if (breaches.length === 0) return;
      const list = breaches.map(({ check, message, why, remedy }) =>
        [`  ${check}: ${message}`, ...(why === undefined ? [] : [`    why: ${why}`]), `    remedy: ${remedy}`].join(
          "\n",
        ),
      );
      const count = breaches.length === 1 ? "1 breach" : `${breaches.length} breaches`;
      throw new ImageMismatch({
        message: `"${name}" does not follow the policy "${policy.name}": ${count}\n${list.join("\n")}`,
      });
    },
  };
}
