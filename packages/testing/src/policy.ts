import type { Image } from "./image.js";
import { UnknownFact } from "./image-mismatch.js";

/** What an image is found to have against a rule. */
export interface Finding {
  /** One sentence that names the file or the value. */
  readonly message: string;
  /** What to do, beginning with a verb. */
  readonly remedy: string;
}

/** A finding, and the rule that it is against. */
export interface Breach extends Finding {
  /** Kebab-case name of the check. */
  readonly check: string;
  /** What comes of it when it stays. */
  readonly why?: string;
}

/** One rule with a name, which a project can leave out by it. */
export interface Check {
  /** Kebab-case. */
  readonly name: string;
  /** What comes of an image that does not keep it. */
  readonly why: string;
  /** No finding means that the image keeps the rule. */
  readonly find: (image: Image) => Promise<readonly Finding[]> | readonly Finding[];
}

/** Looks at an image and reports each breach. */
export type PolicyBody = (image: Image, report: (breach: Breach) => void) => Promise<void> | void;

/** Rules for images, to be shared between projects. */
export interface Policy {
  /** What messages call it. */
  readonly name: string;
  /** Names of the checks; those that functions report are not known before. */
  readonly checks: readonly string[];
  /** All breaches of an image, in the order of the rules. */
  readonly breaches: (image: Image) => Promise<readonly Breach[]>;
  /** The same policy without these checks. Throws a `RangeError` for a name that no check of it has. */
  readonly except: (...checks: readonly string[]) => Policy;
}

/**
 * A policy of functions, checks and other policies. What an image cannot tell counts as a breach of the check that asks
 * for it.
 */
export function policy(name: string, ...rules: readonly (PolicyBody | Check | Policy)[]): Policy {
  return policyWithout(name, rules, []);
}

function policyWithout(name: string, rules: readonly (PolicyBody | Check | Policy)[], left: readonly string[]): Policy {
  const namesOf = (rule: PolicyBody | Check | Policy) =>
    typeof rule === "function" ? [] : "find" in rule ? [rule.name] : rule.checks;
  const all = rules.flatMap(namesOf);
  return {
    name,
    checks: all.filter((one) => !left.includes(one)),
    breaches: async (image) => {
      const breaches: Breach[] = [];
      for (const rule of rules) {
        if (typeof rule === "function") await rule(image, (breach) => void breaches.push(breach));
        else if ("breaches" in rule) breaches.push(...(await rule.breaches(image)));
        else if (!left.includes(rule.name)) breaches.push(...(await breachesOf(rule, image)));
      }
      return breaches.filter(({ check }) => !left.includes(check));
    },
    except: (...more) => {
      const unknown = more.find((one) => !all.includes(one));
      // What functions report has names that nobody knows before.
      if (unknown !== undefined && !rules.some((rule) => typeof rule === "function"))
        throw new RangeError(`policy "${name}" has no check "${unknown}"; it has ${all.join(", ")}`);
      return policyWithout(name, rules, [...left, ...more]);
    },
  };
}

async function breachesOf({ name: check, why, find }: Check, image: Image): Promise<readonly Breach[]> {
  try {
    return (await find(image)).map((finding) => ({ check, why, ...finding }));
  } catch (error) {
    if (!(error instanceof UnknownFact)) throw error;
    const [message = "", remedy = ""] = error.message.split("\nremedy: ");
    return [{ check, why, message, remedy }];
  }
}
