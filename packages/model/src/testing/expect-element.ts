import { AssertionError } from "node:assert";
import { type ElementDefinition, isElementDefinition } from "../define/define-element.js";
import { elementOf } from "../define/element-of.js";
import { type Element, isExecutable, textOf } from "../element.js";

/** What a file must be: this text, text that matches, or no file at all. */
export type ExpectedFile =
  | string
  | RegExp
  | null
  | { readonly content?: string | RegExp; readonly executable?: boolean; readonly symlink?: string };

/** Assertions about the files that an element is. */
export interface ElementExpectation {
  /** Checks the files that are named; others may exist. Throws an AssertionError that names the first that differs. */
  readonly toCompileTo: (files: Readonly<Record<string, ExpectedFile>>) => void;
  /** Checks that these and no other files exist. */
  readonly toHaveFiles: (...paths: readonly string[]) => void;
}

/** Assertions about what an element is as files. Works in every test runner. */
export function expectElement(element: Element | ElementDefinition): ElementExpectation {
  const compiled = isElementDefinition(element) ? elementOf(element) : element;
  const expectation: ElementExpectation = {
    toCompileTo(files) {
      for (const [path, expected] of Object.entries(files))
        checkFile(compiled, path, expected, expectation.toCompileTo);
    },
    toHaveFiles(...paths) {
      const actual = [...compiled.files.keys()];
      const expected = [...paths].sort();
      if (JSON.stringify(actual) === JSON.stringify(expected)) return;
      fail(`element "${compiled.name}" has other files`, actual, expected, expectation.toHaveFiles);
    },
  };
  return expectation;
}

function checkFile(element: Element, path: string, expected: ExpectedFile, caller: object): void {
  const file = element.files.get(path);
  const what = `"${path}" of element "${element.name}"`;
  if (expected === null) {
    if (file) fail(`${what} exists`, file.kind, null, caller);
    return;
  }
  if (!file) {
    fail(`${what} is missing; there are ${[...element.files.keys()].join(", ")}`, null, expected, caller);
    return;
  }
  const wanted = typeof expected === "string" || expected instanceof RegExp ? { content: expected } : expected;
  if (wanted.symlink !== undefined) {
    const actual = file.kind === "symlink" ? file.target : file.kind;
    if (actual !== wanted.symlink) fail(`${what} is not that link`, actual, wanted.symlink, caller);
    return;
  }
  if (file.kind !== "file") {
    fail(`${what} is not a regular file`, file.kind, "file", caller);
    return;
  }
  if (wanted.executable !== undefined && isExecutable(file) !== wanted.executable)
    fail(`${what} ${wanted.executable ? "is not" : "is"} executable`, isExecutable(file), wanted.executable, caller);
  const { text } = textOf(element, file);
  const matches = wanted.content instanceof RegExp ? wanted.content.test(text) : text === (wanted.content ?? text);
  if (!matches) fail(`${what} has other content`, text, wanted.content, caller);
}

function fail(message: string, actual: unknown, expected: unknown, stackStartFn: object): never {
  throw new AssertionError({
    message: `${message}\nexpected: ${show(expected)}\nactual:   ${show(actual)}`,
    actual,
    expected,
    operator: "toCompileTo",
    stackStartFn: stackStartFn as () => void,
  });
}

function show(value: unknown): string {
  return value instanceof RegExp ? String(value) : typeof value === "string" ? value : JSON.stringify(value);
}
