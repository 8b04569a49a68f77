/** A `when` of package-installs: whether a variable has, or has not, a value. */
export interface WhenCondition {
  readonly variable: string;
  readonly operator: "=" | "!=";
  /** Everything after the operator and the blanks that follow it, trailing blanks included, as upstream compares it. */
  readonly value: string;
}

const CONDITION = /^([\p{L}\p{N}_]+)\s*(!?=)\s*([^\n]*)/u;

/** Reads a statement the way upstream does; undefined when upstream calls it malformed and ends the build. */
export function parseWhen(statement: string): WhenCondition | undefined {
  const [, variable, operator, value] = CONDITION.exec(statement) ?? [];
  if (variable === undefined || value === undefined) return undefined;
  return { variable, operator: operator === "=" ? "=" : "!=", value };
}

/** Whether a condition holds; undefined when the variable is unset, which ends a build of upstream's. */
export function evaluateWhen(
  condition: WhenCondition,
  env: Readonly<Record<string, string | undefined>>,
): boolean | undefined {
  const actual = env[condition.variable];
  if (actual === undefined) return undefined;
  return (actual === condition.value) === (condition.operator === "=");
}
