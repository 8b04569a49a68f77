/** Why a step has the host's network, by a name that the code calls it. */
export type HostReason = keyof typeof HOST_REASONS;

/**
 * Every reason for which a script has the host's network, so that what it fetches is not known: the words that the record
 * of the step begins with, and when that is, as the table of the documentation says it.
 */
export const HOST_REASONS = {
  asked: {
    words: "it was asked for",
    when: "`--network` or `DIBKIT_NETWORK` says `host` for the build, the phase or the script, or `--no-record` was given",
  },
  past: {
    words: "it went past the proxy",
    when: "in this or an earlier build the kernel counted attempts of the script to reach something without the proxy, such as a look-up of a name",
  },
  trace: {
    words: "it wrote the address of the proxy into",
    when: "in this or an earlier build the script left the address of the proxy in a file of the image",
  },
  looks: {
    words: "it looks at the network itself, by",
    when: "the script, or a helper, runs `ip`, `ifconfig`, `nmcli` or the like, or names `/sys/class/net` or `/proc/net`",
  },
  containers: {
    words: "its containers have networks of their own, by",
    when: "the script, or a helper, runs `podman`, `docker` or the like",
  },
  disk: {
    words: "it works on the disk, where nothing can be taken back",
    when: "scripts from `pre-finalise.d` on, on a disk of loop devices",
  },
  person: {
    words: "somebody is at the terminal",
    when: "a shell at a break point, and all scripts of a build with `break=after-error`",
  },
  environment: {
    words: "environment files run in every build",
    when: "always for `environment.d`, of which no layer is kept",
  },
  store: { words: "nothing of the build is kept", when: "with `--no-store`" },
  impossible: {
    words: "scripts cannot be watched here",
    when: "`ip` or `nsenter` is missing, or the kernel allows no network namespace",
  },
} as const satisfies Readonly<Record<string, { readonly words: string; readonly when: string }>>;

/** A reason as the record of a step has it; `detail` ends the sentence. */
export function hostReason(reason: HostReason, detail = ""): string {
  return `${HOST_REASONS[reason].words}${detail}`;
}
