import type { Network } from "./network.js";

/** Loopback alone: what a build makes without anything from outside. */
export const noNetwork: Network = {
  name: "none",
  namespaces: ["--net"],
  // In a new namespace loopback is there, but down.
  setUp: ["ip link set lo up"],
  tools: [{ program: "ip", debianPackage: "iproute2", purpose: "run scripts without the network" }],
  known: true,
  failureHelp: () => "it ran without the network: give --network host if it has to fetch something",
};
