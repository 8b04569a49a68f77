/** Directories of a build as its scripts see them; the same in every build, so no random path gets into an image. */
export const BUILD_DIRECTORY = "/tmp/dib_build.dibkit";
export const IMAGE_DIRECTORY = "/tmp/dib_image.dibkit";
export const TARGET_DIRECTORY = `${BUILD_DIRECTORY}/mnt`;
export const TREE_DIRECTORY = `${BUILD_DIRECTORY}/built`;
export const HOOKS_DIRECTORY = `${BUILD_DIRECTORY}/hooks`;
export const ELEMENTS_DIRECTORY = `${BUILD_DIRECTORY}/elements`;
/** Programs dibkit puts first on the PATH of host-phase scripts. */
export const SHIM_DIRECTORY = `${BUILD_DIRECTORY}/.dibkit/bin`;
