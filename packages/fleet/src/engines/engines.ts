import type { Engine } from "./engine.js";
import { github } from "./github.js";
import { gitlab } from "./gitlab.js";
import { kubernetes } from "./kubernetes.js";
import { slurm } from "./slurm.js";
import { zuul } from "./zuul.js";

/** The engines that a matrix can be written for. */
export const ENGINES: Readonly<Record<string, Engine>> = { slurm, kubernetes, github, gitlab, zuul };
