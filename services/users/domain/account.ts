import type { ParamsOf } from "../../contracts/action.ts";
import type { Address } from "../../contracts/address.ts";
import { PreconditionFailed } from "../../contracts/errors.ts";
import type { Event } from "../../contracts/event.ts";
import type { Role } from "../../contracts/meta.ts";
import { LastAdmin, UserCreated, UserDeleted, UserNotFound, UserUpdated } from "../../contracts/users.ts";
import type { Register, UpdateUser, User } from "../../contracts/users.ts";

/**
 *     invited → active ⇄ deactivated
 *         └────────┴──────────┴─→ erasing → erased
 */
export type Standing = "invited" | "active" | "deactivated" | "erasing" | "erased";

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
	readonly standing: Standing;
	readonly preferences: User["preferences"];
	readonly emailVerifiedAt: Date | null;
	readonly version: number;
	readonly createdAt: Date;
	readonly updatedAt: Date;
}

/** What a rule decided: the next state, which of its fields changed, and the facts to publish with it. */
export interface Decision {
	readonly state: Account;
	readonly changed: readonly (keyof Account)[];
	readonly events: readonly Event[];
	/** The account before, when it has another email address now. */
	readonly movedFrom?: Account;
}

export type Profile = Pick<ParamsOf<typeof Register>, "email"> &
	Partial<Omit<ParamsOf<typeof Register>, "email" | "password">>;
export type ProfileChanges = Omit<ParamsOf<typeof UpdateUser>, "id">;

/** When a command came, and what it was told of the account. */
export interface Command {
	readonly now: Date;
	/** From If-Match; undefined when any version will do. */
	readonly expectedVersion?: number | undefined;
	/** No other account is an active administrator's. */
	readonly isLastAdmin?: boolean;
}

/** Opens an account. Its role comes from the server: a client cannot ask for one. */
export function open(id: string, role: Role, profile: Profile, now: Date): Decision {
	const state = newAccount(id, role, "active", profile, now);
	return { state, changed: [], events: [created(state, now)] };
}

/** An account without a password, for somebody who has not shown yet that its address is his. Nobody is told of it before. */
export function invite(id: string, profile: Profile, now: Date): Decision {
	return { state: newAccount(id, "customer", "invited", profile, now), changed: [], events: [] };
}

/** Changes the given fields; preferences that are not given stay. Another email address is not verified yet. */
export function update(account: Account, { preferences, ...given }: ProfileChanges, command: Command): Decision {
	const isMoved = given.email !== undefined && given.email !== account.email;
	const unverified = isMoved ? { emailVerifiedAt: null } : {};
	const fields = { ...given, ...unverified, preferences: { ...account.preferences, ...preferences } };
	const decision = revise(account, fields, command);
	return isMoved ? { ...decision, movedFrom: account } : decision;
}

export function giveRole(account: Account, role: Role, command: Command): Decision {
	if (role !== "admin") keepAnAdmin(account, command);
	return revise(account, { role }, command);
}

/** The user has shown that mails to his address reach him. */
export const confirmEmail = (account: Account, now: Date): Decision =>
	revise(account, { emailVerifiedAt: account.emailVerifiedAt ?? now }, { now });

/** Whoever sets a password by a mailed link has read the mail, and takes up an invitation with it. */
export function resetPassword(account: Account, now: Date): Decision {
	if (account.standing !== "invited" && account.standing !== "active") throw new UserNotFound();
	const decision = revise(account, { standing: "active", emailVerifiedAt: account.emailVerifiedAt ?? now }, { now });
	return account.standing === "invited" ? { ...decision, events: [created(decision.state, now)] } : decision;
}

/** Closing an account twice is closing it once. */
export function deactivate(account: Account, command: Command): Decision {
	expectVersion(account, command.expectedVersion);
	keepAnAdmin(account, command);
	if (account.standing === "deactivated") return unchanged(account);
	return closed(account, "deactivated", command.now);
}

