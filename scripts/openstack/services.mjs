// A private Keystone and Glance on loopback, from Debian's packages, with every file under one directory.
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "../setup.mjs";
import { authUrl, cloudsYaml, glanceConf, glancePaste, imageUrl, keystoneConf, secureYaml } from "./configuration.mjs";

/** @typedef {import("./configuration.mjs").Site} Site */

const run = promisify(execFile);
const python = "/usr/bin/python3";
const glanceApi = "from glance.cmd.api import main; main()";
const glanceManage = "import sys; from glance.cmd.manage import main; sys.exit(main())";

/** Why the services cannot be started here; undefined when they can. */
export function missing() {
  const packages = JSON.parse(readFileSync(new URL("packages.json", import.meta.url), "utf8"));
  const absent = packages.find((/** @type {{ tool: string }} */ { tool }) => !findProgram(tool));
  return absent && `the Debian package ${absent.package} is not installed`;
}

/**
 * Starts both services and waits until they answer. @param {string} directory empty or new
 * @param {{ quotaMiB?: number }} [options]
 */
export async function start(directory, options = {}) {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const password = () => randomBytes(12).toString("hex");
  /** @type {Site} */
  const site = {
    directory,
    keystonePort: await freePort(),
    glancePort: await freePort(),
    secrets: { admin: password(), service: password(), user: password() },
    quotaMiB: options.quotaMiB ?? 1024,
  };
  await writeConfiguration(site);
  await Promise.all([
    prepareKeystone(site),
    manage(site, python, ["-c", glanceManage, ...glanceFiles(site), "db_sync"]),
  ]);
  await startKeystone(site);
  await Promise.all([populate(site), startGlance(site)]);
  return site;
}

/** @param {Site} site */
export async function stop(site) {
  await stopService(site, "glance", "SIGTERM");
  await stopService(site, "keystone", "SIGTERM");
}

/** @param {Site} site */
export async function startKeystone(site) {
  const script = ["/usr/bin/keystone-wsgi-public", "--host", "127.0.0.1", "--port", `${site.keystonePort}`];
  await startService(site, "keystone", [...script, "--", "--config-file", join(site.directory, "keystone.conf")]);
  await answers(authUrl(site), site);
}

/** @param {Site} site */
export async function startGlance(site) {
  await startService(site, "glance", ["-c", glanceApi, ...glanceFiles(site)]);
  await answers(`${imageUrl(site)}/versions`, site);
}

