import { networkTrouble } from "@dibkit/registry";
import type { ServiceName } from "../publish-failure.js";
import type { HttpFailure } from "./http-failure.js";

interface Where {
  readonly service: ServiceName;
  readonly url: string;
}

/** Sorts an error of node:http(s) by what the user can do about it. `connected` tells a refusal from a loss. */
export function networkFailure(where: Where, error: unknown, connected: boolean): HttpFailure {
  const { kind, reason } = networkTrouble(error, connected);
  return { kind, reason, ...where };
}
