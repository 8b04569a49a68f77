import { err, ok, type Result, readJson } from "@dibkit/model";
import { constantName, elementTemplate } from "./element-template.js";

/** Directory of the modules with elements; what they are compiled to goes elsewhere. */
export const SOURCES = "src/elements";

/** The files of a new project by path: one element, and an image made of it. */
export function projectTemplate(name: string, version: string): Readonly<Record<string, string>> {
  return {
    "package.json": packageJson(name, version),
    "tsconfig.json": TSCONFIG,
    "dibkit.config.ts": config(name),
    [`${SOURCES}/${name}.ts`]: elementTemplate(name),
    [`${name}.image.ts`]: image(name),
    ".gitignore": IGNORED.join("\n").concat("\n"),
  };
}

/**
 * The same beside files that are there already, by path: a manifest gets the packages that it lacks and a list of ignored
 * paths the lines, settings of the compiler stay as they are. An error is the end of a sentence about the manifest.
 */
export function joinedTemplate(
  template: Readonly<Record<string, string>>,
  existing: Readonly<Record<string, string>>,
): Result<Readonly<Record<string, string>>, string> {
  const joined = { ...template };
  const { "package.json": manifest, "tsconfig.json": compiler, ".gitignore": ignored } = existing;
  const read = manifest === undefined ? undefined : readManifest(manifest);
  if (read?.ok === false) return read;
  const own = read?.value;
  if (manifest !== undefined && own !== undefined)
    joined["package.json"] = withPackages(manifest, own, template["package.json"] as string);
  if (compiler !== undefined) joined["tsconfig.json"] = compiler;
  // In a package of CommonJS the compiler would refuse every import.
  else if (own !== undefined && own.type !== "module")
    joined["tsconfig.json"] = TSCONFIG.replace(/.*"verbatimModuleSyntax".*\n/, "");
  if (ignored !== undefined) joined[".gitignore"] = withLines(ignored, IGNORED);
  return ok(joined);
}

type Fields = Readonly<Record<string, unknown>>;

function readManifest(text: string): Result<Fields, string> {
  const read = readJson(text);
  if (!read.ok) return err(`is not JSON: ${read.error}`);
  if (!isFields(read.value)) return err("is no manifest of npm, which is an object");
  const odd = ["dependencies", "devDependencies"].find((name) => !isFields((read.value as Fields)[name] ?? {}));
  return odd === undefined ? ok(read.value) : err(`has "${odd}" that is no object of packages`);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const IGNORED = ["node_modules/", "build/"];

function withLines(text: string, lines: readonly string[]): string {
  const own = new Set(text.split("\n").map((line) => line.trim().replace(/^\/|\/$/g, "")));
  const missing = lines.filter((line) => !own.has(line.replace(/\/$/, "")));
  if (missing.length === 0) return text;
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`;
}

function withPackages(text: string, manifest: Fields, template: string): string {
  const { dependencies = {}, devDependencies: forWork = {} } = manifest as Readonly<Record<string, Fields>>;
  const own = { ...dependencies, ...forWork };
  const missing = Object.entries(JSON.parse(template).devDependencies).filter(([name]) => !(name in own));
  if (missing.length === 0) return text;
  const devDependencies = { ...forWork, ...Object.fromEntries(missing) };
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? "  ";
  return `${JSON.stringify({ ...manifest, devDependencies }, null, indent)}\n`;
}

function packageJson(name: string, version: string): string {
  const manifest = {
    // npm has no "+" in names.
    name: `${name.replaceAll("+", "-")}-image`,
    private: true,
    type: "module",
    scripts: {
      lint: "dibkit lint",
      plan: `dibkit plan ${name}.image.ts`,
      build: `dibkit build ${name}.image.ts -o build/${name}`,
    },
    devDependencies: {
      "@dibkit/model": `^${version}`,
      dibkit: `^${version}`,
      typescript: "~6.0.3",
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2023"],
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true
  },
  "include": ["**/*.ts"],
  "exclude": ["build", "node_modules"]
}
`;

function config(name: string): string {
  return `import { defineConfig } from "@dibkit/model";
import image from "./${name}.image.ts";

export default defineConfig({
  elements: ["${SOURCES}/*.ts"],
  images: [image],
});
`;
}

function image(name: string): string {
  return `import { debianMirror, defineImage, elementRef } from "@dibkit/model";
import { ${constantName(name)} } from "./${SOURCES}/${name}.ts";

const release = "bookworm";

export default defineImage({
  name: "${name}",
  elements: [elementRef("vm"), elementRef("debian-minimal"), ${constantName(name)}],
  arch: "amd64",
  formats: ["qcow2"],
  environment: {
    DIB_RELEASE: release,
    // Packages come from the mirror that apt of this machine uses, where that is a Debian.
    ...debianMirror(release),
  },
});
`;
}
