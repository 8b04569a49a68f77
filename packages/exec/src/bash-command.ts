/**
 * A Bash script as a command that reads none of the user's files. Bash takes a socket as its standard input, which is
 * what Node's pipes are, for a remote login, and would run `~/.bashrc` before the script.
 */
export function bashCommand(script: string, ...args: readonly string[]): readonly string[] {
  return ["bash", "--norc", "-c", script, ...args];
}
