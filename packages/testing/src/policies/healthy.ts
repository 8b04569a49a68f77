import { knownPackages } from "../package-state.js";
import { type Check, policy } from "../policy.js";

const initThere: Check = {
  name: "init-there",
  why: "a machine without an init stops with a kernel panic",
  find(image) {
    const init = ["/sbin/init", "/usr/sbin/init", "/etc/init", "/bin/init"].find((path) => image.file(path));
    if (init === undefined)
      return [{ message: 'there is no "/sbin/init"', remedy: "add an element with an init, such as dib-init-system" }];
    const { mode = 0, type } = image.file(init) ?? {};
    return type === "file" && (mode & 0o111) !== 0
      ? []
      : [{ message: `"${init}" is not a program`, remedy: `look which script writes "${init}"` }];
  },
};

const systemKnown: Check = {
  name: "system-known",
  why: "tools that look after machines choose what to do by the ID of os-release",
  async find(image) {
    const text = (await image.text("/etc/os-release")) ?? (await image.text("/usr/lib/os-release"));
    return /^ID=/m.test(text ?? "")
      ? []
      : [{ message: '"/etc/os-release" has no ID', remedy: "add an element of an operating system" }];
  },
};

const packagesWhole: Check = {
  name: "packages-whole",
  why: "a package that is unpacked but not configured fails when it is used, and at the next upgrade",
  async find(image) {
    return (await knownPackages(image))
      .filter(({ trouble }) => trouble !== undefined)
      .map(({ id, trouble }) => ({
        message: `package "${id}" is in the state "${trouble}"`,
        remedy: "look for its error in the log of the script that installs it",
      }));
  },
};

const unitsThere: Check = {
  name: "units-there",
  why: "systemd starts nothing for a link that leads nowhere, and says so in the journal only",
  find(image) {
    const enabled = /^\/etc\/systemd\/system\/[^/]+\.(?:wants|requires)\/[^/]+$/;
    return [...image.contents.files].flatMap(([path, { type, target = "" }]) => {
      if (!enabled.test(path) || type !== "symlink" || image.file(path) !== undefined) return [];
      return {
        message: `"${path}" enables a unit that is missing: "${target}"`,
        remedy: `disable it in post-install.d, or install what brings "${target}"`,
      };
    });
  },
};

const shellsThere: Check = {
  name: "shells-there",
  why: "an account whose shell is missing cannot log in, whatever its keys",
  async find(image) {
    const missing = (await image.accounts()).filter(({ shell }) => image.file(shell) === undefined);
    // System accounts are not to log in: a missing nologin keeps them out as well as one that is there.
    return missing
      .filter(({ shell }) => !/\/(nologin|false|sync|shutdown|halt)$/.test(shell))
      .map(({ name, shell }) => ({
        message: `account "${name}" of "/etc/passwd" has the shell "${shell}", which is missing`,
        remedy: `install ${shell.split("/").at(-1)}, or set another shell with usermod --shell`,
      }));
  },
};

const temporarySticky: Check = {
  name: "temporary-sticky",
  why: "programs of ordinary users cannot work without /tmp, and can remove each other's files without its sticky bit",
  find(image) {
    return ["/tmp", "/var/tmp"].flatMap((path) => {
      const found = image.file(path);
      if (found === undefined || (found.type === "directory" && found.mode === 0o1777)) return [];
      const mode = found.mode.toString(8).padStart(4, "0");
      return { message: `"${path}" has mode ${mode}, not 1777`, remedy: `set it in finalise.d: chmod 1777 ${path}` };
    });
  },
};

const buildOver: Check = {
  name: "build-over",
  why: "what a build needs for itself keeps services from starting, or names from being found, on a machine",
  find(image) {
    const left = ["/usr/sbin/policy-rc.d", "/tmp/in_target.d"];
    return left
      .filter((path) => image.contents.files.has(path))
      .map((path) => ({ message: `the build left "${path}"`, remedy: "remove it in finalise.d" }));
  },
};

/** An image that starts and works as its packages mean it. */
export const healthy = policy(
  "healthy",
  ...[initThere, systemKnown, packagesWhole, unitsThere, shellsThere, temporarySticky, buildOver],
);
