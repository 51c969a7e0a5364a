const METHODS = "GET, HEAD, POST, PUT, DELETE";
const ACCEPTED = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID";
const EXPOSED =
	"ETag, Location, Retry-After, X-Request-ID, Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset";
const PREFLIGHT_SECONDS = "600";

/**
 * What a browser is told about another origin, as name, value, name, value. An origin that is not
 * listed is told nothing, which is how it is refused; tokens travel in a header, so cookies never matter.
 */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): readonly string[] {
	if (allowed.length === 0) return [];
	if (origin === undefined || !allowed.includes(origin)) return ["Vary", "Origin"];
	return ["Vary", "Origin", "Access-Control-Allow-Origin", origin, "Access-Control-Expose-Headers", EXPOSED];
}

/** Answer to the question that a browser asks before an unsafe request. */
export function preflightHeaders(origin: string | undefined, allowed: readonly string[]): readonly string[] {
	if (origin === undefined || !allowed.includes(origin)) return [];
	return [
		...["Access-Control-Allow-Methods", METHODS],
		...["Access-Control-Allow-Headers", ACCEPTED],
		...["Access-Control-Max-Age", PREFLIGHT_SECONDS],
	];
}
