import type { Change, Repository } from "../../../mixins/aggregate.mixin.ts";
import { announce } from "../../../mixins/events/outbox.ts";
import { sagaRows, startSagas } from "../../../mixins/saga/saga-store.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { violates } from "../../../mixins/sql/errors.ts";
import { EmailTaken, UserNotFound, UsernameTaken } from "../../contracts/users.ts";
import type { Account, Decision } from "../domain/account.ts";
import { COLUMNS } from "./accounts.ts";
import { activityRows, noting } from "./activities.ts";
import { linkRows, mailing, mailRows, noticing } from "./links.ts";
import { ending, ridden, riderRow } from "./rider.ts";
import type { AccountRider } from "./rider.ts";
import { openingSessions, sessionRows } from "./sessions.ts";

const LOCK = statement<Account>("users.lock", `select ${COLUMNS} from users where id = $1 for update`);

const INSERT = statement<{ ok: number }>(
	"users.insert",
	`with saved as (
		insert into users (id, email, username, first_name, last_name, phone, address, role, standing, is_active,
			preferences, email_verified_at, version, created_at, updated_at, announced, password_hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, json_array_length($15::json), $16)
		returning id, announced
	),
	${openingSessions("$17")},
	facts as (${announce("$15")}),
	${mailing("$18", "$19")}
	select 1 as ok from saved`,
);

/** The moments of an erasure are the changes into its two standings. */
const UPDATE = statement<{ ok: number }>(
	"users.update",
	`with ${ridden("$17")},
	saved as (
		update users set email = $2, username = $3, first_name = $4, last_name = $5, phone = $6, address = $7, role = $8,
			standing = $9, is_active = $10, preferences = $11, email_verified_at = $12, version = $13, updated_at = $14,
			announced = announced + json_array_length($15::json),
			password_hash = case when $9 = 'erased' then null else coalesce(rider.password_hash, users.password_hash) end,
			erasure_requested_at = case when $9 = 'erasing' then $14 else erasure_requested_at end,
			erased_at = case when $9 = 'erased' then $14 end
		from rider
		where id = $1 and version = $16
			and (rider.used_link is null or exists (select from used where used.user_id = users.id))
			and (rider.verified_hash is null or rider.verified_hash = users.password_hash)
		returning id, announced
	),
	facts as (${announce("$15")}),
	${mailing("$18", "$19")},
	${noting("$20")},
	started as (${startSagas("$21")}),
	${noticing("$22")},
	${ending()}
	select 1 as ok from saved`,
);

type AccountChange = Change<Account, Decision, AccountRider>;

/** Rows of `users` with their facts, and whatever rides with a change, in one statement. */
export const accountRepository: Repository<Account, Decision, AccountRider> = {
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
	const mail = [linkRows(rider?.mail), mailRows(rider?.mail)];
	if (before === undefined) {
		const sessions = sessionRows([rider?.session ?? []].flat());
		return tx.query(INSERT, [...values, rider?.passwordHash ?? null, sessions, ...mail]);
	}

	const activities = activityRows([rider?.activity ?? []].flat());
	const sagas = sagaRows(rider?.start?.saga, rider?.start?.owner ?? "");
	const more = [activities, sagas, rider?.notice?.outbox ?? "[]"];
	return tx.query(UPDATE, [...values, before.version, riderRow(rider), ...mail, ...more]);
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
	["active", "deactivated"].includes(account.standing) ? null : account.standing,
	account.standing === "active",
	account.preferences,
	account.emailVerifiedAt,
	account.version,
	account.updatedAt,
];

function refusalOf(error: unknown): unknown {
	if (violates(error, "users_email")) return new EmailTaken();
	if (violates(error, "users_username")) return new UsernameTaken();
	return error;
}
