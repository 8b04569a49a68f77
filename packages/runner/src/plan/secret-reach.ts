import type { LayerKey } from "../layers/layer-key.js";
import type { ScriptStep } from "./script-step.js";
import { type SecretNames, type SecretValues, secretValues } from "./secrets.js";

/**
 * Whether a script could see the value of a secret. What a script can be influenced by is in its key; where the author
 * has declared what it reads, every secret in its environment counts, because a declaration is no barrier.
 */
export function couldSeeSecret(
  step: Pick<ScriptStep, "environment" | "declared">,
  { ingredients }: LayerKey,
  known: { readonly secretNames: SecretNames; readonly secrets: SecretValues },
): boolean {
  const own = secretValues(known.secretNames, step.environment);
  const hidden = [...Object.values(known.secrets), ...Object.values(own)];
  return Object.entries(step.environment).some(([name, value]) => {
    const isSecret = (known.secretNames.has(name) && value !== "") || hidden.some((secret) => value.includes(secret));
    return isSecret && (step.declared !== undefined || `variable ${name}` in ingredients);
  });
}
