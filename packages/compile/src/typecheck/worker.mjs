// The compiler runs on a thread of its own, beside the loading of the modules it checks.
import { register } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

// Only dibkit's own sources need the hooks; what is published is JavaScript.
if (workerData.checker.endsWith(".ts"))
  register(new URL("../load/module-hooks.mjs", import.meta.url), { data: { packages: {}, preferOwn: false } });

const { checkModules } = await import(workerData.checker);
parentPort?.postMessage(checkModules(workerData.request));
