import type { PhaseName } from "../phases.js";
import type { BashFragment } from "./bash.js";

/** How a variable gets its value: always this one, this one unless the user sets it, or from the user only. */
export type VariableKind = "fixed" | "default" | "required";

/** An environment variable of an element. */
export interface VariableDeclaration {
  readonly dibkit: "environment";
  readonly kind: VariableKind;
  /** The value or default; undefined for a required variable, and where only the code knows it. */
  readonly value: string | BashFragment | undefined;
  readonly summary: string;
  /** A secret's value is never traced, and never written into an element. */
  readonly secret: boolean;
  /** Phases whose scripts read it, when known. */
  readonly phases: readonly PhaseName[] | undefined;
  /** File of `environment.d` that sets it; `50-<element>` unless stated. */
  readonly file: string | undefined;
}

/** A variable that an element always sets, to a value only its code knows. */
export interface ComputedVariable {
  readonly dibkit: "environment";
  readonly kind: "computed";
  readonly value: undefined;
  readonly summary: string;
  readonly secret: false;
  readonly phases: undefined;
  readonly file: undefined;
}

/** Where a variable is set and read. */
export interface VariableOptions {
  /** Phases whose scripts read it, for the README: `["install.d"]`. */
  readonly phases?: readonly PhaseName[];
  /** File of `environment.d`, `50-<element>` unless stated; files are sourced in order, and the first default wins. `"05-acme"` */
  readonly file?: string;
}

/** Where a secret is set and read, and whether it must be given. */
export interface SecretOptions extends VariableOptions {
  /** Whether the build stops when it is not set; without it the variable is empty. `false` unless stated. */
  readonly required?: boolean;
}

type Value = string | number | BashFragment;

/** A variable the user may set, and its value when they do not: `envDefault(80, "the port to listen on")`. */
export function envDefault(value: Value, summary = "", options: VariableOptions = {}): VariableDeclaration {
  return declare("default", value, summary, false, options);
}

/** A variable with one value, whatever the user sets: `envFixed("dnf")`. */
export function envFixed(value: Value, summary = "", options: VariableOptions = {}): VariableDeclaration {
  return declare("fixed", value, summary, false, options);
}

/** A variable the user must set: without it the build stops at once and says so. `envRequired("where to report to")` */
export function envRequired(summary: string, options: VariableOptions = {}): VariableDeclaration {
  return declare("required", undefined, summary, false, options);
}

/** A variable whose value must not be seen, in no trace, log or key of a layer: `envSecret("the token of the registry")`. */
export function envSecret(summary: string, options: SecretOptions = {}): VariableDeclaration {
  return declare(options.required ? "required" : "default", options.required ? undefined : "", summary, true, options);
}

/** For `elementRef`: a variable the element always sets, to a value only its code knows. */
export function envComputed(summary = ""): ComputedVariable {
  return {
    dibkit: "environment",
    kind: "computed",
    value: undefined,
    summary,
    secret: false,
    phases: undefined,
    file: undefined,
  };
}

function declare(
  kind: VariableKind,
  value: Value | undefined,
  summary: string,
  secret: boolean,
  options: VariableOptions,
): VariableDeclaration {
  return {
    dibkit: "environment",
    kind,
    value: typeof value === "number" ? String(value) : value,
    summary,
    secret,
    phases: options.phases,
    file: options.file,
  };
}
