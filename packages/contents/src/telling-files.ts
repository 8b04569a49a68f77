import { isPackageData } from "./packages/installed-packages.js";

/** What says which system it is, the first that is there. */
export const OS_RELEASE: readonly string[] = ["/etc/os-release", "/usr/lib/os-release"];
/** Debian's record of a package's licences. */
export const COPYRIGHT = /^\/usr\/share\/doc\/([^/]+)\/copyright$/;
/** What pip and its like write beside a package that they install. */
export const PYTHON_METADATA =
  /^\/(?:.*\/)?(?:site|dist)-packages\/[^/]+\.(?:dist-info\/METADATA|egg-info\/PKG-INFO|egg-info)$/;
/** Upstream's list of the git repositories that source-repositories has put into the image. */
export const GIT_MANIFEST = /^\/etc\/dib-manifests\/dib-manifest-git-[^/]+$/;

/** Files whose content the commands of this folder look into; an archive keeps only these. */
export function isTelling(path: string): boolean {
  return (
    isPackageData(path) ||
    /^\/etc\/(default\/grub(\.d\/[^/]+)?|kernel\/cmdline)$/.test(path) ||
    OS_RELEASE.includes(path) ||
    COPYRIGHT.test(path) ||
    PYTHON_METADATA.test(path) ||
    GIT_MANIFEST.test(path) ||
    /^\/boot\/(grub2?\/grub\.cfg|loader\/entries\/[^/]+\.conf|extlinux\/extlinux\.conf)$/.test(path)
  );
}
