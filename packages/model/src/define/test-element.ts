import { callSiteOf } from "./call-site.js";
import type { ElementSpec, TestElement } from "./element-spec.js";
import type { SpecDocumentation } from "./spec-documentation.js";
import type { CheckedSpec, SpecInput } from "./spec-rules.js";

/** A test case: what to build beside the element under test. */
export function testElement<S extends SpecInput>(spec: CheckedSpec<S> & SpecDocumentation<NoInfer<S>>): TestElement {
  return { dibkit: "test-element", spec: spec as unknown as ElementSpec, site: callSiteOf(testElement) };
}
