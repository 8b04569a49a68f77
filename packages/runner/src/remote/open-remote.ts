import { err, ok, type Result } from "@dibkit/model";
import {
  openRegistryClient,
  parseRepository,
  type RegistryClient,
  type RegistryFailure,
  renderRepository,
} from "@dibkit/registry";
import type { RemoteContext } from "./remote-context.js";

/** What commands that look into a registry have. */
export type LookContext = Pick<RemoteContext, "env" | "commands" | "signal">;

/** A repository that a command works on; `told` makes a sentence of a failure. */
export interface OpenRemote {
  /** As a user writes it. */
  readonly repository: string;
  readonly client: RegistryClient;
  readonly told: (failure: RegistryFailure) => string;
}

/** Opens the repository that a word names, for `use`; `legal` are further settings of the word. The error is a sentence. */
export async function withRemote<T>(
  word: string,
  context: LookContext,
  use: (remote: OpenRemote) => Promise<Result<T, string>>,
  legal: readonly string[] = [],
): Promise<Result<T, string>> {
  const parsed = parseRepository(word, legal);
  if (!parsed.ok) return err(`"${word}" ${parsed.error}`);
  const repository = renderRepository(parsed.value.repository);
  const client = openRegistryClient(parsed.value.repository, context);
  try {
    return await use({
      ...{ repository, client },
      told: ({ message }) => `the registry of ${repository} ${message}`,
    });
  } finally {
    client.close();
  }
}

/** Runs a function over all values, some at the same time, until one fails. */
export async function eachOf<T>(
  values: readonly T[],
  work: (value: T) => Promise<Result<void, string>>,
): Promise<Result<void, string>> {
  const waiting = [...values];
  let failed: Result<never, string> | undefined;
  const worker = async () => {
    for (let value = waiting.shift(); value !== undefined && failed === undefined; value = waiting.shift()) {
      const done = await work(value);
      if (!done.ok) failed = done;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed ?? ok(undefined);
}

const AT_ONCE = 8;
