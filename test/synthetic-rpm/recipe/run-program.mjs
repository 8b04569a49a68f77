import { spawn } from "node:child_process";

/**
 * Runs a program to its end and gives its standard output; throws with what it said when it fails.
 *
 * @param {readonly string[]} words
 * @param {{ cwd?: string, env?: Readonly<Record<string, string | undefined>>, input?: string }} [options]
 * @returns {Promise<string>}
 */
export function runProgram(words, options = {}) {
  const [program, ...args] = words;
  const { input, ...rest } = options;
  const child = spawn(program, args, { ...rest, stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
  child.stdin?.end(input);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (status) => {
      if (status === 0) done(stdout);
      else failed(new Error(`"${words.join(" ")}" failed (${status}):\n${stdout.slice(-2000)}${stderr.slice(-4000)}`));
    });
  });
}
