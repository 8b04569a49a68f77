import { describe, expectTypeOf, test } from "vitest";
import {
  bash,
  defineElement,
  defineImage,
  type ElementDefinition,
  elementRef,
  envDefault,
  environmentScript,
  fromFile,
  install,
} from "../../src/define/index.js";

// These files are type-checked, so an expectation that does not hold is an error of the compiler.
describe("types of definitions", () => {
  const os = elementRef("os", { environment: { OS_RELEASE: envDefault("12") }, inherits: ["OS_ARCH"] });
  const web = defineElement("web", {
    summary: "x",
    deps: [os],
    environment: { PORT: envDefault(80) },
    scripts: [environmentScript(10, "x", bash`x`, { exports: ["YUM"] })],
  });

  test("an element knows its name and the variables it sets, its own and inherited", () => {
    expectTypeOf(os.name).toEqualTypeOf<"os">();
    expectTypeOf(os.environment).toHaveProperty("OS_ARCH");
    expectTypeOf(web).toExtend<ElementDefinition<"web">>();
    expectTypeOf<keyof typeof web.environment>().toEqualTypeOf<"PORT" | "YUM" | "OS_RELEASE" | "OS_ARCH">();
  });

  test("mistakes are errors where they are made", () => {
    const mistakes = () => [
      // @ts-expect-error an unknown variable
      web.environment.NOPE,
      // @ts-expect-error a priority outside 0 to 99
      install(100, "x", bash`x`),
      // @ts-expect-error a name that run-parts would skip
      install(50, "x.sh", fromFile("./x.sh")),
      // @ts-expect-error a string is not an element
      defineImage({ name: "i", elements: ["vm"] }),
      // @ts-expect-error an unknown format
      defineImage({ name: "i", elements: [os], formats: ["qcow3"] }),
      // @ts-expect-error an unknown architecture
      defineImage({ name: "i", elements: [os], arch: "amd46" }),
    ];
    expectTypeOf(mistakes).toBeFunction();
  });
});
