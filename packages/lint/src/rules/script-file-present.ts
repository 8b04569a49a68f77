import { directoryOf, joinPaths, lastNameOf, nearestName, normalPath, viewsOf } from "@dibkit/model";
import { type FileReference, fileReferences } from "@dibkit/shell";
import { type HooksDirectory, hooksDirectory } from "../hooks-directory.js";
import { defineGraphRule, type Finding } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

export default defineGraphRule({
  id: "script-file-present",
  summary: "files beside a script are there",
  why: "A script that copies `$(dirname $0)/web.conf` or `/tmp/in_target.d/files/web.conf` ends the build when no element has the file; one that only asks for it silently does nothing.",
  upstream:
    "The directories of all elements are merged into the hooks directory, which is /tmp/in_target.d inside the image; host phases may add files to it.",
  fix: "Correct the name, add the file to the element, or write it to $TMP_HOOKS_PATH in extra-data.d.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ncp $(dirname $0)/web.conf /etc/\n",
      "web/install.d/web.cnf": "root /srv\n",
    },
    good: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ncp $(dirname $0)/web.conf /etc/\n",
      "web/install.d/web.conf": "root /srv\n",
    },
  },
  *check(context) {
    const { focus, contextOf, catalog } = context;
    if (focus === undefined) return;
    let hooks: HooksDirectory | undefined;
    for (const file of contextOf(focus).hookScripts) {
      if (file.phase === undefined || !isRun(file)) continue;
      const told = new Set<string>();
      for (const reference of fileReferences(file.source)) {
        if (reference.use === "write" || reference.use === "guarded") continue;
        // Inside the image the hooks directory can only be read.
        if (reference.use === "other" && file.phase.side === "host") continue;
        // A path of the host in the image is the finding of another rule, whatever the elements have.
        if (file.phase.side === "target" && isHostPath(reference, file)) continue;
        hooks ??= hooksDirectory(context);
        const paths = pathsOf(reference, file);
        const [path] = paths;
        if (path === undefined || told.has(path) || path.split("/").some((part) => part === "..")) continue;
        if (paths.some((one) => hooks?.has(one))) continue;
        // What the script itself made before is there.
        const made = fileReferences(file.source).some(
          (other) =>
            other.use === "write" &&
            other.start < reference.start &&
            pathsOf(other, file).some((one) => paths.includes(one) || path.startsWith(`${one}/`)),
        );
        if (made) continue;
        const finding = missing(path, reference, hooks, file);
        if (finding === undefined) continue;
        const owner = [...catalog.elements.values()].find(
          (element) => element !== focus && paths.some((one) => element.files.has(one)),
        );
        // Programs have a rule of their own; another file of an element that every system brings is there.
        if (owner !== undefined && (path.startsWith("bin/") || viewsOf(owner).provides.value.length > 0)) continue;
        told.add(path);
        yield owner === undefined
          ? finding
          : { ...finding, severity: "warning" as const, help: `depend on "${owner.name}", which has it` };
      }
    }
  },
});

function isHostPath({ start, end }: FileReference, { source }: ScriptFile): boolean {
  return source.text.slice(start, end).includes("TMP_HOOKS_PATH");
}

/** Whether dib-run-parts runs the script; what it does not run, another script may copy anywhere. */
function isRun(file: ScriptFile): boolean {
  return file.executable || file.path.split("/").length > 2;
}

/** Paths in the hooks directory that a reference may mean; a script of an install type is run by a link to it. */
function pathsOf({ base, path }: FileReference, file: ScriptFile): readonly string[] {
  if (base === "hooks") return [normalPath(path)];
  const phase = file.path.split("/")[0] as string;
  return [...new Set([joinPaths(phase, path), joinPaths(directoryOf(file.path), path)])].filter(
    (one) => !one.startsWith("../"),
  );
}

function missing(path: string, reference: FileReference, hooks: HooksDirectory, file: ScriptFile): Finding | undefined {
  const name = lastNameOf(path);
  const meant = nearestName(name, hooks.besides(path));
  // A question may be about what another element brings, unless there is a file of nearly that name.
  if (reference.use === "test" && (meant === undefined || !resembles(name, meant))) return undefined;
  if (hooks.mayBeWritten(path, file.source)) return undefined;
  const what = reference.use === "test" ? "so the answer is always no" : "so the script ends here";
  return {
    message: `no element of the build has ${path}, nor does a script write it, ${what}`,
    help:
      meant === undefined ? "add the file, or write it to $TMP_HOOKS_PATH in extra-data.d" : `did you mean "${meant}"?`,
    location: file.at(reference),
  };
}

/** Half of the longer name at least, from one of its ends. */
function resembles(name: string, other: string): boolean {
  const shared = (left: string, right: string) => {
    let count = 0;
    while (count < left.length && left[count] === right[count]) count += 1;
    return count;
  };
  const reversed = (text: string) => [...text].reverse().join("");
  const most = Math.max(shared(name, other), shared(reversed(name), reversed(other)));
  return most * 2 >= Math.max(name.length, other.length);
}
