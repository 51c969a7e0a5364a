import { ValidationFailed } from "../../contracts/errors.ts";

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** What makes two keys the same: the same caller, method, route and key. */
export interface Scope {
	/** User id, or the address of somebody who is not signed in. */
	readonly caller: string;
	readonly method: string;
	/** The pattern, e.g. `/orders/:id/cancel`; the ids in the path belong to the fingerprint. */
	readonly route: string;
	readonly key: string;
}

/** @throws ValidationFailed when the header is empty, too long or not visible ASCII */
export function requireKey(header: string): string {
	if (VISIBLE_ASCII.test(header)) return header;
	const message = "must have 1 to 255 visible ASCII characters";
	throw new ValidationFailed({ errors: [{ path: "Idempotency-Key", message }] });
}

/** The text whose hash is the operation's key. JSON keeps the parts apart, whatever they contain. */
export const scopeText = ({ caller, method, route, key }: Scope): string =>
	JSON.stringify([caller, method, route, key]);

/** One text for all spellings of the same parameters: keys sorted at every level. */
export const canonical = (value: unknown): string => JSON.stringify(value, sortKeys);

function sortKeys(_key: string, value: unknown): unknown {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