/** Sends a signal to the service and waits until it is gone. @param {Site} site @param {"glance" | "keystone"} name @param {NodeJS.Signals} signal */
export async function stopService(site, name, signal) {
  const text = await readFile(join(site.directory, `${name}.pid`), "utf8").catch(() => "");
  const group = Number.parseInt(text, 10);
  if (!(group > 1)) return;
  for (let wait = 0; wait < 100; wait += 1) {
    try {
      // The group, because the service may have workers of its own.
      process.kill(-group, wait > 50 ? "SIGKILL" : signal);
    } catch {
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Throws the signing keys away, so that no token given out before is worth anything. @param {Site} site */
export async function renewTokenKeys(site) {
  await rm(join(site.directory, "fernet-keys"), { recursive: true });
  await mkdir(join(site.directory, "fernet-keys"), { mode: 0o700 });
  const { uid, gid } = userInfo();
  await keystoneManage(site, "fernet_setup", "--keystone-user", `${uid}`, "--keystone-group", `${gid}`);
}

/** @param {Site} site */
async function writeConfiguration(site) {
  for (const name of ["fernet-keys", "credential-keys", "images", "tasks", "staging"])
    await mkdir(join(site.directory, name), { recursive: true, mode: 0o700 });
  const files = {
    "keystone.conf": keystoneConf(site),
    "glance.conf": glanceConf(site),
    "glance-paste.ini": glancePaste,
    "no-policy.yaml": "{}\n",
    "clouds.yaml": cloudsYaml(site),
    "secure.yaml": secureYaml(site),
    "site.json": `${JSON.stringify(site, undefined, 2)}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(site.directory, name), text, { mode: 0o600 });
}

/** @param {Site} site */
async function prepareKeystone(site) {
  const { uid, gid } = userInfo();
  const owner = ["--keystone-user", `${uid}`, "--keystone-group", `${gid}`];
  await keystoneManage(site, "db_sync");
  await keystoneManage(site, "fernet_setup", ...owner);
  await keystoneManage(site, "credential_setup", ...owner);
  const url = authUrl(site);
  await keystoneManage(
    site,
    ...["bootstrap", "--bootstrap-region-id", "RegionOne", "--bootstrap-public-url", url],
    ...["--bootstrap-internal-url", url, "--bootstrap-admin-url", url],
  );
}

/** @param {Site} site @param {string[]} words */
function keystoneManage(site, ...words) {
  return manage(site, "/usr/bin/keystone-manage", ["--config-file", join(site.directory, "keystone.conf"), ...words]);
}

/** Passwords travel in the environment, never as words of a command. @param {Site} site @param {string} program @param {string[]} words */
async function manage(site, program, words) {
  const env = { ...process.env, OS_BOOTSTRAP_PASSWORD: site.secrets.admin };
  await run(program, words, { env, cwd: site.directory, maxBuffer: 64 << 20 });
}

/** The project, the users and the catalog entry. @param {Site} site */
async function populate(site) {
  const keystone = await adminSession(site);
  const made = async (/** @type {string} */ kind, /** @type {string} */ key, /** @type {object} */ body) =>
    (await keystone("POST", kind, { [key]: body }))[key].id;
  const roles = (await keystone("GET", "roles")).roles;
  const role = (/** @type {string} */ name) =>
    roles.find((/** @type {{ name: string }} */ one) => one.name === name).id;
  for (const [projectName, userName, password, roleName] of [
    ["service", "glance", site.secrets.service, "admin"],
    ["images", "builder", site.secrets.user, "member"],
  ]) {
    const project = await made("projects", "project", { name: projectName, domain_id: "default" });
    const user = await made("users", "user", { name: userName, password, domain_id: "default" });
    await keystone("PUT", `projects/${project}/users/${user}/roles/${role(roleName ?? "")}`);
  }
  const service = await made("services", "service", { name: "glance", type: "image" });
  await made("endpoints", "endpoint", {
    ...{ service_id: service, interface: "public", region_id: "RegionOne", url: imageUrl(site) },
  });
}

/** @param {Site} site */
async function adminSession(site) {
  const domain = { id: "default" };
  const user = { name: "admin", password: site.secrets.admin, domain };
  const auth = {
    identity: { methods: ["password"], password: { user } },
    scope: { project: { name: "admin", domain } },
  };
  const login = await fetch(`${authUrl(site)}/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth }),
  });
  const token = login.headers.get("x-subject-token") ?? "";
  return async (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {object | undefined} */ body = undefined,
  ) => {
    const answer = await fetch(`${authUrl(site)}/${path}`, {
      method,
      headers: { "x-auth-token": token, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`keystone answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
    return answer.status === 204 ? {} : answer.json();
  };
}

const glanceFiles = (/** @type {Site} */ site) => ["--config-file", join(site.directory, "glance.conf")];

/** @param {Site} site @param {string} name @param {string[]} words */
async function startService(site, name, words) {
  const output = openSync(join(site.directory, `${name}.out`), "a");
  const child = spawn(python, words, { cwd: site.directory, detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  child.unref();
  await writeFile(join(site.directory, `${name}.pid`), `${child.pid}\n`);
}

/** @param {string} url @param {Site} site */
async function answers(url, site) {
  for (let wait = 0; wait < 3000; wait += 1) {
    const there = await fetch(url).then(
      (answer) => answer.status < 500,
      () => false,
    );
    if (there) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`nothing answers at ${url} after 10 minutes; see the logs in ${site.directory}`);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
