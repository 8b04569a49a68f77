import { openLoopbackNamespace } from "@dibkit/exec";
import { ok } from "@dibkit/model";
import type { EnvironmentValues } from "../../job/environment-values.js";
import type { Network } from "./network.js";
import { answerOwnName, nameServersOfHost } from "./own-name.js";
import { PROXY_ADDRESS, proxiedEnvironment, unproxiedEnvironment } from "./proxy-variables.js";
import { createRecordingProxy } from "./recording-proxy.js";

/**
 * The variable by which apt finds settings, in the image as on the host: the first process of a step stays on the host,
 * and `/proc` leads to its root from everywhere.
 */
function aptSettings(path: string | undefined): EnvironmentValues {
  return path === undefined ? {} : { APT_CONFIG: `/proc/1/root${path}` };
}

/** Loopback, and on it a proxy of dibkit's own that leads out and notes what is fetched. */
export const recordedNetwork: Network = {
  name: "recorded",
  namespaces: [],
  setUp: [],
  tools: [
    { program: "ip", debianPackage: "iproute2", purpose: "record what scripts fetch" },
    { program: "nsenter", debianPackage: "util-linux", purpose: "record what scripts fetch" },
  ],
  known: true,
  failureHelp: (step, withLock, choice) =>
    `it reached the network through a proxy, by http_proxy and https_proxy alone: ${
      withLock
        ? "what it fetches in another way has to come with the element, where there is a lock"
        : `if it fetches something in another way, give --network ${choice},${step}=host`
    }`,
  async open({ lock, contentSource, aptConfig }) {
    // A build that is held to a lock asks nobody.
    const opened = await openLoopbackNamespace(PROXY_ADDRESS, lock === undefined ? await nameServersOfHost() : []);
    if (!opened.ok) return opened;
    const namespace = opened.value;
    const proxy = createRecordingProxy(namespace, lock, contentSource);
    const names = answerOwnName(namespace.nameServers);
    let attempts = 0;
    const settings = aptSettings(aptConfig);
    return ok({
      enter: namespace.enter,
      environment: (step, own) => ({ ...settings, ...proxiedEnvironment(step, own) }),
      withoutNetwork(left, own) {
        const kept = Object.entries(left).filter(([name, value]) => value !== settings[name]);
        return unproxiedEnvironment(Object.fromEntries(kept), own);
      },
      watch(step) {
        const { end } = proxy.watch(step);
        return {
          async end() {
            const fetched = await end();
            const before = attempts;
            attempts = (await namespace.vainAttempts()) + names.refused();
            return { fetched, past: attempts - before };
          },
        };
      },
      async close() {
        proxy.close();
        await namespace.close();
      },
    });
  },
};
