import type { Diagnostic } from "@dibkit/model";

/** Variables of upstream's builder that mean nothing here, and what there is instead. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  RUN_PARTS_REGEX: "name hook scripts as upstream does by default, by letters, digits, - and _",
  DIB_PYTHON_LOGGING_CONFIG_FILE: "use --logfile, or -v, for everything that is printed",
  DUMP_CONFIG_GRAPH: 'see what "dibkit plan" says of the disk',
  TMP_DIR: "give --cache-dir, or DIBKIT_CACHE: builds happen in the layer store",
};

/** Warnings for variables that somebody set in the hope of an effect. */
export function checkVariables(environment: Readonly<Record<string, string>>): readonly Diagnostic[] {
  return Object.entries(WITHOUT_EFFECT).flatMap(([name, help]) =>
    (environment[name] ?? "") === ""
      ? []
      : [{ code: "variable-without-effect", severity: "warning", message: `"${name}" has no effect here`, help }],
  );
}
