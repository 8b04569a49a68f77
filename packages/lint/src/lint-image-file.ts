import type { Diagnostic, SourceText } from "@dibkit/model";
import type { ImageConfiguration } from "./configuration.js";
import { type BrokenRules, guarded } from "./guard-rule.js";
import { imageFileContext, imagesOf } from "./image-file.js";
import type { Rule } from "./rule.js";
import { rules as allRules } from "./rules/index.js";

/** What is wrong with an image file by itself, and its images, to be linted with the elements they are made of. */
export interface LintedImageFile {
  readonly diagnostics: readonly Diagnostic[];
  readonly images: readonly ImageConfiguration[];
}

/** Looks at the YAML of upstream's `diskimage-builder` command. */
export function lintImageFile(source: SourceText, rules: readonly Rule[] = allRules): LintedImageFile {
  const context = imageFileContext(source);
  const diagnostics: Diagnostic[] = [];
  const broken: BrokenRules = new Map();
  for (const rule of rules) {
    if (rule.kind !== "image-file") continue;
    for (const finding of guarded(rule, `image file "${source.path}"`, () => rule.check(context), broken)) {
      diagnostics.push({ severity: rule.severity, ...finding, code: rule.id });
    }
  }
  return { diagnostics: [...diagnostics, ...broken.values()], images: imagesOf(context) };
}
