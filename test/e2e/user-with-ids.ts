import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A user of the machine who has subordinate ids. */
export interface UserWithIds {
  readonly name: string;
  readonly id: number;
  readonly group: number;
  readonly home: string;
  remove(): void;
}

/** Why no such user can be made here; undefined when one can. In CI nothing is skipped. */
export function whyNoUser(): string | undefined {
  if (process.env.CI) return undefined;
  if (process.getuid?.() !== 0) return "making a user needs root";
  return existsSync("/usr/bin/newuidmap") ? undefined : "subordinate ids need the package uidmap";
}

/** Makes a user whose home is below `scratch`, with ids that nobody has. */
export function makeUserWithIds(scratch: string): UserWithIds {
  const name = `dibkit${process.pid}`;
  const home = join(scratch, name);
  execFileSync("useradd", ["--no-create-home", "--home-dir", home, "--shell", "/bin/bash", name]);
  const lines = readFileSync("/etc/subuid", "utf8").split("\n");
  if (!lines.some((line) => line.startsWith(`${name}:`))) {
    // Behind whatever has been given away.
    const ends = lines
      .map((line) => line.split(":").slice(1).map(Number))
      .map(([first = 0, count = 0]) => first + count);
    const first = Math.max(100_000, ...ends);
    const range = `${first}-${first + 65_535}`;
    execFileSync("usermod", ["--add-subuids", range, "--add-subgids", range, name]);
  }
  const numberOf = (option: string) => Number(execFileSync("id", [option, name], { encoding: "utf8" }));
  const [id, group] = [numberOf("-u"), numberOf("-g")];
  mkdirSync(home);
  execFileSync("chown", [`${id}:${group}`, home]);
  chmodSync(home, 0o755);
  return { name, id, group, home, remove: () => void execFileSync("userdel", ["--force", name], { stdio: "ignore" }) };
}
