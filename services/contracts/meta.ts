export const ROLES = ["customer", "vendor", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking. Comes from a verified token, never from a parameter. */
export interface Principal {
	readonly userId: string;
	readonly role: Role;
	readonly sessionId: string;
}

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

/** The user whose rows may be seen: an administrator sees everybody's. */
export function ownerScope(principal: Principal | undefined): string | null {
	if (principal?.role === "admin") return null;
	return principal?.userId ?? NOBODY;
}

const NOBODY = "00000000-0000-0000-0000-000000000000";
