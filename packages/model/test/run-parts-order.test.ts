import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { loadElement, viewsOf } from "@dibkit/model";
import { expect, it } from "vitest";
import { describeUpstream } from "./upstream.js";

const SCRIPTS = ["10-b", "10-a", "9-z", "100-c", "abc", "ABC", "_x", "-5-x", "007-x", "50-x.sh", "60 x", "99-é", "5x5"];
const ENVIRONMENT = ["10-b", "9-a", "10-a.bash", "100", "a", "Z", "10-c~", "5.5-x", "1 x"];

describeUpstream("scripts and environment come in upstream's order", (installation) => {
  it("as dib-run-parts runs and sources them", () => {
    const root = mkdtempSync(join(tmpdir(), "dibkit-run-parts-"));
    try {
      mkdirSync(join(root, "install.d"));
      mkdirSync(join(root, "environment.d"));
      for (const name of SCRIPTS) writeFileSync(join(root, "install.d", name), "#!/bin/sh\n", { mode: 0o755 });
      writeFileSync(join(root, "install.d/20-data"), "", { mode: 0o644 });
      for (const name of ENVIRONMENT) writeFileSync(join(root, "environment.d", name), "");
      const { stderr } = spawnSync(join(installation.lib, "dib-run-parts"), [join(root, "install.d")], {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C" },
      });
      const named = (pattern: RegExp) => [...stderr.matchAll(pattern)].map(([, path = ""]) => basename(path));
      const loaded = loadElement(root);
      if (!loaded.ok) throw new Error(loaded.error.diagnostic.message);
      const { scripts, environment } = viewsOf(loaded.value);
      const ours = scripts.value.filter(({ runs }) => runs).map(({ name }) => name);
      expect(ours).toEqual(named(/ Running (.*)/g));
      const sourced = environment.value.filter((file) => file.sourced).map(({ name }) => name);
      expect(sourced).toEqual(named(/ Sourcing environment file (.*)/g));
      expect([ours.length, sourced.length]).toEqual([10, 7]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
