import { readFileSync } from "node:fs";

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");

/** The release that this node runs; all services of a release share it. */
export const VERSION = (JSON.parse(manifest) as { version: string }).version;
