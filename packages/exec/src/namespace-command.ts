/**
 * Puts a command into fresh mount and PID namespaces as their first process. When whoever starts it dies, even by
 * SIGKILL, the kernel ends every process in the namespace and with them every mount and auto-clear loop device.
 * `more` are options for `unshare`, such as `--net` for a network namespace.
 */
export function namespaceCommand(command: readonly string[], more: readonly string[] = []): readonly string[] {
  return [
    ...["setpriv", "--pdeathsig", "KILL", "--"],
    ...["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", ...more, "--"],
    ...command,
  ];
}
