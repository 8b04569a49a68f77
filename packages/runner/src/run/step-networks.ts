import { createScriptHost, findProgram, type ScriptHost } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import { chooseNetwork, isAuto } from "../host/network/choose-network.js";
import { hostNetwork } from "../host/network/host-network.js";
import { hostReason } from "../host/network/host-reasons.js";
import type { Network, NetworkOptions, OpenNetwork } from "../host/network/network.js";
import { recordedNetwork } from "../host/network/recorded-network.js";
import type { BuildRequest } from "../job/build-request.js";

/** The networks that the steps of a build have, each opened when the first step needs it. */
export interface StepNetworks {
  /**
   * The network of a step such as `install.d/50-x`; the error is the last lines of what could not be started. `unwatched`
   * says why it is to be the host's where the request leaves the choice to dibkit.
   */
  of(step: string, unwatched?: string): Promise<Result<StepNetwork, readonly string[]>>;
  close(): Promise<void>;
}

/** A network, and what starts steps in it. */
export interface StepNetwork {
  readonly network: Network;
  readonly open?: OpenNetwork;
  readonly scripts: ScriptHost;
  /** Of the host's network, why the step has it. */
  readonly unwatched?: string;
}

/** `output` names the FIFO that the output of the steps in a network comes through. */
export function stepNetworks(
  request: Pick<BuildRequest, "network" | "lock" | "environment">,
  output: (network: string) => string,
  more: Omit<NetworkOptions, "lock">,
): StepNetworks {
  const options = { ...more, ...(request.lock === undefined ? {} : { lock: request.lock }) };
  const used = new Map<string, Promise<Result<StepNetwork, readonly string[]>>>();
  const get = (network: Network) => {
    const known = used.get(network.name) ?? start(network, options, output(network.name));
    used.set(network.name, known);
    return known;
  };
  const host = async (unwatched: string) => {
    const started = await get(hostNetwork);
    return started.ok ? ok({ ...started.value, unwatched }) : started;
  };
  const recordedOrHost = async () => {
    const missing = recordedNetwork.tools.find(
      ({ program }) => findProgram(program, request.environment) === undefined,
    );
    if (missing !== undefined) return host(hostReason("impossible", `: ${missing.program} is missing`));
    const started = await get(recordedNetwork);
    return started.ok ? started : host(hostReason("impossible", `: ${started.error.at(-1) ?? "no namespace came up"}`));
  };
  return {
    of(step, unwatched) {
      if (isAuto(request, step)) return unwatched === undefined ? recordedOrHost() : host(unwatched);
      const network = chooseNetwork(request, step);
      return network === hostNetwork ? host(hostReason("asked")) : get(network);
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
