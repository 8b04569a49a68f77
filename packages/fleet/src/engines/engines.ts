import type { Engine } from "./engine.js";
import { slurm } from "./slurm.js";

/** The engines that a matrix can be written for. */
export const ENGINES: Readonly<Record<string, Engine>> = { slurm };
