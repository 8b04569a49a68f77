import { shellQuote } from "@dibkit/exec";
import { type EngineInput, retriesOf } from "./engine.js";

/** Where jobs put images, from the directory that they are called in. */
export const IMAGES = "build/images";

/** The call that does a job; `job` is a word of the shell. */
export function jobCommand({ settings, options }: Pick<EngineInput, "settings" | "options">, job: string): string {
  const { dibkit = "dibkit" } = settings;
  return `${dibkit} matrix run ${job} ${options.map(shellQuote).join(" ")} -o ${IMAGES}`;
}

/** Lines of bash that do a job, and try again when the build failed: nothing else gets better by another try. */
export function jobScript(input: Pick<EngineInput, "settings" | "options">, job: string): readonly string[] {
  const { prepare = [] } = input.settings;
  return [
    ...prepare,
    "code=0",
    `for ((try = 0; try <= ${retriesOf(input.settings)}; try++)); do`,
    "  code=0",
    `  ${jobCommand(input, job)} || code=$?`,
    '  test "$code" = 3 || break',
    "done",
    'exit "$code"',
  ];
}

/** A name of lower-case letters, digits and dashes, as Kubernetes, GitHub and Zuul want them; different ones stay so. */
export function plainNames(names: readonly string[], longest = 50): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    names.map((name) => {
      const plain = name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-")
        .replaceAll(/^-+|-+$/g, "");
      const short = (/^[a-z]/.test(plain) ? plain : `j-${plain}`).slice(0, longest).replace(/-+$/, "");
      let free = short;
      for (let number = 2; taken.has(free); number += 1) free = `${short}-${number}`;
      taken.add(free);
      return [name, free] as const;
    }),
  );
}
