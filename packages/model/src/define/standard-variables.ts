/** Variables that hold paths of the build host. A script in the target sees the value, but not the place. */
export const HOST_ONLY_VARIABLES = [
  "TARGET_ROOT",
  "TMP_MOUNT_PATH",
  "TMP_BUILD_DIR",
  "TMP_IMAGE_DIR",
  "TMP_IMAGE_PATH",
  "TMP_HOOKS_PATH",
  "ELEMENTS_PATH",
  "IMAGE_ELEMENT_YAML",
  "_LIB",
] as const;

export type HostOnlyVariable = (typeof HOST_ONLY_VARIABLES)[number];

/** Variables that every build sets before package-installs looks at a `when`. */
export const STANDARD_VARIABLES = [
  "ARCH",
  "DISTRO_NAME",
  "DIB_RELEASE",
  "DIB_CHECKSUM",
  "DIB_DEBUG_TRACE",
  "DIB_DEFAULT_INSTALLTYPE",
  "DIB_IMAGE_CACHE",
  "DIB_OFFLINE",
  "DIB_PYTHON_EXEC",
  "DIB_ROOT_FSTYPE",
  "DIB_ROOT_LABEL",
  "FS_TYPE",
  "IMAGE_ELEMENT",
  "IMAGE_NAME",
] as const;

export type StandardVariable = (typeof STANDARD_VARIABLES)[number];
