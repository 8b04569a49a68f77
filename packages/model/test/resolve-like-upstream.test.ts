import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCatalog, type ResolveOptions, resolve, withDefaults } from "@dibkit/model";
import { expect, it } from "vitest";
import { randomSource } from "./random-source.js";
import { describeUpstream, type upstream } from "./upstream.js";

// Upstream and whole catalogs take their time on a busy machine.

type Answer = readonly string[] | string;

/** What upstream's exceptions are called here. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  MissingElementException: ["missing-element", "requested-but-provided"],
  AlreadyProvidedException: ["already-provided", "requested-but-provided"],
  MissingOSException: ["no-operating-system"],
};

function askUpstream(installation: NonNullable<typeof upstream>, requests: readonly (readonly string[])[]) {
  const script = fileURLToPath(new URL("expand-elements.py", import.meta.url));
  const answer = execFileSync("python3", [script], {
    input: JSON.stringify({ path: installation.elements, requests }),
    env: { ...process.env, PYTHONPATH: dirname(installation.package), PYTHONHASHSEED: "0" },
    maxBuffer: 64 << 20,
    encoding: "utf8",
  });
  return JSON.parse(answer) as readonly Answer[];
}

function randomSets(names: readonly string[], count: number): readonly (readonly string[])[] {
  const random = randomSource(20_260_819);
  const pick = () => names[Math.floor(random() * names.length)] as string;
  return Array.from({ length: count }, () => {
    const set = new Set<string>();
    const size = 2 + Math.floor(random() * 5);
    while (set.size < size) set.add(pick());
    return [...set];
  });
}

describeUpstream("resolve agrees with upstream", (installation) => {
  const catalog = loadCatalog([installation.elements]);
  const names = [...catalog.elements.keys()];
  const systems = ["debian-minimal", "ubuntu", "fedora-minimal", "centos"];
  const requests = [
    ...names.map((name) => [name]),
    ...names.map((name) => [name, "debian-minimal"]),
    // Random sets seldom have exactly one operating system, so half of them are given one.
    ...randomSets(names, 500),
    ...randomSets(names, 500).map((set, at) => [...set.slice(1), systems[at % systems.length] as string]),
    ["ubuntu", "ubuntu"],
    ["vm", "vm", "ubuntu"],
    ["no-such-element", "ubuntu"],
  ];
  const options: readonly (ResolveOptions & { readonly label: string })[] = [
    { label: "as requested", arch: "amd64", base: false },
    { label: "with base", arch: "arm64", base: true },
    { label: "as a ramdisk", arch: "amd64", base: true, ramdiskElement: "ramdisk" },
  ];

  it.each(options)("for every element and a thousand sets, $label", (option) => {
    const answers = askUpstream(
      installation,
      requests.map((request) => withDefaults(request, option)),
    );
    const differences = requests.flatMap((request, at) => {
      const ours = resolve(catalog, request, option);
      const theirs = answers[at] as Answer;
      const agree = ours.ok
        ? JSON.stringify(ours.value.elements.map(({ element }) => element.name).sort()) === JSON.stringify(theirs)
        : typeof theirs === "string" && ours.error.some(({ kind }) => KINDS[theirs]?.includes(kind));
      return agree
        ? []
        : [
            {
              request,
              theirs,
              ours: ours.ok ? ours.value.elements.map((e) => e.element.name) : ours.error.map((e) => e.kind),
            },
          ];
    });
    expect(differences).toEqual([]);
    expect(answers.filter((answer) => typeof answer !== "string").length).toBeGreaterThan(200);
    expect(answers.filter((answer) => typeof answer === "string").length).toBeGreaterThan(200);
  });
});
