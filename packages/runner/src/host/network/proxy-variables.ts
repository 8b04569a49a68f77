import type { EnvironmentValues } from "../../job/environment-values.js";

/**
 * Where the proxy of a recorded network listens. An address of loopback that nobody else has, so that it is known for
 * dibkit's wherever it turns up, and the same in every build.
 */
export const PROXY_ADDRESS = { host: "127.68.73.66", port: 342 } as const;

export const PROXY_URL = `http://${PROXY_ADDRESS.host}:${PROXY_ADDRESS.port}`;

const LEADING = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

/** They would lead around the proxy, or to another one that cannot be reached from inside. */
const MISLEADING = ["no_proxy", "all_proxy", "ftp_proxy", "rsync_proxy"].flatMap((name) => [name, name.toUpperCase()]);

/**
 * Upstream's scripts that write the user's proxy into the image. The first is for the build: apt finds the variables
 * without it. The second is what the user wants the image to have.
 */
const WRITERS: ReadonlyMap<string, "none" | "own"> = new Map([
  ["root.d/50-build-with-http-cache", "none"],
  ["pre-install.d/02-proxy-settings", "own"],
]);

/** The variables of a step that is to use the proxy. */
export function proxiedEnvironment(step: string, own: EnvironmentValues): EnvironmentValues {
  const writes = WRITERS.get(step);
  if (writes === "own") return own;
  const rest = Object.fromEntries(Object.entries(own).filter(([name]) => ![...LEADING, ...MISLEADING].includes(name)));
  return writes === "none" ? rest : { ...rest, ...Object.fromEntries(LEADING.map((name) => [name, PROXY_URL])) };
}

/** Variables that a step has left, with the user's proxy again where dibkit's was. */
export function unproxiedEnvironment(left: EnvironmentValues, own: EnvironmentValues): EnvironmentValues {
  const usual = own.http_proxy ?? "";
  const isOurs = ([name, value]: readonly [string, string]) => LEADING.includes(name) && value === PROXY_URL;
  const written = Object.entries(left)
    .filter((entry) => !isOurs(entry))
    .map(([name, value]) => [name, value.replaceAll(PROXY_URL, usual)] as const);
  const given = Object.entries(own).filter(([name]) => {
    const now = left[name];
    return LEADING.includes(name) ? now === PROXY_URL : MISLEADING.includes(name) && now === undefined;
  });
  return { ...Object.fromEntries(written), ...Object.fromEntries(given) };
}
