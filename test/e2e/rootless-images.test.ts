import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { example, type ProgramRun } from "./dibkit.js";
import { type OrdinaryUser, ordinaryUser } from "./ordinary-user.js";
import { makeUserWithIds, type UserWithIds, whyNoUser } from "./user-with-ids.js";

/** Real images by somebody who is not root: built, and started. */
describe.skipIf(whyNoUser())("an ordinary user", () => {
  const scratch = mkdtempSync(join(tmpdir(), "dibkit-e2e-rootless-images-"));
  let user: UserWithIds;
  let program: OrdinaryUser;

  const run = (words: readonly string[], cwd = user.home): Promise<ProgramRun> =>
    program.run(words, { cwd, env: { LC_ALL: "C.UTF-8", PATH: "/usr/bin:/bin", HOME: user.home } });

  beforeAll(() => {
    chmodSync(scratch, 0o755);
    user = makeUserWithIds(scratch);
    program = ordinaryUser(scratch, user);
  });
  afterAll(async () => {
    // Files of subordinate ids are not the user's outside the namespace.
    rmSync(scratch, { recursive: true, force: true });
    user.remove();
  });

  test("builds the image of examples/web-server, and it boots and answers", async () => {
    const image = join(user.home, "web-server");
    const built = await run(["build", "web-server.image.ts", "-o", image], program.path(example("web-server")));
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const log = join(user.home, "console.log");
    const words = ["--http", "80/=Hello from dibkit", "--timeout", "2700", "--log", log];
    const booted = await run(["boot", `${image}.qcow2`, ...words]);
    expect(booted, booted.stderr).toMatchObject({ exitCode: 0 });
    expect(readFileSync(log, "utf8")).toContain("acme-web is ready");
  });
});
