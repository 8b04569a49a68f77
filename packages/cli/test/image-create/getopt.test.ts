import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { getopt } from "../../src/image-create/getopt.js";

const short = "a:ho:t:xucnp:";
const long = ["checksum", "help", "image-size:", "image-cache:", "mkfs-options:", "no-tmpfs", "logfile:"];

/** What util-linux getopt, the oracle, says of a command line, in the same shape. */
function oracle(words: readonly string[]): unknown {
  const run = spawnSync("getopt", ["-o", short, "-l", long.join(","), "-n", "NAME", "--", ...words], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  if (run.status !== 0) return { ok: false, message: run.stderr.split("\n")[0]?.replace(/^NAME: /, "") };
  const printed = execFileSync(
    "bash",
    ["-c", `eval set -- "$1"; [ $# -eq 0 ] || printf '%s\\0' "$@"`, "-", run.stdout],
    {
      encoding: "utf8",
    },
  )
    .split("\0")
    .slice(0, -1);
  const end = printed.indexOf("--");
  const options: { name: string; value: string }[] = [];
  const rest = printed.slice(0, end);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const takes = name.startsWith("--") ? long.includes(`${name.slice(2)}:`) : short.includes(`${name.slice(1)}:`);
    options.push({ name: name.replace(/^-(?!-)/, ""), value: takes ? (rest.shift() as string) : "" });
  }
  return { ok: true, options, operands: printed.slice(end + 1) };
}

describe("the command line of disk-image-create, as getopt reads it", () => {
  test.each([
    [["vm", "debian-minimal"]],
    [["-a", "amd64", "-o", "name", "vm", "-t", "qcow2,tar", "debian"]],
    [["-xxu", "-onamed", "vm"]],
    [["-xoname", "vm"]],
    [["--image-size=4", "--image-cache", "/tmp/a b", "vm"]],
    [["--check", "--no", "--mk", "-T big", "vm"]],
    [["--image-s", "4", "vm"]],
    [["-p", "a,b", "-p", "c", "vm"]],
    [["vm", "--", "-x", "--checksum"]],
    [["-", "vm"]],
    [["--image-size=", "vm"]],
    [["-o", "--help"]],
    [[]],
    [["--foo"]],
    [["-z"]],
    [["-a"]],
    [["--image-size"]],
    [["--image", "4"]],
    [["--checksum=yes"]],
    [["-x:"]],
  ])("%j", (words) => {
    expect(getopt(words, { short, long, exact: [] })).toEqual(oracle(words));
  });

  test("words that only dibkit knows must be whole, and take nothing from upstream's abbreviations", () => {
    const table = { short, long, exact: ["mkfs-journal-size:"] };
    expect(getopt(["--mkfs", "-q", "--mkfs-journal-size", "8"], table)).toMatchObject({
      options: [
        { name: "--mkfs-options", value: "-q" },
        { name: "--mkfs-journal-size", value: "8" },
      ],
    });
    expect(getopt(["--mkfs-j", "8"], table)).toEqual({ ok: false, message: "unrecognized option '--mkfs-j'" });
  });
});
