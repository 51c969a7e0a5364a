import type { NewSaga } from "../../../mixins/saga/saga.ts";
import type { LinkPurpose } from "../../contracts/credentials.ts";
import type { NewActivity } from "./activities.ts";
import type { NewMail, Notice } from "./links.ts";
import type { NewSession } from "./sessions.ts";

/** What commits in the same statement as an account and is no part of its state. */
export interface AccountRider {
	readonly at: Date;
	readonly passwordHash?: string;
	/** By which the caller has shown that he knows the password: it must be the account's still. */
	readonly verifiedHash?: string | undefined;
	/** The session that registering opens. */
	readonly session?: NewSession;
	readonly mail?: NewMail | undefined;
	/** Beside `mail`. */
	readonly notice?: Notice | undefined;
	readonly activity?: NewActivity;
	/** The link that the change is made with: it must be open still, and is used then. */
	readonly useLink?: string;
	readonly endLinks?: readonly LinkPurpose[];
	/** Every session ends, but for the one that is kept. */
	readonly endSessions?: { readonly except: string | null };
	/** A saga that the change starts, leased to `owner`. */
	readonly start?: { readonly saga: NewSaga; readonly owner: string };
}

/**
 * Parts of the statement that changes an account: they read the rider from a parameter, and act when the part `saved`
 * has written. A link that is used is held by the part `used`, which comes before it.
 *
 * @param parameter holds `riderRow`, e.g. `$4`
 */
export const ridden = (parameter: string): string => `
	rider as (
		select * from json_to_record(${parameter}::json) as rider (
			at timestamptz, password_hash text, verified_hash text, used_link uuid, end_links text[], end_sessions boolean,
			kept_session uuid, is_notice_counted boolean)
	),
	used as (
		update mail_links set used_at = rider.at from rider
		where token_id = rider.used_link and used_at is null and expires_at > rider.at
		returning user_id
	)`;

/** The ends that come with a change. A link that comes with it stays, and how many were mailed is not forgotten. */
export const ending = (): string => `
	closed as (
		update mail_links set used_at = rider.at from saved, rider
		where mail_links.user_id = saved.id and purpose = any(rider.end_links) and used_at is null
			and token_id is distinct from rider.used_link and purpose not in (select purpose from linked)
	),
	ended as (
		update sessions set revoked_at = rider.at from saved, rider
		where sessions.user_id = saved.id and rider.end_sessions and revoked_at is null
			and sessions.id is distinct from rider.kept_session
	)`;

export function riderRow(rider: AccountRider | undefined): string {
	const { at, passwordHash, verifiedHash, useLink, endLinks, endSessions, notice } = rider ?? {};
	return JSON.stringify({
		at,
		password_hash: passwordHash,
		verified_hash: verifiedHash,
		used_link: useLink,
		end_links: endLinks ?? [],
		end_sessions: endSessions !== undefined,
		kept_session: endSessions?.except,
		is_notice_counted: notice?.isCounted ?? false,
	});
}
