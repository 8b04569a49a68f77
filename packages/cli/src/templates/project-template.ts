import { constantName, elementTemplate } from "./element-template.js";

/** The files of a new project by path: one element, and an image made of it. */
export function projectTemplate(name: string, version: string): Readonly<Record<string, string>> {
  return {
    "package.json": packageJson(name, version),
    "tsconfig.json": TSCONFIG,
    "dibkit.config.ts": config(name),
    [`elements/${name}.ts`]: elementTemplate(name),
    [`${name}.image.ts`]: image(name),
    ".gitignore": "node_modules/\nbuild/\n",
  };
}

function packageJson(name: string, version: string): string {
  const manifest = {
    name: `${name}-image`,
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
  elements: ["elements/*.ts"],
  images: [image],
});
`;
}

function image(name: string): string {
  return `import { defineImage, elementRef } from "@dibkit/model";
import { ${constantName(name)} } from "./elements/${name}.ts";

export default defineImage({
  name: "${name}",
  elements: [elementRef("vm"), elementRef("debian-minimal"), ${constantName(name)}],
  arch: "amd64",
  formats: ["qcow2"],
  environment: {
    DIB_RELEASE: "bookworm",
    // Upstream's default names the security suite as releases before Debian 11 had it.
    DIB_DEBIAN_SECURITY_SUBPATH: "-security",
  },
});
`;
}
