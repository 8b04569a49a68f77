import { nearestName } from "@dibkit/model";
import { defineRule } from "../rule.js";
import { INIT_SYSTEMS } from "../variable-values.js";
import { quoted } from "../words.js";

export default defineRule({
  id: "init-script-system",
  summary: "directories of init-scripts are called after an init system",
  why: "What lies in init-scripts/system is never installed: only the directory that is called like DIB_INIT_SYSTEM is.",
  upstream: "dib-init-system copies init-scripts/$DIB_INIT_SYSTEM, and takes upstart, openrc, systemd and sysv only.",
  fix: "Rename the directory.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/init-scripts/system/web.service": "[Service]\nExecStart=/usr/bin/web\n" },
    good: { "web/init-scripts/systemd/web.service": "[Service]\nExecStart=/usr/bin/web\n" },
  },
  *check({ element, locationOf }) {
    const told = new Set<string>();
    for (const path of element.files.keys()) {
      const [top, init = "", below] = path.split("/");
      if (top !== "init-scripts" || init === "" || told.has(init) || INIT_SYSTEMS.includes(init)) continue;
      told.add(init);
      const meant = nearestName(init, INIT_SYSTEMS);
      yield {
        message:
          below === undefined
            ? `${path} lies in no directory of an init system, so it is never installed`
            : `"${init}" is not an init system, so init-scripts/${init} is never installed; the init systems are ${quoted(INIT_SYSTEMS)}`,
        help:
          below === undefined
            ? "move it to init-scripts/systemd"
            : meant === undefined
              ? "rename it"
              : `did you mean "${meant}"?`,
        location: locationOf(path),
      };
    }
  },
});
