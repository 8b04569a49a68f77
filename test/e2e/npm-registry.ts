import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runServer } from "verdaccio";
import { runProgram } from "./dibkit.js";

/** Verdaccio on loopback, with a user who may publish. */
export interface NpmRegistry {
  readonly url: string;
  /** Variables with which npm uses it as that user, and is as the machine's configuration says otherwise. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a registry that keeps everything below a directory. What nobody published into it comes from the registry of
 * npm's configuration; `refused` are names of packages that nobody may publish.
 */
export async function openNpmRegistry(
  directory: string,
  { refused = [] }: { readonly refused?: readonly string[] } = {},
): Promise<NpmRegistry> {
  mkdirSync(directory, { recursive: true });
  const isKnown = existsSync(join(directory, "users"));
  const own = { access: "$all", publish: "$authenticated" };
  const configuration = {
    // There is no such file, but paths are taken from where it would be.
    config_path: join(directory, "config.yaml"),
    storage: join(directory, "storage"),
    auth: { htpasswd: { file: join(directory, "users") } },
    uplinks: { machine: { url: await npmSetting("registry") } },
    packages: {
      ...Object.fromEntries(refused.map((name) => [name, { access: "$all", publish: "nobody" }])),
      "@dibkit/*": own,
      dibkit: own,
      "acme-*": own,
      "**": { access: "$all", proxy: "machine" },
    },
    log: { type: "file", path: join(directory, "log"), level: "warn" },
    web: { enable: false },
  };
  const server = (await runServer(configuration as never)) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const userconfig = join(directory, "npmrc");
  const machine = await npmSetting("userconfig");
  const token = await tokenOf(`http://${address}`, isKnown);
  writeFileSync(userconfig, `${readIfThere(machine)}\n//${address}/:_authToken=${token}\n`);
  return {
    url: `http://${address}/`,
    env: {
      NPM_CONFIG_USERCONFIG: userconfig,
      npm_config_registry: `http://${address}/`,
      npm_config_prefer_offline: "true",
      npm_config_fetch_retries: "1",
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Makes the user, or logs in as the one that an earlier registry of this directory has made. */
async function tokenOf(url: string, isKnown: boolean): Promise<string> {
  const user = { name: "publisher", password: "of packages of a test", type: "user" };
  const basic = Buffer.from(`${user.name}:${user.password}`).toString("base64");
  const answer = await fetch(`${url}/-/user/org.couchdb.user:${user.name}`, {
    method: "PUT",
    headers: { "content-type": "application/json", ...(isKnown ? { authorization: `Basic ${basic}` } : {}) },
    body: JSON.stringify(user),
  });
  const { token } = (await answer.json()) as { readonly token?: string };
  if (token === undefined) throw new Error(`verdaccio gives no token: ${answer.status}`);
  return token;
}

async function npmSetting(name: string): Promise<string> {
  return (await runProgram(["npm", "config", "get", name])).stdout.trim();
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
