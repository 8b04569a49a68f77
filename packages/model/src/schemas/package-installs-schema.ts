import { type PackagePhaseName, PHASES } from "../phases.js";
import { either, flag, listOf, mapOf, nothing, number, object, oneOf, type TypeOf, text } from "./shape.js";

const phases = PHASES.filter((phase) => phase.installsPackages).map((phase) => phase.name as PackagePhaseName);

/** The statement that upstream's package-installs understands; what it does not match aborts the build. */
const when = text({ pattern: "^\\w+\\s*!?=", examples: ["VARIABLE = value", "VARIABLE != value"] });

const fields = object(
  {},
  {
    phase: oneOf(phases, { description: "Phase in which the package is installed (default `install.d`)" }),
    uninstall: flag({ description: "Remove the package instead. Upstream removes it even when the value is false" }),
    "build-only": flag({
      description: "Install the package and remove it at the end. Upstream does so even when false",
    }),
    installtype: text({ minLength: 1, description: "Only when the element's install type is this, such as `source`" }),
    arch: text({ minLength: 1, description: "Only on these architectures: a comma-separated list without spaces" }),
    "not-arch": text({
      minLength: 1,
      description: "Not on these architectures: a comma-separated list without spaces",
    }),
    dib_python_version: either([number(), text()], { description: "Only when DIB_PYTHON_VERSION is this: 2 or 3" }),
    when: either([when, listOf(when)], {
      description: "Only when `VARIABLE = value` or `VARIABLE != value` holds; a list must hold as a whole",
    }),
  },
  { not: { type: "object", required: ["arch", "not-arch"] } },
);

/** `package-installs.yaml` and `package-installs.json`: package names with how each is installed. */
export const packageInstallsSchema = mapOf(
  either([nothing(), fields, listOf(fields)], {
    description: "How the package is installed; a list gives alternatives, each with conditions of its own",
  }),
  {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "package-installs of a diskimage-builder element",
    description: "Packages to install and remove, by name; the names go through the element's pkg-map",
  },
);

export type PackageInstallsDocument = TypeOf<typeof packageInstallsSchema>;
export type PackageFields = TypeOf<typeof fields>;
