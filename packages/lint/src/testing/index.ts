/** Tests of lint rules by their examples. Works in every test runner. */
export { exampleCatalog, exampleElements, exampleImageFiles } from "./example-elements.js";
export { type ExampleOptions, exampleProblems, lintExample } from "./example-problems.js";
