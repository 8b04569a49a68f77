// An example: a project with one element and an image, and a test that lints and plans it.
export async function files(name, { repository, version }) {
  const { projectTemplate } = await import(`${repository}packages/cli/src/templates/project-template.ts`);
  const project = Object.entries(projectTemplate(name, version)).filter(([path]) => path !== ".gitignore");
  return {
    ...Object.fromEntries(project.map(([path, content]) => [`examples/${name}/${path}`, content])),
    [`test/e2e/${name}.test.ts`]: `import { expect, test } from "vitest";
import { dibkit, example } from "./dibkit.js";

const cwd = example("${name}");

test("examples/${name} lints without a finding", async () => {
  const run = await dibkit(["lint"], { cwd });
  expect(run.stdout).toContain("no findings");
  expect(run.exitCode).toBe(0);
});

test("examples/${name} can be planned", async () => {
  const run = await dibkit(["plan", "${name}.image.ts", "--format", "json"], { cwd });
  expect(JSON.parse(run.stdout)).toMatchObject({ version: 1 });
});
`,
  };
}
