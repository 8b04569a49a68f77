import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { SESSION_AGENT_SCRIPT } from "../../src/session/session-agent-sh.js";
import { type Answer, openSessionChannel, type SessionChannel } from "../../src/session/session-channel.js";

// The agent is the one that runs in machines, in a process of this one instead.
const directory = mkdtempSync(join(tmpdir(), "dibkit-session-"));
const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function startAgent(complaints: "inherit" | "ignore" = "inherit") {
  const env = { ...process.env, DIBKIT_SESSION_DIRECTORY: join(directory, "work") };
  const agent = spawn("sh", ["-c", SESSION_AGENT_SCRIPT], { stdio: ["ignore", "ignore", complaints, "pipe"], env });
  const channel = openSessionChannel(agent.stdio[3] as unknown as Socket);
  undo.push(() => {
    channel.close();
    agent.kill("SIGKILL");
  });
  return { agent, channel };
}

const run = async (channel: SessionChannel, command: string, input = "", seconds = 60): Promise<Answer> => {
  await channel.greeted();
  return channel.request(command, Buffer.from(input), seconds);
};

const shown = (answer: Answer) => {
  if (!("output" in answer)) return answer;
  const { exitCode, stdout, stderr } = answer.output;
  return { exitCode, stdout: stdout.toString("latin1"), stderr: stderr.toString("latin1") };
};

test.each<[string, string, string, unknown]>([
  [
    "both streams and the exit code",
    "echo out; echo bad >&2; exit 3",
    "",
    { exitCode: 3, stdout: "out\n", stderr: "bad\n" },
  ],
  ["bytes as they are", "printf '\\000\\377\\r\\n'", "", { exitCode: 0, stdout: "\0\xff\r\n", stderr: "" }],
  ["nothing", ":", "", { exitCode: 0, stdout: "", stderr: "" }],
  ["input of several lines", "cat; pwd", "one\nend 1 0\n", { exitCode: 0, stdout: "one\nend 1 0\n/\n", stderr: "" }],
  ["commands of several lines", "cat <<E\nrun 2 1 1 1\nE\n", "", { exitCode: 0, stdout: "run 2 1 1 1\n", stderr: "" }],
  ["a command that ends its shell", "kill -9 $$", "", expect.objectContaining({ exitCode: 137, stdout: "" })],
  ["what is not found", "no-such-program", "", expect.objectContaining({ exitCode: 127 })],
  ["a program left behind", "sleep 600 & echo $!", "", expect.objectContaining({ exitCode: 0 })],
])("a request answers with %s", async (_what, command, input, expected) => {
  const answer = shown(await run(startAgent().channel, command, input));
  expect(answer).toEqual(expected);
  if (command.includes("&") && "stdout" in answer && /^\d+$/m.test(answer.stdout)) process.kill(Number(answer.stdout));
});

test("megabytes come through in both directions, and the next request has its own answer", async () => {
  const { channel } = startAgent();
  const input = "0123456789abcdef\n".repeat(100_000);
  expect(shown(await run(channel, "cat", input))).toEqual({ exitCode: 0, stdout: input, stderr: "" });
  expect(shown(await run(channel, "echo next"))).toEqual({ exitCode: 0, stdout: "next\n", stderr: "" });
});

test("a command that removes what the agent writes does not end the session", async () => {
  const { channel } = startAgent("ignore");
  expect(await run(channel, `rm -r '${directory}/work'`)).toHaveProperty("output");
  expect(shown(await run(channel, "cat", "next\n"))).toEqual({ exitCode: 0, stdout: "next\n", stderr: "" });
});

test("a command whose time is over is ended, and the session goes on", async () => {
  const { channel } = startAgent();
  expect(await run(channel, "echo begun; sleep 600", "", 1)).toEqual({ late: true });
  expect(shown(await run(channel, "echo next"))).toEqual({ exitCode: 0, stdout: "next\n", stderr: "" });
});

test("a machine that ends leaves nobody waiting", async () => {
  const { agent, channel } = startAgent();
  await channel.greeted();
  const answer = channel.request("sleep 5", Buffer.alloc(0), 60);
  agent.kill("SIGKILL");
  expect(await answer).toEqual({ lost: "the machine has ended" });
  expect(channel.greeting()).toBeUndefined();
  expect(await channel.request("true", Buffer.alloc(0), 60)).toEqual({ lost: "nothing in the machine listens" });
});
