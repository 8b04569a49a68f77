import { upstreamInReach } from "@dibkit/model";
import { type LintRequest, type LintResult, lintElements } from "./lint-elements.js";

/**
 * Lints elements by themselves, each with what it depends on, and the images of the configuration. Which diskimage-builder
 * they are for is looked up on the disk, beside the elements of the catalog, unless the request says it.
 */
export function lint(request: LintRequest): Promise<LintResult> {
  const upstream = request.upstream ?? upstreamInReach(request.catalog.paths);
  return lintElements(upstream === undefined ? request : { ...request, upstream });
}
