import { nearestName, PHASES } from "@dibkit/model";
import { defineRule } from "../rule.js";
import { quoted } from "../words.js";

const NAMES = PHASES.map((phase) => phase.name);

/** Names people write that are nearer to another phase, or to none, than to what they mean. */
const SHORT_FORMS: Readonly<Record<string, string>> = {
  "env.d": "environment.d",
  "environments.d": "environment.d",
  "finalize.d": "finalise.d",
  "pre-finalize.d": "pre-finalise.d",
};

export default defineRule({
  id: "phase-known",
  summary: "directories that look like a phase are one",
  why: "Scripts in a misspelt phase directory, such as finalize.d, are never run.",
  upstream: "Directories are merged by name; what is not a phase is copied along and ignored.",
  fix: "Rename the directory to the phase that was meant.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/finalize.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
    good: { "web/finalise.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n", "web/modprobe.d/web.conf": "x\n" },
  },
  *check({ element, views, textFiles, locationOf }) {
    for (const { name, files } of views.unknownPhases.value) {
      const nearest = SHORT_FORMS[name] ?? nearestName(name, [...NAMES, "environment.d"]);
      const scripts = files.filter((file) => file.kind === "file" && /^[^/]+\/\d\d-[^/]+$/.test(file.path));
      // Elements keep directories of data too: it must look like a phase, or be named almost like one.
      if (scripts.length === 0 && nearest === undefined) continue;
      const used = textFiles.some((file) => !file.path.startsWith(`${name}/`) && file.source.text.includes(name));
      if (used) continue;
      yield {
        ...(nearest === undefined ? { severity: "warning" as const } : {}),
        message: `"${name}" of element "${element.name}" is not a phase, so nothing in it is run; the phases are ${quoted(NAMES)}`,
        help: nearest === undefined ? "move the scripts to a phase" : `did you mean "${nearest}"?`,
        location: locationOf(files[0]?.path),
      };
    }
  },
});
