// From a fresh clone to a booted image: set-up, then the path of examples/web-server, command by command.
import { existsSync } from "node:fs";
import { dibkit, isRoot, repository, run, setup, sudo } from "./setup.mjs";

const started = Date.now();
setup();

const example = `${repository}examples/web-server`;
const image = "build/web-server.qcow2";
// Where there is no way to root, dibkit builds in a user namespace, or says what that lacks here.
const rights = sudo();
const asRoot = isRoot || rights === undefined ? [] : [...rights, "--preserve-env", "env", `PATH=${process.env.PATH}`];

console.log("\nThe path: lint, compile, resolve, plan, build, boot. Each command works in examples/web-server.");
const steps = [
  { args: ["lint"] },
  { args: ["compile", "elements/acme-web.ts", "--out", "build/elements"] },
  { args: ["resolve", "web-server.image.ts"] },
  { args: ["plan", "web-server.image.ts"] },
  { args: ["build", "web-server.image.ts", "-o", "build/web-server"], root: true },
  { args: ["boot", image, "--http", "80/=Hello from dibkit", "--timeout", "900"] },
];
const times = [];
for (const { args, root } of steps) {
  const [command, ...words] = [...(root ? asRoot : []), process.execPath, dibkit, ...args];
  const { took } = run(command, words, { cwd: example, shown: undefined });
  times.push(`${args[0]} ${took}`);
}
if (!existsSync(`${example}/${image}`)) {
  console.error(`error: "${example}/${image}" is not there`);
  process.exit(1);
}
console.log(`
image:  ${example}/${image}
proof:  it booted under QEMU, and nginx answered from inside it (see the last step)
times:  ${times.join(" · ")}
whole:  ${((Date.now() - started) / 1000).toFixed(0)} s
`);
