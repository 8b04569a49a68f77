import type { Diagnostic, ElementViews, View } from "@dibkit/model";
import { defineRule, type ElementRule } from "./rule.js";

type ViewName = { [K in keyof ElementViews]: ElementViews[K] extends View<unknown> ? K : never }[keyof ElementViews];

/** A rule that passes on what the parser of a control file complains about. */
export function viewRule(view: ViewName, texts: Omit<ElementRule, "kind" | "check">): ElementRule {
  return defineRule({
    ...texts,
    *check({ views }) {
      for (const { code: _parser, severity, ...finding } of (views[view] as View<unknown>).diagnostics) {
        yield { ...finding, severity: severityOf(_parser, severity) };
      }
    },
  });
}

/** Of two equal keys Python takes the last one, so the build goes on, with half of what was written. */
function severityOf(code: string, severity: Diagnostic["severity"]): Diagnostic["severity"] {
  return code.endsWith("/duplicate-key") ? "warning" : severity;
}
