import {
  type AnyElementReference,
  type BashFragment,
  bash,
  defineElement,
  elementRef,
  envDefault,
  finalise,
  type VariableDeclaration,
  variable,
} from "@dibkit/model";
import {
  type ContainerStorage,
  configureContainerStorage,
  deployTree,
  enableCloudInit,
  findDeployment,
  keepConfiguration,
  regenerateGrub,
  removeOldSystem,
  writeGrubEntry,
} from "./atomic-steps.ts";

/** What differs between distributions. */
export interface AtomicDistribution<Name extends string, Prefix extends string> {
  /** The element's name, which is also the name of the system in the ostree root. */
  readonly name: Name;
  readonly summary: string;
  readonly description: string;
  /** First part of the names of the element's variables. */
  readonly prefix: Prefix;
  /** Elements of the system that is built first and carries the deployment. */
  readonly base: readonly AnyElementReference[];
  /** Defaults of the tree: a repository, a commit or a branch, and the branch upgrades follow. */
  readonly tree: { readonly url: BashFragment; readonly ref: BashFragment; readonly branch: BashFragment };
  /** Kernel arguments besides those every deployment gets. */
  readonly kernelArguments: string;
  /** Title of the entry for a GRUB that cannot read libostree's own list. */
  readonly title: BashFragment;
  readonly containerStorage: ContainerStorage;
  /** Removes packages that only the build needed. */
  readonly removePackages: BashFragment;
  /** Variables of this distribution only. */
  readonly environment?: { readonly [name: string]: VariableDeclaration };
}

type TreeVariable = "TREE_URL" | "TREE_REF" | "TREE_BRANCH" | "UPDATE_URL" | "KERNEL_ARGUMENTS";

/** An element that turns an image of a distribution into a machine that runs a tree of ostree. */
export function atomicElement<const Name extends string, const Prefix extends string>(
  distribution: AtomicDistribution<Name, Prefix>,
) {
  const { name, prefix, tree } = distribution;
  // Only the finalise script reads them.
  const when = { phases: ["finalise.d"] } as const;
  const environment = {
    ...distribution.environment,
    [`${prefix}_TREE_URL`]: envDefault(tree.url, "the ostree repository that serves the tree", when),
    [`${prefix}_TREE_REF`]: envDefault(tree.ref, "what to deploy: a commit, or a branch for its newest commit", when),
    [`${prefix}_TREE_BRANCH`]: envDefault(
      tree.branch,
      "the branch upgrades follow, when the reference is a commit",
      when,
    ),
    [`${prefix}_UPDATE_URL`]: envDefault(
      bash`${variable(`${prefix}_TREE_URL`)}`,
      "the repository as the running system reaches it",
      when,
    ),
    [`${prefix}_KERNEL_ARGUMENTS`]: envDefault(
      `${distribution.kernelArguments} console=tty0 console=ttyS0,115200 no_timer_check`,
      "kernel arguments of the deployment, besides the root filesystem",
      when,
    ),
  } as { readonly [V in `${Prefix}_${TreeVariable}`]: VariableDeclaration };

  return defineElement(name, {
    summary: distribution.summary,
    description: distribution.description,
    deps: [
      ...distribution.base,
      elementRef("bootloader"),
      elementRef("growroot"),
      elementRef("package-installs"),
      elementRef("vm"),
    ],
    environment,
    packages: { ostree: {} },
    scripts: [
      // After 50-bootloader, and on the mounted disk: a deployment does not survive being copied.
      finalise(
        80,
        "atomic-tree",
        bash`
          ${deployTree(name, prefix)}

          ${findDeployment()}

          ${keepConfiguration(name, prefix)}

          ${writeGrubEntry(distribution.title)}

          ${enableCloudInit()}

          ${configureContainerStorage(distribution.containerStorage)}

          ${regenerateGrub()}

          ${removeOldSystem(distribution.removePackages)}
        `,
      ),
    ],
  });
}
