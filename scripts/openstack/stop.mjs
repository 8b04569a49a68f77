// Stops what start.mjs started in DIRECTORY and deletes the directory. Usage: node scripts/openstack/stop.mjs DIRECTORY
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { stop } from "./services.mjs";

const directory = resolve(process.argv[2] ?? "");
await stop(JSON.parse(readFileSync(join(directory, "site.json"), "utf8")));
rmSync(directory, { recursive: true });
