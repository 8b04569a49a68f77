import { isExecutable, nearestName, regularFileAt } from "@dibkit/model";
import { defineRule } from "../rule.js";
import { unitsOf } from "../unit-file.js";

const RUNS = /^Exec(Start|StartPre|StartPost|Reload|Stop|StopPost|Condition)$/;
/** Places that are gone when the image boots. */
const GONE = /^(\/tmp\/in_target\.d(\/|$)|\$\{?TMP_HOOKS_PATH|\$\{?TARGET_ROOT|\$\{?TMP_MOUNT_PATH)/;

export default defineRule({
  id: "unit-program",
  summary: "systemd units start programs that are in the image",
  why: "The hooks directory exists only while the image is built, and a program that is missing or not executable cannot be started: the unit fails at every boot.",
  upstream: "Nothing looks at units before the first boot.",
  fix: "Give the path that the program has in the image, and make it executable.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/static/etc/systemd/system/web.service":
        "[Service]\nExecStart=/tmp/in_target.d/bin/web\n\n[Install]\nWantedBy=multi-user.target\n",
    },
    good: {
      "web/static/etc/systemd/system/web.service":
        "[Service]\nExecStart=/usr/local/bin/web\n\n[Install]\nWantedBy=multi-user.target\n",
    },
  },
  *check(context) {
    const { element, textFiles } = context;
    const inImage = [...element.files.keys()].flatMap((path) =>
      path.startsWith("static/")
        ? [path.slice("static".length)]
        : path.startsWith("bin/")
          ? [`/usr/local/${path}`]
          : [],
    );
    for (const unit of unitsOf(context)) {
      for (const { key, value, location } of unit.sections.flatMap(({ entries }) => entries)) {
        if (!RUNS.test(key) || value === "") continue;
        const optional = /^[@:+!]*-/.test(value);
        const program = value
          .replace(/^[-@:+!]+/, "")
          .replace(/^"([^"]*)".*$/, "$1")
          .split(/\s/, 1)[0] as string;
        const found = GONE.test(program)
          ? {
              message: `"${program}" exists only while the image is built`,
              help: "give the path that it has in the image",
            }
          : unrunnable(program);
        if (found === undefined || (optional && !GONE.test(program))) continue;
        yield { ...found, location };
      }
    }

    function unrunnable(program: string): { readonly message: string; readonly help: string } | undefined {
      if (!program.startsWith("/") || /[%$]/.test(program)) return undefined;
      const path = inImage.includes(program) ? pathOf(program) : undefined;
      const file = path === undefined ? undefined : regularFileAt(element, path);
      if (file !== undefined) {
        const changed = textFiles.some(({ source }) => source.text.includes("chmod") && source.text.includes(program));
        if (isExecutable(file) || changed) return undefined;
        return {
          message: `"${program}" is ${path} of this element, which is not executable`,
          help: `make ${path} executable`,
        };
      }
      if (path !== undefined) return undefined;
      const directory = program.slice(0, program.lastIndexOf("/"));
      const siblings = inImage.filter((one) => one.slice(0, one.lastIndexOf("/")) === directory);
      const name = program.slice(directory.length + 1);
      // What a package or a script brings is named somewhere, or lies in a directory that is not this element's.
      const scripts = textFiles.filter((file) => !file.name.endsWith(".service") && file.source.text.includes(name));
      const names = siblings.map((one) => one.slice(directory.length + 1));
      const meant = nearestName(name, names);
      if (meant === undefined || scripts.length > 0) return undefined;
      return {
        message: `"${program}" is not in static/ of this element, nor does a script bring it`,
        help: `did you mean "${directory}/${meant}"?`,
      };
    }

    function pathOf(program: string): string {
      return element.files.has(`static${program}`) ? `static${program}` : program.slice("/usr/local/".length);
    }
  },
});
