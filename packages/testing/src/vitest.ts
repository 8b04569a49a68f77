/** Matchers of images for Vitest: `import "@dibkit/testing/vitest"` in a test or a set-up file. */
import { expect } from "vitest";
import { expectImage, type ImageExpectation } from "./expect-image.js";
import type { Image } from "./image.js";
import { ImageMismatch } from "./image-mismatch.js";

/** What `expectImage` offers, on `expect(image)`; all of them are to be awaited. */
export interface ImageMatchers extends ImageExpectation {}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the parameter has to be declared as Vitest declares it
  interface Matchers<T = any> extends ImageMatchers {}
}

const NAMES: { readonly [Name in keyof ImageExpectation]: true } = {
  toHavePackage: true,
  toLackPackage: true,
  toHaveFile: true,
  toLackFile: true,
  toEnableUnit: true,
  toHaveAccount: true,
  toLockPasswords: true,
  toHaveKernelArgument: true,
  toListenOn: true,
  toListenOnNothingBut: true,
  toStayWithin: true,
  toHoldNoSecret: true,
  toHoldNoTraceOf: true,
  toFollow: true,
};

expect.extend(
  Object.fromEntries(
    Object.keys(NAMES).map((name) => [
      name,
      async (image: unknown, ...words: readonly unknown[]) => {
        if (!isImage(image)) throw new TypeError(`${name} is asked of an image: open one with openImage`);
        const assertion = expectImage(image)[name as keyof ImageExpectation] as (...words: unknown[]) => Promise<void>;
        try {
          await assertion(...words);
        } catch (error) {
          if (!(error instanceof ImageMismatch)) throw error;
          const { message, actual, expected } = error;
          return { pass: false, message: () => message, actual, expected };
        }
        return { pass: true, message: () => `"${image.name}" is not expected ${name}, and is so` };
      },
    ]),
  ),
);

function isImage(value: unknown): value is Image {
  return typeof value === "object" && value !== null && "contents" in value && "kernelArguments" in value;
}
