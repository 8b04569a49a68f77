// Starts a private Keystone and Glance on loopback, for tests and for trying `dibkit publish glance`.
// Usage: node scripts/openstack/start.mjs [DIRECTORY]. Installs the Debian packages that are missing.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installHostPackages } from "../setup.mjs";
import { start } from "./services.mjs";

const directory = process.argv[2] ? resolve(process.argv[2]) : mkdtempSync(join(tmpdir(), "dibkit-openstack-"));
installHostPackages(["openstack/packages.json"]);
const site = await start(directory);
console.log(`keystone http://127.0.0.1:${site.keystonePort}/v3
glance   http://127.0.0.1:${site.glancePort}
try:     cd ${directory} && OS_CLOUD=dibkit-test dibkit publish glance IMAGE
stop:    node scripts/openstack/stop.mjs ${directory}`);
