/**
 * Puts a command into fresh mount and PID namespaces as their first process. When whoever starts it dies, even by
 * SIGKILL, the kernel ends every process in the namespace and with them every mount and auto-clear loop device. The
 * machine's name and its shared memory of System V are the command's own too, so that it leaves neither changed.
 * `more` are options for `unshare`, such as `--net` for a network namespace.
 */
export function namespaceCommand(command: readonly string[], more: readonly string[] = []): readonly string[] {
  return [
    ...["setpriv", "--pdeathsig", "KILL", "--"],
    ...[
      "unshare",
      "--mount",
      "--pid",
      "--uts",
      "--ipc",
      "--fork",
      "--kill-child",
      "--propagation",
      "private",
      ...more,
      "--",
    ],
    ...command,
  ];
}
