import { createHmac } from "node:crypto";
import { createRedactor, SHORTEST_SECRET, type TextFilter } from "@dibkit/exec";
import { type Element, looksLikeSecret, viewsOf } from "@dibkit/model";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";

/** Names of the variables whose values must not be seen. */
export type SecretNames = ReadonlySet<string>;

/** Values of secret variables, by name. */
export type SecretValues = Readonly<Record<string, string>>;

/**
 * Variables that an element declares as secret, that the user names, or whose names say it and whose values are no
 * path or switch.
 */
export function secretNames(
  elements: readonly Element[],
  named: readonly string[],
  environment: EnvironmentValues,
): SecretNames {
  const declared = elements.flatMap(
    (element) => viewsOf(element).readme.value?.variables.flatMap(({ name, secret }) => (secret ? [name] : [])) ?? [],
  );
  const speaking = Object.entries(environment).flatMap(([name, value]) => (looksLikeSecret(name, value) ? [name] : []));
  return new Set([...declared, ...named, ...speaking]);
}

/** The values that secret variables have in some environments. */
export function secretValues(names: SecretNames, environment: EnvironmentValues): SecretValues {
  const set = [...names].flatMap((name) => {
    const value = environment[name];
    return value === undefined || value.length < SHORTEST_SECRET ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}

/** Hides the secrets of an environment in output; undefined when it has none. */
export function secretFilter(names: SecretNames, ...environments: readonly EnvironmentValues[]) {
  const values = environments.flatMap((environment) => Object.values(secretValues(names, environment)));
  return values.length === 0 ? undefined : (): TextFilter => createRedactor(values);
}

/** No variable can hold it. */
const MARK = "\0";

const mark = (name: string) => `${MARK}${name}${MARK}`;

/** An environment to be written to disk: where a secret's value occurs, its name stands. */
export function sealEnvironment(environment: EnvironmentValues, secrets: SecretValues): EnvironmentValues {
  // The longest first, because one value may be part of another.
  const known = Object.entries(secrets).sort(([, a], [, b]) => b.length - a.length);
  const seal = (text: string) => known.reduce((sealed, [name, value]) => sealed.replaceAll(value, mark(name)), text);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, seal(value)]));
}

/** The environment again; a secret that is not known any more is empty. */
export function openEnvironment(sealed: EnvironmentValues, secrets: SecretValues): EnvironmentValues {
  const open = (text: string) =>
    text
      .split(MARK)
      .map((part, at) => (at % 2 === 1 ? (secrets[part] ?? "") : part))
      .join("");
  return Object.fromEntries(Object.entries(sealed).map(([name, value]) => [name, open(value)]));
}

/** How values are told apart in layer keys: those that hold a secret by a digest that needs the store's key. */
export function valueDigest(secrets: SecretValues, key: Buffer): (value: string) => string {
  const hidden = Object.values(secrets);
  // Every step has the same hundred values in its key.
  const known = new Map<string, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const digest = hidden.some((secret) => value.includes(secret))
      ? createHmac("sha256", key).update(value).digest("hex").slice(0, 40)
      : hashText(value);
    known.set(value, digest);
    return digest;
  };
}

/** An environment to be shown: secrets, and what holds one, are null. */
export function hideSecrets(
  environment: Readonly<Record<string, string | null>>,
  names: SecretNames,
  secrets: SecretValues,
): Readonly<Record<string, string | null>> {
  const hidden = Object.values(secrets);
  const shown = Object.entries(environment).map(([name, value]) => {
    const seen = names.has(name) || looksLikeSecret(name) || hidden.some((secret) => value?.includes(secret));
    return [name, seen ? null : value] as const;
  });
  return Object.fromEntries(shown);
}
