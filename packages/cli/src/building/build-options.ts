import { BUILD_FLAGS } from "@dibkit/model";
import type { OptionSpec, OptionsOf } from "../command.js";
import { projectOptions } from "../project/open-project.js";
import { storeOptions } from "./open-store.js";

/** The flags of `disk-image-create`, and dibkit's own for builds. */
export const buildOptions = {
  ...BUILD_FLAGS,
  ...storeOptions,
  noTypecheck: { type: "boolean", summary: "skip the checks of the TypeScript compiler" },
  ...projectOptions,
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Positional words of commands that work on one image. */
export const imageArguments = [
  { name: "ELEMENT|IMAGE", summary: "elements, or one image definition (IMAGE.ts)", required: true, variadic: true },
] as const;

/** What the flags of a build were given. */
export type BuildOptionValues = OptionsOf<typeof buildOptions>;

/** What the options are when a command line has none of them. */
export const NOTHING_GIVEN = Object.fromEntries(
  Object.entries<OptionSpec>(buildOptions).map(([name, option]) => {
    if (option.type === "count") return [name, 0];
    if (option.type === "boolean") return [name, false];
    return [name, "repeatable" in option && option.repeatable ? [] : undefined];
  }),
) as unknown as BuildOptionValues;
