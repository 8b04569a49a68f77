import { createScriptHost, type ScriptHost } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import { chooseNetwork } from "../host/network/choose-network.js";
import type { Network, NetworkOptions, OpenNetwork } from "../host/network/network.js";
import type { BuildRequest } from "../job/build-request.js";

/** The networks that the steps of a build have, each opened when the first step needs it. */
export interface StepNetworks {
  /** The network of a step such as `install.d/50-x`; the error is the last lines of what could not be started. */
  of(step: string): Promise<Result<StepNetwork, readonly string[]>>;
  close(): Promise<void>;
}

/** A network, and what starts steps in it. */
export interface StepNetwork {
  readonly network: Network;
  readonly open?: OpenNetwork;
  readonly scripts: ScriptHost;
}

/** `output` names the FIFO that the output of the steps in a network comes through. */
export function stepNetworks(
  request: Pick<BuildRequest, "network" | "lock">,
  output: (network: string) => string,
  more: Omit<NetworkOptions, "lock">,
): StepNetworks {
  const options = { ...more, ...(request.lock === undefined ? {} : { lock: request.lock }) };
  const used = new Map<string, Promise<Result<StepNetwork, readonly string[]>>>();
  return {
    of(step) {
      const network = chooseNetwork(request, step);
      const known = used.get(network.name) ?? start(network, options, output(network.name));
      used.set(network.name, known);
      return known;
    },
    async close() {
      for (const known of used.values()) {
        const opened = await known;
        if (!opened.ok) continue;
        await opened.value.scripts.close();
        await opened.value.open?.close();
      }
    },
  };
}

async function start(
  network: Network,
  options: NetworkOptions,
  fifo: string,
): Promise<Result<StepNetwork, readonly string[]>> {
  const opened = await network.open?.(options);
  if (opened === undefined) return ok({ network, scripts: createScriptHost(fifo, network.namespaces) });
  if (!opened.ok) return opened;
  return ok({ network, open: opened.value, scripts: createScriptHost(fifo, network.namespaces, opened.value.enter) });
}
