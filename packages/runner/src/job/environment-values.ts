/** Variables by name, as a process gets them. */
export type EnvironmentValues = Readonly<Record<string, string>>;
