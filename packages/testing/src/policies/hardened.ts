import type { Image } from "../image.js";
import { isNamed, knownPackages } from "../package-state.js";
import { type Check, type Finding, policy } from "../policy.js";
import { secretsOf } from "../secrets.js";
import { type SshdSetting, sshdSettings } from "../sshd-settings.js";

const passwordsLocked: Check = {
  name: "passwords-locked",
  why: "a password of the image is one for every machine made of it, and its hash can be read in the image",
  async find(image) {
    const accounts = await image.accounts();
    return accounts
      .filter(({ password }) => password === "usable" || password === "empty")
      .map(({ name, password }) => ({
        message: `account "${name}" has ${password === "empty" ? "an empty" : "a"} password in "/etc/shadow"`,
        remedy: `lock it in finalise.d with usermod --lock ${name}, and let machines get keys when they start`,
      }));
  },
};

const oneRoot: Check = {
  name: "one-root",
  why: "another account with the number 0 is root under a name that nobody watches",
  async find(image) {
    return (await image.accounts())
      .filter(({ name, uid }) => uid === 0 && name !== "root")
      .map(({ name }) => ({
        message: `account "${name}" of "/etc/passwd" has the number 0`,
        remedy: `remove it with userdel ${name}, or give it a number of its own`,
      }));
  },
};

const passwordsPrivate: Check = {
  name: "passwords-private",
  why: "who reads password hashes can guess at them for as long as they like",
  find(image) {
    return ["/etc/shadow", "/etc/gshadow"].flatMap((path) => {
      const file = image.file(path);
      if (file === undefined || (file.mode & 0o037) === 0) return [];
      const mode = file.mode.toString(8).padStart(4, "0");
      return { message: `"${path}" has mode ${mode}`, remedy: `set it in finalise.d: chmod 0640 ${path}` };
    });
  },
};

/** A finding when the SSH server has another value than these. */
async function sshdFinding(image: Image, keyword: string, allowed: readonly string[]): Promise<readonly Finding[]> {
  const setting: SshdSetting | undefined = (await sshdSettings(image))?.get(keyword.toLowerCase());
  if (setting === undefined || allowed.includes(setting.value.toLowerCase())) return [];
  const where = setting.where === "default" ? "by default" : `at ${setting.where}`;
  return [
    {
      message: `sshd has ${keyword} "${setting.value}" ${where}`,
      remedy: `write "${keyword} ${allowed[0]}" to "/etc/ssh/sshd_config" before any other line with it`,
    },
  ];
}

const sshKeysOnly: Check = {
  name: "ssh-keys-only",
  why: "passwords are guessed from everywhere as soon as a machine has an address",
  async find(image) {
    return [
      ...(await sshdFinding(image, "PasswordAuthentication", ["no"])),
      ...(await sshdFinding(image, "PermitEmptyPasswords", ["no"])),
    ];
  },
};

const sshNoRoot: Check = {
  name: "ssh-root-without-password",
  why: "root is the one account whose name everybody knows",
  find: (image) =>
    sshdFinding(image, "PermitRootLogin", ["prohibit-password", "without-password", "forced-commands-only", "no"]),
};

const sudoAsks: Check = {
  name: "sudo-asks",
  why: "whoever gets at the account is root, on every machine made of the image",
  async find(image) {
    const findings: Finding[] = [];
    // sudo leaves out files whose names have a dot or end with a tilde.
    const isRead = (path: string) => path === "/etc/sudoers" || /^\/etc\/sudoers\.d\/[^/.]*[^/.~]$/.test(path);
    for (const path of [...image.contents.files.keys()].filter(isRead)) {
      for (const [index, line] of ((await image.text(path)) ?? "").split("\n").entries()) {
        if (/^\s*#|^\s*(Defaults|\w+_Alias)\b/.test(line) || !/\bNOPASSWD:\s*(\w+:\s*)*([^#]*,\s*)?ALL\b/.test(line))
          continue;
        findings.push({
          message: `${path}:${index + 1} gives root to "${line.trim().split(/\s+/)[0]}" without a password`,
          remedy: "name the commands it is for, or let cloud-init write it for the machine's user",
        });
      }
    }
    return findings;
  },
};

const nothingForAll: Check = {
  name: "nothing-writable-for-all",
  why: "any program, also one of an intruder, can change what others read and run",
  find(image) {
    return [...image.contents.files].flatMap(([path, { type, mode }]) => {
      const isOpen = (mode & 0o002) !== 0 && (type === "file" || (type === "directory" && (mode & 0o1000) === 0));
      if (!isOpen) return [];
      const octal = mode.toString(8).padStart(4, "0");
      return { message: `the ${type} "${path}" has mode ${octal}`, remedy: `take the right away: chmod o-w ${path}` };
    });
  },
};

const rootProgramsKnown: Check = {
  name: "setuid-known",
  why: "a program that runs as its owner and that no package brings gets no security updates",
  async find(image) {
    const owners = await image.owners();
    // Without a package database every program would be one that nobody knows.
    if (owners.size === 0) return [];
    return [...image.contents.files].flatMap(([path, { type, mode }]) =>
      type !== "file" || (mode & 0o6000) === 0 || (mode & 0o111) === 0 || owners.has(path)
        ? []
        : {
            message: `"${path}" runs as its owner or group, and no package brings it`,
            remedy: `take the right away with chmod ug-s ${path}, or make a package of it`,
          },
    );
  },
};

/** Servers that send passwords as they are typed, by the names of their packages. */
const PLAIN_TEXT_LOGINS = [
  "telnetd",
  "inetutils-telnetd",
  "telnetd-ssl",
  "telnet-server",
  "rsh-server",
  "rsh-redone-server",
];

const noPlainText: Check = {
  name: "no-plain-text-logins",
  why: "passwords cross the network as they are typed",
  async find(image) {
    return (await knownPackages(image))
      .filter((one) => PLAIN_TEXT_LOGINS.some((name) => isNamed(one, name)))
      .map(({ id }) => ({ message: `package "${id}" is installed`, remedy: "use SSH in its place" }));
  },
};

const secretsNone: Check = {
  name: "no-secrets",
  why: "whoever has the image has them too, and images are copied further than one thinks",
  async find(image) {
    return (await secretsOf(image)).map(({ path, line, what }) => ({
      message: `${path}:${line}: ${what}`,
      remedy: "remove it in finalise.d, give it to the machine when it starts, and replace it",
    }));
  },
};

/** An image of which nothing lets somebody in who has no key of the machine. */
export const hardened = policy(
  "hardened",
  ...[passwordsLocked, oneRoot, passwordsPrivate, sshKeysOnly, sshNoRoot, sudoAsks, nothingForAll],
  ...[rootProgramsKnown, noPlainText, secretsNone],
);
