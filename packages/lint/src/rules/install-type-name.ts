import { nearestName } from "@dibkit/model";
import { defineRule } from "../rule.js";

const USUAL = ["source", "package"];

export default defineRule({
  id: "install-type-name",
  summary: "directories of install types are called NAME-source-install or NAME-package-install",
  why: "Scripts in a directory such as install.d/web-src-install are never run: no install type is called `src`.",
  upstream:
    "install-types links what is in NAME-$DIB_DEFAULT_INSTALLTYPE-install (source or package), or in the directory that DIB_INSTALLTYPE_NAME asks for.",
  fix: "Rename the directory, or export DIB_INSTALLTYPE_NAME with the type in environment.d.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/web-src-install/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
    good: { "web/install.d/web-source-install/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ element, textFiles, locationOf }) {
    const told = new Set<string>();
    const texts = [...textFiles].filter(({ path }) => !path.startsWith("install.d/"));
    for (const path of element.files.keys()) {
      const [, directory, name] = /^install\.d\/(([^/]+)-install)\/[^/]+$/.exec(path) ?? [];
      if (directory === undefined || name === undefined || told.has(directory)) continue;
      told.add(directory);
      const type = name.slice(name.lastIndexOf("-") + 1);
      if (name.includes("-") && USUAL.includes(type)) continue;
      // A type of one's own is chosen by a variable that something sets or documents; a script may call the files itself.
      const variable = `DIB_INSTALLTYPE_${name.slice(0, name.lastIndexOf("-")).replaceAll("-", "_")}`;
      const used = texts.some(({ source }) => source.text.includes(variable) || source.text.includes(directory));
      if (used || textFiles.some(({ source }) => source.text.includes(directory))) continue;
      const meant = type === "src" ? "source" : type === "pkg" ? "package" : nearestName(type, USUAL);
      const prefix = name.includes("-") ? name.slice(0, name.lastIndexOf("-")) : name;
      yield {
        ...(meant === undefined && name.includes("-") && { severity: "warning" as const }),
        message: name.includes("-")
          ? `no install type is called "${type}", so what is in install.d/${directory} is never run`
          : `install.d/${directory} names no install type, so what is in it is never run`,
        help:
          meant !== undefined
            ? `rename it to "${prefix}-${meant}-install"`
            : name.includes("-")
              ? `use "source" or "package", or export ${variable}=${type}`
              : `rename it to "${prefix}-source-install" or "${prefix}-package-install"`,
        location: locationOf(path),
      };
    }
  },
});
