import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCatalog, resolve, type UpstreamInstallation } from "@dibkit/model";
import { randomSource } from "../../../model/test/random-source.js";
import type { BuildRequest } from "../../src/job/build-request.js";
import { baseEnvironment } from "../../src/plan/base-environment.js";
import { mergeHooks } from "../../src/plan/hooks-tree.js";
import { knownEnvironment } from "../../src/plan/known-environment.js";
import { planPackages } from "../../src/plan/plan-packages.js";

type Planned = Readonly<Record<string, Readonly<Record<"install" | "uninstall", readonly [string, string][]>>>>;

export interface ComparedPlans {
  readonly compared: number;
  /** Builds that the two plan differently. */
  readonly differences: readonly {
    readonly elements: readonly string[];
    readonly ours: Planned;
    readonly theirs: Planned | string;
  }[];
}

/**
 * Plans the packages of every operating-system element, each with `count` sets of companions, and compares them with
 * what upstream's own programs of that version make of the same elements and environment.
 */
export async function comparePackagePlans(upstream: UpstreamInstallation, count: number): Promise<ComparedPlans> {
  const catalog = loadCatalog([upstream.elements]);
  const names = [...catalog.elements.keys()].sort();
  const systems = names.filter((name) => resolve(catalog, [name], { arch: "amd64", base: false }).ok);
  const random = randomSource(20_261_128);
  const builds: {
    readonly elements: readonly string[];
    readonly env: Record<string, string>;
    readonly ours: Planned;
  }[] = [];
  for (const system of systems) {
    for (let made = 0; made < count; made += 1) {
      const companions = Array.from({ length: made % 6 }, () => names[Math.floor(random() * names.length)] as string);
      const architecture = made % 3 === 0 ? "arm64" : "amd64";
      const resolution = resolve(catalog, [system, ...companions], { arch: architecture, base: made % 2 === 0 });
      if (!resolution.ok) continue;
      const elements = resolution.value.elements.map(({ element }) => element);
      const installType = made % 4 === 0 ? "package" : "source";
      const request = { ...REQUEST, architecture, installType, environment: {} };
      const shown = elements.map(({ name, root }) => ({ name, path: root }));
      const base = baseEnvironment({ request, passed: {}, elements: shown, elementsPath: catalog.paths, disk: {} });
      const { values: known } = await knownEnvironment(mergeHooks(elements), base);
      // What environment files compute by running programs is nothing that a plan or upstream's lists could know.
      const values = Object.fromEntries(
        Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== null),
      );
      if (values.DISTRO_NAME === undefined) continue;
      const planned = planPackages(elements, { values, architecture, installType, upstreamVersion: upstream.version });
      builds.push({
        elements: elements.map(({ name }) => name),
        env: { ...values, ARCH: architecture, DIB_DEFAULT_INSTALLTYPE: installType },
        ours: pairs(planned),
      });
    }
  }
  const answers = askUpstream(upstream, builds);
  const decided = builds.flatMap(({ elements, ours }, at) => {
    const theirs = answers[at] as Planned | string;
    // A condition on a variable that is not set ends upstream's program; the check before a build says that.
    return typeof theirs === "string" ? [] : [{ elements, ours, theirs: withoutEmpty(theirs) }];
  });
  return {
    compared: decided.length,
    differences: decided.filter(({ ours, theirs }) => canonical(ours) !== canonical(theirs)),
  };
}

const REQUEST: BuildRequest = {
  ...{ elements: [], imageName: "image", formats: ["qcow2"], trace: 0, compress: true, clearEnvironment: false },
  ...{ base: true, packages: [], checksums: [], imageCache: "/cache", lockFiles: "/locks", noTmpfs: false },
  ...{ offline: false, installType: "source", arguments: [], environment: {}, workingDirectory: "/", store: "/store" },
  ...{ architecture: "amd64", refresh: false },
};

function pairs(planned: ReturnType<typeof planPackages>): Planned {
  const named = (found: readonly { readonly name: string; readonly element: string }[]) =>
    found.map(({ name, element }) => [name, element] as [string, string]);
  return withoutEmpty(
    Object.fromEntries(
      Object.entries(planned).map(([phase, { install, uninstall }]) => [
        phase,
        { install: named(install), uninstall: named(uninstall) },
      ]),
    ),
  );
}

function withoutEmpty(planned: Planned): Planned {
  return Object.fromEntries(
    Object.entries(planned).flatMap(([phase, kinds]) => {
      const { install = [], uninstall = [] } = kinds;
      return install.length + uninstall.length === 0 ? [] : [[phase, { install, uninstall }]];
    }),
  );
}

function canonical(planned: Planned): string {
  return JSON.stringify(Object.entries(planned).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function askUpstream(upstream: UpstreamInstallation, builds: readonly unknown[]): readonly (Planned | string)[] {
  const script = fileURLToPath(new URL("squash-packages.py", import.meta.url));
  const answer = execFileSync("/usr/bin/python3", [script], {
    input: JSON.stringify({ elements: upstream.elements, builds }),
    env: { ...process.env, PYTHONPATH: dirname(upstream.package), PYTHONDONTWRITEBYTECODE: "1" },
    maxBuffer: 256 << 20,
    encoding: "utf8",
  });
  return JSON.parse(answer) as readonly (Planned | string)[];
}
