import { openLoopbackNamespace } from "@dibkit/exec";
import { ok } from "@dibkit/model";
import type { Network } from "./network.js";
import { PROXY_ADDRESS, proxiedEnvironment, unproxiedEnvironment } from "./proxy-variables.js";
import { createRecordingProxy } from "./recording-proxy.js";

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
  failureHelp: (step) =>
    `it reached the network through a proxy, by http_proxy and https_proxy alone: if it fetches something in another way, give --network recorded,${step}=host`,
  async open() {
    const opened = await openLoopbackNamespace(PROXY_ADDRESS);
    if (!opened.ok) return opened;
    const namespace = opened.value;
    const proxy = createRecordingProxy(namespace);
    return ok({
      enter: namespace.enter,
      environment: proxiedEnvironment,
      withoutNetwork: unproxiedEnvironment,
      watch: proxy.watch,
      async close() {
        proxy.close();
        await namespace.close();
      },
    });
  },
};
