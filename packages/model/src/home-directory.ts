import { userInfo } from "node:os";

/**
 * The caller's home directory: `HOME`, else what the user database says. A user without either, such as a bare number
 * in a container, lives in `/`, as container engines have it; what is then refused there is told with its path.
 */
export function homeDirectory(env: Readonly<Record<string, string | undefined>>): string {
  if (env.HOME) return env.HOME;
  try {
    return userInfo().homedir;
  } catch {
    return "/";
  }
}

/** Where programs of the caller keep what can be made again (XDG Base Directory Specification). */
export function cacheHome(env: Readonly<Record<string, string | undefined>>): string {
  return env.XDG_CACHE_HOME || `${homeDirectory(env).replace(/\/$/, "")}/.cache`;
}
