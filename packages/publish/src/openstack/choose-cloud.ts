import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { CloudFiles, CloudMap, CloudValue } from "./clouds-file.js";
import { isMap, mapAt, mergeMaps } from "./clouds-file.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** A cloud picked and merged from its profile, its entry and its region, with `_` in every key. */
export interface ChosenCloud {
  readonly name: string;
  readonly settings: CloudMap;
  readonly auth: CloudMap;
}

export interface CloudFault {
  readonly message: string;
  readonly help?: string;
}

// These choose or modify a cloud; alone they do not describe one.
const SELECTORS = new Set([
  ...["OS_CLOUD", "OS_REGION_NAME", "OS_CLOUD_NAME", "OS_CLIENT_CONFIG_FILE"],
  ...["OS_CLIENT_SECURE_FILE", "OS_CLIENT_VENDOR_FILE"],
]);
const NOT_OPENSTACK = /^OS_(TEST|STD|LOG)/;

/** The cloud that `OS_*` variables describe, or nothing when they only select one. */
export function cloudFromEnvironment(env: Environment): CloudMap | undefined {
  const names = Object.keys(env).filter((name) => name.startsWith("OS_") && !NOT_OPENSTACK.test(name) && env[name]);
  if (names.every((name) => SELECTORS.has(name))) return undefined;
  return Object.fromEntries(names.map((name) => [name.slice(3).toLowerCase(), env[name] ?? ""]));
}

/**
 * Picks as openstacksdk does: the name asked for, `OS_CLOUD`, the cloud of the `OS_*` variables, the only cloud there
 * is. The region's own values go over the cloud's, the cloud's over its profile's.
 */
export function chooseCloud(
  files: CloudFiles,
  env: Environment,
  wanted: { readonly cloud?: string; readonly region?: string },
): Result<ChosenCloud, CloudFault> {
  const fromEnvironment = cloudFromEnvironment(env);
  const environmentName = env.OS_CLOUD_NAME || "envvars";
  const clouds: CloudMap = fromEnvironment ? { ...files.clouds, [environmentName]: fromEnvironment } : files.clouds;
  const names = Object.keys(clouds);
  const only = names.length === 1 ? names[0] : undefined;
  const name = wanted.cloud ?? (env.OS_CLOUD || (fromEnvironment ? environmentName : only));
  if (name === undefined) return err(noCloud(files, names));
  const entry = clouds[name];
  if (!isMap(entry)) return err(unknownCloud(files, names, name));
  const own = underscored(entry);
  const profile = profileOf(files, own);
  if (!profile.ok) return profile;
  const base = mergeMaps(profile.value, own);
  const region = regionOf(base, wanted.region ?? env.OS_REGION_NAME, name);
  if (!region.ok) return region;
  const { regions: _regions, profile: _profile, cloud: _cloud, ...settings } = mergeMaps(base, region.value);
  return ok({ name, settings, auth: mapAt(settings, "auth") });
}

function noCloud(files: CloudFiles, names: readonly string[]): CloudFault {
  if (names.length > 0)
    return {
      message: `no cloud was chosen, and "${files.path}" has several: ${quoted(names)}`,
      help: "give --cloud NAME or set OS_CLOUD",
    };
  return {
    message: `no OpenStack configuration was found: no clouds.yaml in ${quoted(files.searched)} and no OS_AUTH_URL${unreadable(files)}`,
    help: "write a clouds.yaml, or source the openrc file of the cloud",
  };
}

function unknownCloud(files: CloudFiles, names: readonly string[], name: string): CloudFault {
  const where = files.path ? ` in "${files.path}"` : "";
  const known = names.length === 0 ? `there is none${unreadable(files)}` : `there are ${quoted(names)}`;
  return { message: `cloud "${name}" is not defined${where}: ${known}` };
}

function profileOf(files: CloudFiles, entry: CloudMap): Result<CloudMap, CloudFault> {
  const name = entry.profile ?? entry.cloud;
  if (typeof name !== "string" || name === "") return ok({});
  const profile = files.profiles[name];
  if (isMap(profile)) return ok(underscored(profile));
  // openstacksdk ships vendor profiles of its own; a cloud that has its address needs nothing of them.
  if (entry.auth_url || mapAt(entry, "auth").auth_url) return ok({});
  return err({
    message: `profile "${name}" is not in clouds-public.yaml`,
    help: "write auth_url under auth: in clouds.yaml; the vendor profiles built into openstacksdk are not known here",
  });
}

function regionOf(cloud: CloudMap, wanted: string | undefined, name: string): Result<CloudMap, CloudFault> {
  const regions = knownRegions(cloud);
  const [first] = regions;
  if (!first) return ok(wanted ? { region_name: wanted } : {});
  if (!wanted) return ok({ ...first.values, region_name: first.name });
  const match = regions.find((region) => region.name === wanted);
  if (match) return ok({ ...match.values, region_name: match.name });
  return err({
    message: `region "${wanted}" is not a region of cloud "${name}": it has ${quoted(regions.map((one) => one.name))}`,
  });
}

interface Region {
  readonly name: string;
  readonly values: CloudMap;
}

function knownRegions(cloud: CloudMap): readonly Region[] {
  const listed: CloudValue | undefined = cloud.regions ?? cloud.region_name;
  const entries = Array.isArray(listed) ? listed : typeof listed === "string" ? listed.split(",") : [];
  return entries.flatMap((entry): Region[] => {
    if (typeof entry === "string") return entry === "" ? [] : [{ name: entry, values: {} }];
    return isMap(entry) && typeof entry.name === "string" ? [{ name: entry.name, values: mapAt(entry, "values") }] : [];
  });
}

function underscored(map: CloudMap): CloudMap {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key.replaceAll("-", "_"), isMap(value) ? underscored(value) : value]),
  );
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

function unreadable({ unreadable: files }: CloudFiles): string {
  return files.length === 0 ? "" : `, and this user may not read ${quoted(files)}`;
}
