import { HOOK_SCRIPT_NAME } from "@dibkit/model";
import { modeChange } from "../edits.js";
import { defineRule } from "../rule.js";
import { scriptFile } from "../script-file.js";

export default defineRule({
  id: "script-executable",
  summary: "scripts are executable",
  why: "A hook script without the executable bit is skipped without a word, and the image lacks what it does.",
  upstream: "dib-run-parts runs executable files only, and names the others only when DIB_DEBUG_TRACE is above 0.",
  fix: "chmod +x the file; `git update-index --chmod=+x` where the file system keeps no modes.",
  severity: "error",
  since: "0.1.0",
  dibLint: ["executable"],
  examples: {
    bad: { "web/install.d/50-web": { content: "#!/bin/bash\nset -eu\nset -o pipefail\n", mode: 0o644 } },
    good: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n",
      "web/install.d/web.service": "[Unit]\n",
    },
  },
  *check({ element, views, textFiles, phaseData }) {
    for (const hook of views.scripts.value) {
      if (hook.executable || !HOOK_SCRIPT_NAME.test(hook.name) || phaseData.has(hook.path)) continue;
      const { shebang } = scriptFile(element, hook.path, hook.file);
      // Without either sign no one can tell what the file is for.
      if (shebang === undefined && !/^\d\d-/.test(hook.name)) continue;
      yield {
        message: `hook script ${hook.path} is not executable, so it is never run`,
        help: "make it executable, or move it out of the phase when it is not meant to run",
        location: hook.location,
        ...modeChange(`chmod +x ${hook.path}, which makes the build run it`, hook.file, true),
      };
    }
    for (const file of textFiles) {
      const isHook = file.phase !== undefined && file.path.split("/").length === 2 && HOOK_SCRIPT_NAME.test(file.name);
      if (
        (isHook && !phaseData.has(file.path)) ||
        file.shebang === undefined ||
        file.executable ||
        /\.(py|rst|yaml)$/.test(file.name)
      )
        continue;
      if (file.path.startsWith("environment.d/")) continue;
      yield {
        // Who runs such a file may set the bit first, or run it by its program: nothing is lost yet.
        style: true,
        severity: "warning",
        message: `${file.path} begins with "${file.shebang}" but is not executable`,
        help: "make it executable, or remove the first line when it is only sourced",
        location: file.at({ start: 0, end: file.shebang.length }),
      };
    }
  },
});
