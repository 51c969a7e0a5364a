import { statement } from "../sql/database.ts";
import type { Queryable } from "../sql/database.ts";

export const LEASE_MS = 5_000;

const HOLD = statement<{ fence: string }>(
	"leases.hold",
	`insert into leases (name, owner, fence, expires_at) values ($1, $2, 1, now() + $3 * interval '1 ms')
	on conflict (name) do update
	set owner = excluded.owner, expires_at = excluded.expires_at,
		fence = leases.fence + (leases.owner <> excluded.owner)::int
	where leases.owner = excluded.owner or leases.expires_at < now()
	returning fence`,
);

const RELEASE = statement("leases.release", "update leases set expires_at = now() where name = $1 and owner = $2");

/**
 * Takes or renews a lease row. Rows work behind transaction poolers, where
 * advisory locks of a session do not.
 *
 * @returns the fence, larger for each new owner; undefined while another owner holds it
 */
export async function holdLease(
	db: Queryable,
	name: string,
	owner: string,
	leaseMs: number = LEASE_MS,
): Promise<number | undefined> {
	const [row] = await db.query(HOLD, [name, owner, leaseMs]);
	return row && Number(row.fence);
}

const RENEW_EVERY_MS = 1_000;

/**
 * Holds a lease for a busy owner: the row is asked for once a second, not at every piece of work. What
 * is written under the lease must still name the fence, since the last answer may be a second old.
 *
 * @param now a clock in milliseconds that never goes back
 */
export function leaseHolder(
	db: Queryable,
	name: string,
	owner: string,
	now: () => number = () => performance.now(),
): () => Promise<number | undefined> {
	let fence: number | undefined;
	let askAgainMs = -Infinity;
	return async () => {
		if (now() < askAgainMs) return fence;
		fence = await holdLease(db, name, owner);
		askAgainMs = fence === undefined ? -Infinity : now() + RENEW_EVERY_MS;
		return fence;
	};
}

/** Lets the next owner in at once. */
export async function releaseLease(db: Queryable, name: string, owner: string): Promise<void> {
	await db.query(RELEASE, [name, owner]);
}