/** Who was never deactivated stays as he is. */
export const reactivate = (account: Account, now: Date): Decision =>
	revise(account, { standing: account.standing === "deactivated" ? "active" : account.standing }, { now });

/** From here on nobody signs in; what names the person goes when every other store has forgotten him. */
export function beginErasure(account: Account, command: Command): Decision {
	keepAnAdmin(account, command);
	if (account.standing === "erasing" || account.standing === "erased") return unchanged(account);
	const state: Account = { ...account, standing: "erasing", version: account.version + 1, updatedAt: command.now };
	return { state, changed: ["standing"], events: [] };
}

/** The row stays, since orders and payments refer to it; nothing in it tells whose it was. */
export function erase(account: Account, now: Date): Decision {
	if (account.standing === "erased") return unchanged(account);
	const nobody = { email: `erased-${account.id}@invalid`, username: null, firstName: null, lastName: null };
	const nowhere = { phone: null, address: null, preferences: {}, emailVerifiedAt: null };
	return closed({ ...account, ...nobody, ...nowhere }, "erased", now);
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

function newAccount(id: string, role: Role, standing: Standing, profile: Profile, now: Date): Account {
	const { email, username = null, firstName = null, lastName = null, phone = null, address = null } = profile;
	const person = { email, username, firstName, lastName, phone, address, preferences: {}, emailVerifiedAt: null };
	return { ...person, id, role, standing, version: 1, createdAt: now, updatedAt: now };
}

const created = ({ id, email, role }: Account, now: Date): Event =>
	UserCreated.of({ userId: id, email, role, timestamp: now.toISOString() });

/** Nothing of the account itself changes. */
export const unchanged = (account: Account): Decision => ({ state: account, changed: [], events: [] });

function closed(account: Account, standing: "deactivated" | "erased", now: Date): Decision {
	const fact = UserDeleted.of({ userId: account.id, mode: standing, timestamp: now.toISOString() });
	return {
		state: { ...account, standing, version: account.version + 1, updatedAt: now },
		changed: ["standing"],
		events: account.standing === "invited" ? [] : [fact],
	};
}

function keepAnAdmin({ role, standing }: Account, { isLastAdmin = false }: Command): void {
	if (isLastAdmin && role === "admin" && standing === "active") throw new LastAdmin();
}

type Fields = { readonly [F in keyof Account]?: Account[F] | undefined };

/** What others know a field as. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = { standing: "isActive" };

/** Fields that keep their value are no change, and no change is no new version. Of an invited user nobody knows. */
function revise(account: Account, given: Fields, { now, expectedVersion }: Command): Decision {
	expectVersion(account, expectedVersion);
	const fields = Object.keys(given) as (keyof Account)[];
	const changed = fields.filter((field) => given[field] !== undefined && !isSame(account[field], given[field]));
	if (changed.length === 0) return unchanged(account);

	const patch = Object.fromEntries(changed.map((field) => [field, given[field]]));
	const names = changed.map((field) => PUBLIC_NAMES[field] ?? field);
	const fact = UserUpdated.of({ userId: account.id, changed: names, timestamp: now.toISOString() });
	return {
		state: { ...account, ...patch, version: account.version + 1, updatedAt: now },
		changed,
		events: account.standing === "invited" ? [] : [fact],
	};
}

/** The store gives the fields of an address back in its own order. */
function isSame(one: unknown, other: unknown): boolean {
	if (!isRecord(one) || !isRecord(other)) return one === other;
	return Object.keys({ ...one, ...other }).every((field) => one[field] === other[field]);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** An erased account, or one that is about to be, is not there for any command. */
function expectVersion({ version, standing }: Account, expectedVersion = version): void {
	if (standing === "erasing" || standing === "erased") throw new UserNotFound();
	if (expectedVersion !== version) throw new PreconditionFailed({ currentVersion: version });
}
