import { PreconditionFailed } from "../../contracts/errors.ts";

const OUR_TAG = /^"(\d{1,15})\.[^"]*"$/;
const TAG = /(?:W\/)?"[^"]*"|\*/g;

/** `"<version>.<hash of the body>"`: the version alone would hide a moved stock, the hash alone a lost update. */
export const etagOf = (version: number, bodyHash: string): string => `"${version}.${bodyHash}"`;

/** Whether If-None-Match names the tag; compared weakly, as RFC 9110 wants for GET. */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
	const tags = ifNoneMatch?.match(TAG) ?? [];
	return tags.some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag);
}

/**
 * The version that If-Match asks for, or undefined when any will do. Of several, the highest:
 * versions only rise, so whoever has seen it knows that the others are gone. Weak and foreign
 * tags never match (RFC 9110).
 *
 * @throws PreconditionFailed when no tag can match
 */
export function expectedVersion(ifMatch: string | undefined): number | undefined {
	if (ifMatch === undefined) return undefined;
	const tags: readonly string[] = ifMatch.match(TAG) ?? [];
	if (tags.includes("*")) return undefined;

	const versions = tags.flatMap((tag) => OUR_TAG.exec(tag)?.[1] ?? []).map(Number);
	if (versions.length === 0) throw new PreconditionFailed();
	return Math.max(...versions);
}
