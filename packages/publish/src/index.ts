export { containerFormats, type ImageSettings, parseProperties, visibilities } from "./glance/image-settings.js";
export { type GlanceRequest, type PublishedImage, publishGlance } from "./glance/publish-glance.js";
export type { DiskFormat } from "./inspect-image.js";
export { virtualizations } from "./libvirt/choose-virtualization.js";
export {
  architectures,
  type DomainDefinition,
  type DomainNetwork,
  domainXml,
  firmwares,
} from "./libvirt/domain-xml.js";
export type { LibvirtRequest, LibvirtSurroundings } from "./libvirt/libvirt-request.js";
export { type PublishedDomain, publishLibvirt } from "./libvirt/publish-libvirt.js";
export { type CloudSelection, loadCloudConfig } from "./openstack/load-cloud-config.js";
export {
  type FailureText,
  type PublishFailure,
  type PublishTrouble,
  renderBytes,
  renderPublishFailure,
} from "./publish-failure.js";
export {
  type IfExists,
  ifExistsPolicies,
  type PublishEvent,
  type PublishSurroundings,
} from "./publish-surroundings.js";
