import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { ConfigInvalid } from "../config.ts";

const KEY_BYTES = 32;
const KEY = /^[A-Za-z0-9_-]{43}$/;

/** The keys of a node's services, by the service's name. */
export type ServiceKeys = Readonly<Record<string, string>>;

/** `orders` has its key in ORDER_SERVICE_KEY. */
export const keyVariable = (service: string): string => `${service.replace(/s$/, "").toUpperCase()}_SERVICE_KEY`;

/**
 * The key by which a service proves its name, derived from the secret that only users has (HKDF-SHA256, RFC 5869).
 * Whoever has one can tell neither the secret nor another service's key.
 *
 * @param secret at least 32 bytes of randomness
 */
export function serviceKeyFrom(secret: string, service: string): string {
	const derived = hkdfSync("sha256", secret, "", `stoa service key ${service} v1`, KEY_BYTES);
	return Buffer.from(derived).toString("base64url");
}

/**
 * The keys of these services from the environment.
 *
 * @throws ConfigInvalid naming every variable that is missing or mistyped
 */
export function serviceKeys(services: readonly string[], env: NodeJS.ProcessEnv): ServiceKeys {
	const problems = services.filter((service) => !KEY.test(env[keyVariable(service)] ?? "")).map(problemOf);
	if (problems.length > 0) throw new ConfigInvalid(problems);
	return Object.fromEntries(services.map((service) => [service, env[keyVariable(service)] ?? ""]));
}

const problemOf = (service: string): string =>
	`${keyVariable(service)}: is required, 43 characters; \`bin/stoa keys\` prints it from the JWT_SECRET of the users service`;

/**
 * Shows that somebody has a service's key, at a moment, without showing the key.
 *
 * @param atMs milliseconds since the epoch
 */
export const proofOf = (key: string, service: string, atMs: number): string =>
	createHmac("sha256", key).update(`stoa caller proof v1 ${service} ${atMs}`).digest("base64url");

/** Whether a proof was made with this key, in a time that does not depend on where it differs. */
export function isProof(given: string, key: string, service: string, atMs: number): boolean {
	const expected = Buffer.from(proofOf(key, service, atMs));
	const actual = Buffer.from(given);
	return actual.length === expected.length && timingSafeEqual(actual, expected);
}
