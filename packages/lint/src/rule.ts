import type { Diagnostic, Severity, TextTree } from "@dibkit/model";
import type { BuildContext } from "./build-context.js";
import type { LintConfiguration } from "./configuration.js";
import type { ElementContext } from "./element-context.js";
import type { ImageFileContext } from "./image-file.js";

/** Elements of an example, as `elementsFromTexts` takes them; a key without a slash is an image file. */
export type ExampleTree = TextTree;

/** What a rule says about one place. The engine adds the code, the element and the severity. */
export interface Finding extends Omit<Diagnostic, "code" | "severity" | "element"> {
  /** Only when this finding weighs less than the rule's own severity. */
  readonly severity?: Severity;
  /** Only what dib-lint wants of this file too, though it harms no one: presets `upstream` and `all` report it. */
  readonly style?: true;
  /** Only when the finding is about another element than the one that is checked. */
  readonly element?: string;
}

/** What people read about a rule: its page, `dibkit explain`, the hover of the editor. */
export interface RuleTexts {
  /** Stable, `<artefact>-<expectation>`, also the file's name. */
  readonly id: string;
  /** What is expected, as one lower-case sentence without a full stop. */
  readonly summary: string;
  /** What goes wrong otherwise. */
  readonly why: string;
  /** What upstream's own programs do with it. */
  readonly upstream: string;
  /** How to repair it by hand. */
  readonly fix: string;
  readonly severity: Severity;
  /** Version of dibkit that has had the rule first. */
  readonly since: string;
  /** A matter of style that only presets `upstream` and `all` turn on. */
  readonly style?: true;
  /** Says that no element does something, which nobody knows while upstream's elements are not there. */
  readonly needsUpstream?: true;
  /** Only for a rule of a plugin, and set by dibkit: the package or file that it came from. */
  readonly from?: string;
  /** Names of `dib-lint`'s checks that say the same; its pragmas then silence this rule too. */
  readonly dibLint?: readonly string[];
  readonly examples: {
    readonly bad: ExampleTree;
    readonly good: ExampleTree;
    /** Elements of a later directory of ELEMENTS_PATH. */
    readonly later?: ExampleTree;
    /** Elements of the image that the example is about; without it each element is looked at by itself. */
    readonly image?: readonly string[];
    /** What the configuration says in the example. */
    readonly configuration?: LintConfiguration;
  };
}

/** A rule about one element and its files. */
export interface ElementRule extends RuleTexts {
  readonly kind: "element";
  check(context: ElementContext): Iterable<Finding>;
}

/** A rule about the elements that one build is composed of. */
export interface GraphRule extends RuleTexts {
  readonly kind: "graph";
  check(context: BuildContext): Iterable<Finding>;
}

/** A rule about the YAML of upstream's `diskimage-builder` command. */
export interface ImageFileRule extends RuleTexts {
  readonly kind: "image-file";
  check(file: ImageFileContext): Iterable<Finding>;
}

export type Rule = ElementRule | GraphRule | ImageFileRule;

/** Declares a rule about one element: pure, no state, no input or output. */
export function defineRule(rule: Omit<ElementRule, "kind">): ElementRule {
  return { ...rule, kind: "element" };
}

/** Declares a rule about a composed build: pure, no state, no input or output. */
export function defineGraphRule(rule: Omit<GraphRule, "kind">): GraphRule {
  return { ...rule, kind: "graph" };
}

/** Declares a rule about an image file: pure, no state, no input or output. */
export function defineImageFileRule(rule: Omit<ImageFileRule, "kind">): ImageFileRule {
  return { ...rule, kind: "image-file" };
}
