// Every comparison of docs/conformance.json: builds with upstream and with dibkit, compares, and notes the results.
// node bench/conform.mjs [--only BUILD,…] [--upstream 3.37] [--keep DIR] [--record FILE]   (after npm run build; needs root)
// Kept, what upstream built is used again. Mirrors are those of apt on this machine.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { upstreamVersion } from "../test/upstream-version.mjs";
import { withSources, writePythonIndex } from "./conform-sources.mjs";
import { debianSources } from "./debian-sources.mjs";
import { dibkit, timed, withDirectory } from "./timed.mjs";

const repository = fileURLToPath(new URL("../", import.meta.url));
/** Newer versions look for Python 2 in a Debian that has none, and their element debian no longer names datasources. */
const NEWER = { DIB_PYTHON_VERSION: "3", DIB_CLOUD_INIT_DATASOURCES: "ConfigDrive, Ec2, NoCloud" };

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    upstream: { type: "string" },
    keep: { type: "string" },
    record: { type: "string", default: join(repository, "docs/conformance.json") },
    help: { type: "boolean", default: false },
  },
});
/** The package of the version that was asked for, from Debian's packages; without one the installed version is used. */
const chosen = values.upstream === undefined ? undefined : upstreamVersion(values.upstream);
const upstreamElements = chosen === undefined ? elementsOfUpstream() : join(chosen, "elements");

/** What is built together: elements that upstream ships, as many as fit into one image. */
const BUILDS = {
  mbr: {
    elements:
      "vm debian cloud-init cloud-init-datasources cloud-init-disable-resizefs growroot dhcp-all-interfaces devuser manifests element-manifest local-config svc-map journal-to-console enable-serial-console disable-nouveau dynamic-login conform-sample",
    flags: ["--disk"],
  },
  gpt: {
    elements:
      "vm block-device-gpt debian-minimal grub2 simple-init pypi pip-cache baremetal cleanup-kernel-initrd select-boot-kernel-initrd apt-conf apt-preferences apt-sources openstack-ci-mirrors growvols ibft-interfaces iscsi-boot dib-python openssh-server",
    flags: ["--disk"],
    environment: {
      DIB_INSTALLTYPE_simple_init: "repo",
      DIB_NO_PYPI_PIP: "1",
      DIB_MODPROBE_BLACKLIST: "floppy pcspkr",
      DIB_PYTHON_VERSION: "3",
    },
  },
  efi: {
    elements: "vm block-device-efi debian-systemd cloud-init-nocloud posix",
    flags: ["--disk"],
  },
  // dibkit's own element beside the one whose place it takes.
  express: {
    elements: "vm debian-express",
    flags: [
      ...["--disk", "--upstream-elements", "vm debian-minimal"],
      ...["--reasons", join(repository, "packages/elements/debian-express/differences.json")],
    ],
  },
  // On a synthetic distribution: docs/synthetic-distributions.md.
  fedora: {
    elements: "vm fedora-minimal growroot package-installs bootloader selinux-permissive disable-selinux",
    flags: ["--disk"],
    environment: { DIB_RELEASE: "32" },
    distribution: "fedora-32",
  },
  ramdisk: {
    elements: "debian-minimal ramdisk deploy-baremetal hwdiscovery hwburnin dracut-network dkms no-final-image",
    // hwdiscovery and hwburnin name programs for the ramdisk without installing them.
    flags: ["--ramdisk-element", "ramdisk", "-p", "lshw,memtester,spew,wget"],
    // Upstream's ramdisk scripts read these in the image, and nothing exports them: without them it always fails.
    environment: {
      _BASE_ELEMENT_DIR: upstreamElements,
      TMP_IMAGE_PATH: "/tmp/ramdisk-image",
      EXTRA_DETACH: "",
      EXTRA_UNMOUNT: "",
    },
  },
};

const names = values.only?.split(",") ?? Object.keys(BUILDS);
if (values.help || names.some((name) => BUILDS[name] === undefined)) {
  console.log(
    `node bench/conform.mjs [--only ${Object.keys(BUILDS).join(",")}] [--upstream VERSION] [--keep DIR] [--record FILE]`,
  );
  process.exit(values.help ? 0 : 2);
}
process.exitCode = values.keep === undefined ? await withDirectory("conform", runAll) : await runAll(values.keep);

async function runAll(root) {
  const cache = join(root, "downloads");
  mkdirSync(cache, { recursive: true });
  writePythonIndex(join(cache, "pypi/mirror"));
  return withSources(root, async (server) => {
    const codes = [];
    for (const name of names) {
      console.log(`== ${name}`);
      const { distribution } = BUILDS[name];
      const one = (more) => compare(root, name, server, more);
      codes.push(
        distribution === undefined ? one({}) : await withDistribution(distribution, join(root, distribution), one),
      );
    }
    return Math.max(...codes);
  });
}

/** Serves a synthetic distribution from a process of its own, for this one waits for builds, and gives its variables. */
async function withDistribution(release, directory, use) {
  const program = join(repository, "test/synthetic-rpm/synthetic-rpm.mjs");
  const words = [program, "--release", release, "--out", directory, "--serve", "0"];
  const server = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) return use({ [name]: value });
    }
    throw new Error(`"${program}" has ended without serving ${release}`);
  } finally {
    server.kill();
  }
}

function compare(root, name, server, more) {
  const { elements, flags = [], environment = {} } = BUILDS[name];
  const own = join(root, "own-elements");
  timed([process.execPath, dibkit, "compile", join(repository, "packages/elements/src/index.ts"), "--out", own]);
  const places = ["--elements-path", `${join(repository, "test/e2e/elements")}:${own}`];
  const keep = join(root, name);
  mkdirSync(keep, { recursive: true });
  const words = ["conform", ...elements.split(" "), ...flags, ...places, "--image-cache", join(root, "downloads")];
  const run = spawnSync(process.execPath, [dibkit, ...words, "--keep", keep, "--record", values.record], {
    stdio: "inherit",
    env: {
      ...callersEnvironment(),
      ...(chosen === undefined ? {} : { DIB_LIB: chosen, ...NEWER }),
      ...variables(keep, server),
      ...environment,
      ...more,
    },
  });
  return run.status ?? 1;
}

/** Upstream hands on the caller's whole environment, and some variables change what Python leaves in an image. */
function callersEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PYTHON|PIP_)/.test(name)));
}

function variables(directory, server) {
  const sources = debianSources("bookworm");
  const file = (name, text) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  return {
    ...sources.environment,
    DIB_REPOLOCATION_sample: `${server}/sample.git`,
    DIB_REPOLOCATION_glean: `${server}/glean.git`,
    DIB_DEV_USER_USERNAME: "tester",
    DIB_DEV_USER_PWDLESS_SUDO: "yes",
    DIB_DEV_USER_PASSWORD: "a password",
    CONFORM_SAMPLE_GREETS: "yes",
    CONFORM_SAMPLE_WORDS: 'two words and "quotes"',
    DIB_APT_CONF: file("apt.conf", 'APT::Install-Suggests "false";\n'),
    DIB_APT_SOURCES: file("sources.list", sources.lines),
    DIB_DPKG_MANIFEST: file("packages.json", JSON.stringify({ packages: [{ package: "cowsay", version: "3.0*" }] })),
  };
}

function elementsOfUpstream() {
  const script = 'import diskimage_builder.paths as p; p.show_path("elements")';
  const run = spawnSync("/usr/bin/python3", ["-c", script], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`diskimage-builder is not installed: ${run.stderr}`);
  return run.stdout.trim();
}
