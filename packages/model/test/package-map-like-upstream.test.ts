import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluateWhen, loadCatalog, mapPackage, parseWhen, viewsOf } from "@dibkit/model";
import { expect, it } from "vitest";
import { describeUpstream } from "./upstream.js";

// Upstream and whole catalogs take their time on a busy machine.

const DISTROS = ["centos7", "debian", "gentoo", "opensuse", "rhel", "unknown"];
const ENVIRONMENTS = [{}, { A: "1" }, { A: "" }, { A: "1 " }, { A: "= 1" }];
const STATEMENTS = [
  "A=1",
  "A = 1",
  "A != 1",
  "A!=1",
  "A\t=\t1",
  "A == 1",
  "A = 1 ",
  "A =",
  "A",
  "= 1",
  " A = 1",
  "A B = 1",
  "A = 1\nB = 2",
  "A ! = 1",
  "Ä = 1",
  "",
];

describeUpstream("packages are chosen as upstream chooses them", (installation) => {
  const elements = [...loadCatalog([installation.elements]).elements.values()];
  const maps = elements.flatMap((element) => {
    const map = viewsOf(element).pkgMap.value;
    const names = [...new Set(map?.entries.map(({ name }) => name)), "no-such-name"];
    if (map === undefined) return [];
    const releases = [undefined, ...new Set(map.entries.flatMap(({ release }) => release ?? []))];
    const targets = DISTROS.flatMap((distro) => releases.map((release) => ({ distro, ...(release && { release }) })));
    return targets.flatMap((target) =>
      names.map((name) => ({ file: join(element.root, "pkg-map"), map, name, target })),
    );
  });
  const stated = elements.flatMap((element) =>
    viewsOf(element).packageInstalls.value.flatMap(({ alternatives }) =>
      alternatives.flatMap(({ when }) => when.map(({ text }) => text)),
    ),
  );
  const whens = [...STATEMENTS, ...new Set(stated)].flatMap((statement) =>
    ENVIRONMENTS.map((env) => ({ statement, env: { ...env, ...(/^(DIB_\w+)/.exec(statement) && { DIB_X: "1" }) } })),
  );

  it("by pkg-map and by when", () => {
    const answer = execFileSync("python3", [fileURLToPath(new URL("map-packages.py", import.meta.url))], {
      input: JSON.stringify({
        elements: installation.elements,
        maps: maps.map(({ file, name, target }) => [file, target.distro, target.release ?? null, name]),
        whens: whens.map(({ statement, env }) => [statement, env]),
      }),
      env: { ...process.env, PYTHONPATH: dirname(installation.package), PYTHONDONTWRITEBYTECODE: "1" },
      maxBuffer: 64 << 20,
      encoding: "utf8",
    });
    const upstream = JSON.parse(answer) as { maps: unknown[]; whens: unknown[] };
    expect(maps.length).toBeGreaterThan(500);
    expect(maps.map(({ map, name, target }) => mapPackage(map, name, target) ?? null)).toEqual(upstream.maps);
    const ours = whens.map(({ statement, env }) => {
      const condition = parseWhen(statement);
      return condition === undefined ? "malformed" : (evaluateWhen(condition, env) ?? "unset");
    });
    expect(ours).toEqual(upstream.whens);
    expect(new Set(upstream.whens)).toEqual(new Set([true, false, "unset", "malformed"]));
  });
});
