import type { User } from "../contracts/users.ts";
import type { Account } from "./domain/account.ts";

/** An account as it is answered. */
export function userView(account: Account): User {
	const { version: _version, standing, preferences, emailVerifiedAt, createdAt, updatedAt, ...person } = account;
	return {
		...person,
		isActive: standing === "active",
		preferences,
		emailVerifiedAt: emailVerifiedAt?.toISOString() ?? null,
		createdAt: createdAt.toISOString(),
		updatedAt: updatedAt.toISOString(),
	};
}
