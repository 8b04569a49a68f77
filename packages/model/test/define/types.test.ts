import { describe, expectTypeOf, test } from "vitest";
import {
  bash,
  defineConfig,
  defineElement,
  defineImage,
  type ElementDefinition,
  elementRef,
  envDefault,
  environmentScript,
  fromFile,
  install,
  script,
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

  test("what is computed is no mistake", () => {
    const computed = (name: string, priority: number, isBig: boolean) => [
      install(priority, name, bash`x`),
      defineElement(name, {
        summary: `the element ${name}`,
        deps: [os, ...(isBig ? [web] : [])],
        packages: { ...(isBig ? { gcc: { when: "OS_RELEASE=12" } } : {}), [name]: {} },
        scripts: isBig ? [install(priority, name, bash`x`)] : [],
      }),
    ];
    expectTypeOf(computed).returns.toBeArray();
  });

  test("mistakes are errors where they are made", () => {
    const mistakes = () => [
      // @ts-expect-error an unknown variable
      web.environment.NOPE,
      // @ts-expect-error an unknown phase
      script("instal.d", 50, "x", bash`x`),
      // @ts-expect-error a priority outside 0 to 99
      install(100, "x", bash`x`),
      // @ts-expect-error a name that run-parts would skip
      install(50, "x.sh", fromFile("./x.sh")),
      // @ts-expect-error a path of the build host in a script that runs inside the image
      install(50, "x", bash`x`, { inputs: ["TARGET_ROOT"] }),
      // @ts-expect-error arch together with notArch
      defineElement("a", { summary: "x", packages: { nginx: { arch: "amd64", notArch: "arm64" } } }),
      // @ts-expect-error a condition on a variable that no element in view sets
      defineElement("a", { summary: "x", packages: { nginx: { when: "NOPE=1" } } }),
      // @ts-expect-error a dependency that is not an element
      defineElement("a", { summary: "x", deps: [os, "vm"] }),
      // @ts-expect-error no summary
      defineElement("a", { deps: [os] }),
      // @ts-expect-error a field that elements do not have
      defineElement("a", { summary: "x", package: { nginx: {} } }),
      // @ts-expect-error an unknown preset
      defineConfig({ presets: ["recomended"] }),
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
