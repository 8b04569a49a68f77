import { getProxyForUrl } from "proxy-from-env";
import type { EnvironmentValues } from "../../job/environment-values.js";

/** The proxy that variables name for an URL; undefined when it is reached directly. */
export function upstreamProxy(url: string, variables: EnvironmentValues): URL | undefined {
  const own = process.env;
  // The library reads the variables of the process alone, and those of a step are others.
  process.env = { ...variables };
  try {
    const proxy = getProxyForUrl(url);
    return proxy === "" ? undefined : new URL(proxy);
  } finally {
    process.env = own;
  }
}

/** The header with which its user shows itself to a proxy. */
export function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "" && password === "") return {};
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(words).toString("base64")}` };
}
