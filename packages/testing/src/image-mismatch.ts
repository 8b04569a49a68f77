import { AssertionError } from "node:assert";

/** What an image was expected to be and is not; `remedy` begins with a verb. */
export interface Mismatch {
  readonly message: string;
  readonly remedy?: string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** An image is not as a test expects it: what every test runner shows as a failed assertion. */
export class ImageMismatch extends AssertionError {
  override name = "ImageMismatch";

  constructor({ message, remedy, actual, expected }: Mismatch) {
    super({
      message: remedy === undefined ? message : `${message}\nremedy: ${remedy}`,
      actual,
      expected,
      operator: "expectImage",
    });
  }
}

/** The image cannot answer what a test asks, which says nothing about whether it is as expected. */
export class UnknownFact extends Error {
  override name = "UnknownFact";
}

export function mismatch(
  message: string,
  remedy: string,
  values: { readonly actual?: unknown; readonly expected?: unknown } = {},
): ImageMismatch {
  return new ImageMismatch({ message, remedy, ...values });
}

/** An expected text or pattern, as it stands in a message. */
export function shown(expected: string | RegExp): string {
  return expected instanceof RegExp ? `like ${expected}` : `"${expected}"`;
}
