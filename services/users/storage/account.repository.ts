import type { Change, Repository } from "../../../mixins/aggregate.mixin.ts";
import { announce } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { violates } from "../../../mixins/sql/errors.ts";
import { EmailTaken, UserNotFound, UsernameTaken } from "../../contracts/users.ts";
import type { Account, Decision } from "../domain/account.ts";
import { COLUMNS } from "./accounts.ts";
import { openingSessions, sessionRows } from "./sessions.ts";
import type { NewSession } from "./sessions.ts";

/** What is stored together with a new account and is no part of its state. */
export interface NewCredentials {
	readonly passwordHash: string;
	/** The session that registering opens; none when somebody else opens the account. */
	readonly sessions: readonly NewSession[];
}

const LOCK = statement<Account>("users.lock", `select ${COLUMNS} from users where id = $1 for update`);

const INSERT = statement<{ ok: number }>(
	"users.insert",
	`with saved as (
		insert into users (id, email, username, first_name, last_name, phone, address, role, is_active, preferences,
			version, created_at, updated_at, announced, password_hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, json_array_length($13::json), $14)
		returning id, announced
	),
	${openingSessions("$15")},
	facts as (${announce("$13")})
	select 1 as ok from saved`,
);

const UPDATE = statement<{ ok: number }>(
	"users.update",
	`with saved as (
		update users set email = $2, username = $3, first_name = $4, last_name = $5, phone = $6, address = $7, role = $8,
			is_active = $9, preferences = $10, version = $11, updated_at = $12,
			announced = announced + json_array_length($13::json)
		where id = $1 and version = $14
		returning id, announced
	),
	facts as (${announce("$13")})
	select 1 as ok from saved`,
);

type AccountChange = Change<Account, Decision, NewCredentials>;

/** Rows of `users` with their facts; a new one together with its first session, in one statement. */
export const accountRepository: Repository<Account, Decision, NewCredentials> = {
	async lock(tx, id) {
		const [row] = await tx.query(LOCK, [id]);
		return row;
	},

	async save(tx, change) {
		try {
			return (await write(tx, change)).length > 0;
		} catch (error) {
			throw refusalOf(error);
		}
	},

	missing: () => new UserNotFound(),
};

function write(tx: Queryable, { before, decision: { state }, outbox, rider }: AccountChange) {
	const values = [...valuesOf(state), outbox];
	if (before !== undefined) return tx.query(UPDATE, [...values, before.version]);

	if (rider === undefined) throw new Error("An account is created with its credentials as the rider.");
	return tx.query(INSERT, [...values, rider.passwordHash, sessionRows(rider.sessions)]);
}

const valuesOf = (account: Account): unknown[] => [
	account.id,
	account.email,
	account.username,
	account.firstName,
	account.lastName,
	account.phone,
	account.address,
	account.role,
	account.isActive,
	account.preferences,
	account.version,
	account.updatedAt,
];

function refusalOf(error: unknown): unknown {
	if (violates(error, "users_email")) return new EmailTaken();
	if (violates(error, "users_username")) return new UsernameTaken();
	return error;
}
