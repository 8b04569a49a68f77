import type { Catalog, Element, UpstreamInReach } from "@dibkit/model";
import type { CatalogFacts } from "./catalog-facts.js";
import type { Composition } from "./composition.js";
import type { Target } from "./configuration.js";
import type { ElementContext } from "./element-context.js";
import type { RepositoryVariables } from "./repository-variables.js";

/** What a rule about a composed build may look at. */
export interface BuildContext {
  readonly composition: Composition;
  readonly catalog: Catalog;
  /** What is worth knowing about all elements in reach. */
  readonly facts: CatalogFacts;
  /**
   * For an element looked at by itself: that element. Findings about others are reported where they are looked at, so
   * a rule need only speak of what this one is part of. Undefined for an image.
   */
  readonly focus: Element | undefined;
  readonly targets: readonly Target[];
  /** Variables that the configuration says are given from outside. */
  readonly variables: ReadonlySet<string>;
  /** The diskimage-builder in reach; undefined when none is. */
  readonly upstream: UpstreamInReach | undefined;
  /** What the repository around the elements says of variables. */
  readonly repository: RepositoryVariables;
  contextOf(element: Element): ElementContext;
  /** Text of a file outside of all elements; undefined when there is none, or the linter may not look. */
  readText(path: string): string | undefined;
}
