import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterEach, describe, expect, test } from "vitest";
import { openLayerStore } from "../../src/layers/layer-store.js";
import { isRunning } from "../../src/layers/running-builds.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-running-"));
const build = join(root, "builds", "1");
const lock = join(build, "lock");
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function asked(): Promise<boolean> {
  return isRunning(await openLayerStore(root), "1", createCommandRunner());
}

describe("whether a build runs", () => {
  test("is so while a process holds its lock", async () => {
    mkdirSync(build, { recursive: true });
    writeFileSync(lock, "");
    expect(await asked()).toBe(false);
    const holder = spawn("flock", ["--no-fork", lock, "sh", "-c", "echo held; exec cat"], { stdio: "pipe" });
    await once(holder.stdout, "data");
    expect(await asked()).toBe(true);
    holder.stdin.end();
    await once(holder, "exit");
    expect(await asked()).toBe(false);
  });

  test("is asked without writing into its directory, which another build may be removing", async () => {
    mkdirSync(build, { recursive: true });
    expect(await asked()).toBe(false);
    expect(readdirSync(build)).toEqual([]);
    rmSync(build, { recursive: true });
    expect(await asked()).toBe(false);
  });
});
