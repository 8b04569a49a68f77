import { type CallSite, callSiteOf } from "./call-site.js";
import type { ElementSpec } from "./element-spec.js";
import type { CheckedSpec, SpecInput } from "./spec-rules.js";

/** An element that tests another one; it lies in `test-elements/<case>` and takes its name from there. */
export interface TestElement {
  readonly dibkit: "test-element";
  readonly spec: ElementSpec;
  readonly site: CallSite | undefined;
}

/** A test case: what to build beside the element under test. */
export function testElement<S extends SpecInput>(spec: CheckedSpec<S>): TestElement {
  return { dibkit: "test-element", spec: spec as unknown as ElementSpec, site: callSiteOf(testElement) };
}
