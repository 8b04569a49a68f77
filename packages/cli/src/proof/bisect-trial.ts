import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommandRunner, shellQuote } from "@dibkit/exec";

/** What is built and asked, again and again. */
export interface TrialRequest {
  /** Elements or an image definition, as for a build. */
  readonly words: readonly string[];
  /** A command line for a shell; the image's path is in `IMAGE`, and 0 means good. */
  readonly run: string;
  /** Further words of the build, for a shell. */
  readonly build: string;
  readonly cacheDir: string | undefined;
  /** Directory in which the search was started. */
  readonly cwd: string;
  /** The words that start dibkit. */
  readonly self: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the search; what it made is removed then too. */
  readonly signal: AbortSignal;
}

/** How one candidate did. `untestable`: it could not be built. */
export type Verdict = "good" | "bad" | "untestable";

/** A failure: a whole sentence, and what to do. */
export interface BisectTrouble {
  readonly message: string;
  readonly help: string;
}

/** What a search works with. */
export interface TrialTools {
  readonly commands: CommandRunner;
  /** Directory for images, which are removed before the next trial. */
  readonly scratch: string;
  readonly tell: (line: string) => void;
}

/** One build in a directory and with an environment, and one run of the command that tells good from bad. */
export async function tryImage(
  request: TrialRequest,
  {
    words: own = [],
    ...at
  }: {
    readonly cwd: string;
    readonly env: TrialRequest["env"];
    /** Words of this build alone. */
    readonly words?: readonly string[];
  },
  { commands, scratch, tell }: TrialTools,
): Promise<Verdict> {
  const output = join(scratch, "out/image");
  await rm(join(scratch, "out"), { recursive: true, force: true });
  await mkdir(join(scratch, "out"));
  const store = request.cacheDir === undefined ? [] : ["--cache-dir", request.cacheDir];
  const words = [...request.self, "build", ...request.words, "-o", output, ...store, ...own];
  // The shell gives way to the build, so that Ctrl-C reaches the build itself.
  const shell = ["/bin/sh", "-c", `exec ${words.map(shellQuote).join(" ")} ${request.build}`];
  const built = await commands.run(shell, { ...at, signal: request.signal });
  if (!built.ok) {
    for (const line of built.error.tail) tell(`  | ${line}`);
    return "untestable";
  }
  const image = built.value.stdout.trim().split("\n")[0] ?? output;
  const ran = await commands.run(["/bin/sh", "-c", request.run], {
    ...{ cwd: at.cwd, signal: request.signal },
    env: { ...at.env, IMAGE: image },
  });
  return ran.ok ? "good" : "bad";
}
