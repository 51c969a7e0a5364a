import type { ParamsOf } from "../../contracts/action.ts";
import type { Address } from "../../contracts/address.ts";
import { PreconditionFailed } from "../../contracts/errors.ts";
import type { Event } from "../../contracts/event.ts";
import type { Role } from "../../contracts/meta.ts";
import { UserCreated, UserDeleted, UserNotFound, UserUpdated } from "../../contracts/users.ts";
import type { Register, UpdateUser, User } from "../../contracts/users.ts";

/** An account without its password, so that nothing which reads one can show a hash. */
export interface Account {
	readonly id: string;
	readonly email: string;
	readonly username: string | null;
	readonly firstName: string | null;
	readonly lastName: string | null;
	readonly phone: string | null;
	readonly address: Address | null;
	readonly role: Role;
	readonly isActive: boolean;
	readonly preferences: User["preferences"];
	readonly version: number;
	readonly createdAt: Date;
	readonly updatedAt: Date;
}

/** What a rule decided: the next state, and the facts to publish with it. */
export interface Decision {
	readonly state: Account;
	readonly events: readonly Event[];
}

export type Profile = Pick<ParamsOf<typeof Register>, "email"> &
	Partial<Omit<ParamsOf<typeof Register>, "email" | "password">>;
export type ProfileChanges = Omit<ParamsOf<typeof UpdateUser>, "id">;

/** When a command came, and the version of the account it was meant for. */
export interface Command {
	readonly now: Date;
	/** From If-Match; undefined when any version will do. */
	readonly expectedVersion?: number | undefined;
}

/** Opens an account. Its role comes from the server: a client cannot ask for one. */
export function open(id: string, role: Role, profile: Profile, now: Date): Decision {
	const { email, username = null, firstName = null, lastName = null, phone = null, address = null } = profile;
	const person = { email, username, firstName, lastName, phone, address };
	const state = { ...person, id, role, isActive: true, preferences: {}, version: 1, createdAt: now, updatedAt: now };

	return { state, events: [UserCreated.of({ userId: id, email, role, timestamp: now.toISOString() })] };
}

/** Changes the given fields; preferences that are not given stay. */
export function update(account: Account, { preferences, ...given }: ProfileChanges, command: Command): Decision {
	return revise(account, { ...given, preferences: { ...account.preferences, ...preferences } }, command);
}

export const giveRole = (account: Account, role: Role, command: Command): Decision =>
	revise(account, { role }, command);

/** Closing an account twice is closing it once. */
export function deactivate(account: Account, { now, expectedVersion }: Command): Decision {
	expectVersion(account, expectedVersion);
	if (!account.isActive) return { state: account, events: [] };

	return {
		state: { ...account, isActive: false, version: account.version + 1, updatedAt: now },
		events: [UserDeleted.of({ userId: account.id, mode: "deactivated", timestamp: now.toISOString() })],
	};
}

/**
 * Another user's account is answered as if it did not exist.
 *
 * @param scope the only user whose account may be seen, or null for all of them
 */
export function withinScope(scope: string | null, id: string): string {
	if (scope !== null && scope !== id) throw new UserNotFound();
	return id;
}

type Fields = { readonly [F in keyof Account]?: Account[F] | undefined };

/** Fields that keep their value are no change, and no change is no new version. */
function revise(account: Account, given: Fields, { now, expectedVersion }: Command): Decision {
	expectVersion(account, expectedVersion);
	const fields = Object.keys(given) as (keyof Account)[];
	const changed = fields.filter((field) => given[field] !== undefined && !isSame(account[field], given[field]));
	if (changed.length === 0) return { state: account, events: [] };

	const patch = Object.fromEntries(changed.map((field) => [field, given[field]]));
	return {
		state: { ...account, ...patch, version: account.version + 1, updatedAt: now },
		events: [UserUpdated.of({ userId: account.id, changed, timestamp: now.toISOString() })],
	};
}

/** The store gives the fields of an address back in its own order. */
function isSame(one: unknown, other: unknown): boolean {
	if (!isRecord(one) || !isRecord(other)) return one === other;
	return Object.keys({ ...one, ...other }).every((field) => one[field] === other[field]);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function expectVersion({ version }: Account, expectedVersion = version): void {
	if (expectedVersion !== version) throw new PreconditionFailed({ currentVersion: version });
}
