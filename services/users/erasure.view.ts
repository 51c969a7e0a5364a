import { ErasureNotFound } from "../contracts/accounts.ts";
import type { Erasure } from "../contracts/accounts.ts";
import { findErasure } from "./storage/accounts.ts";
import type { Users } from "./users.context.ts";

/** How far the erasure of a user is. @throws ErasureNotFound when nobody asked for it */
export async function erasureOf(users: Users, id: string): Promise<Erasure> {
	const found = await findErasure(users.db, id);
	if (found === undefined) throw new ErasureNotFound();
	const { requestedAt, finishedAt } = found;
	return {
		id,
		status: finishedAt === null ? "running" : "done",
		requestedAt: requestedAt.toISOString(),
		finishedAt: finishedAt?.toISOString() ?? null,
	};
}
