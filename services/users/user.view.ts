import type { User } from "../contracts/users.ts";
import type { Account } from "./domain/account.ts";

/** An account as it is answered. */
export function userView({ version: _version, createdAt, updatedAt, ...account }: Account): User {
	return { ...account, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
