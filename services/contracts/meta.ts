export const ROLES = ["customer", "vendor", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** A person who is signed in. */
export interface UserPrincipal {
	readonly kind?: undefined;
	readonly userId: string;
	readonly role: Role;
	readonly sessionId: string;
}

/** A program of somebody else with an API key: it may do what its scopes say, and owns nothing. */
export interface ServicePrincipal {
	readonly kind: "service";
	readonly keyId: string;
	readonly scopes: readonly string[];
	/** The key's id again: what its requests, operations and log lines are counted by. No user has it. */
	readonly userId: string;
	readonly role: "service";
}

/** Who is asking. Comes from a verified token or key, never from a parameter. */
export type Principal = UserPrincipal | ServicePrincipal;

/**
 * The identity of a command: sent twice, it takes effect once.
 * `key` is sha256(principal, method, route, Idempotency-Key), `fingerprint` a hash of the body.
 */
export interface Operation {
	readonly key?: string;
	readonly fingerprint?: string;
	/** Milliseconds since the epoch after which the command must not begin. */
	readonly deadlineMs: number;
}

/** The stored answer of a repeated command, to be sent byte for byte. */
export interface Replay {
	readonly key: string;
	readonly status: number;
	readonly body: string;
}

/** What travels beside the parameters of a call. Fields with `$` travel back to the gateway. */
export interface Meta {
	principal?: Principal;
	operation?: Operation;
	/** The version named in If-Match; a command on another version is refused with 412. */
	expectedVersion?: number;
	/** The client's address and agent, for sessions and activities. */
	address?: string;
	userAgent?: string;
	/** Overrides the status declared on the action. */
	$statusCode?: number;
	/** Version of the single resource in the answer: the first half of its ETag. */
	$version?: number;
	$replay?: Replay;
}

/** The user whose rows may be seen: an administrator sees everybody's, a service nobody's. */
export function ownerScope(principal: Principal | undefined): string | null {
	if (principal === undefined || principal.kind === "service") return NOBODY;
	return principal.role === "admin" ? null : principal.userId;
}

const NOBODY = "00000000-0000-0000-0000-000000000000";
