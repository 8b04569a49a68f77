import { readFileSync } from "node:fs";

/** All user ids as themselves: the map of the machine's own user namespace (user_namespaces(7)). */
const ALL_IDS = /^\s*0\s+0\s+4294967295\s*$/;

/** Whether root here is somebody else outside: in a container without root, or where `enterNamespace` leads. */
export function inUserNamespace(): boolean {
  try {
    return !ALL_IDS.test(readFileSync("/proc/self/uid_map", "utf8"));
  } catch {
    // A kernel without user namespaces.
    return false;
  }
}
