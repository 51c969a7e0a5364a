import type { Finding } from "../../services/contracts/integrity.ts";
import { iso } from "../saga/saga-store.ts";
import { NEEDS_ATTENTION } from "../saga/saga-views.ts";
import { statement } from "../sql/database.ts";
import type { Statement } from "../sql/database.ts";
import type { Audit } from "./audit.ts";

/** Counting stops here: a queue of this length says enough. */
const COUNTED = 10_000;
const SHOWN = 100;

/** An audit of what waits: one statement finds all of it, since what waits is little and has an index. */
const waiting = (name: string, kind: string, question: Statement<Omit<Finding, "kind">>): Audit<unknown> => ({
	name,
	kinds: [kind],
	async chunk(_service, { db }) {
		const rows = await db.query(question);
		return { findings: rows.map((row) => ({ kind, ...row })), checked: rows.length, next: null };
	},
});

/** A fact is published within a second of its commit, unless the bus or a reader is out of reach. */
export const outboxAge = waiting(
	"the age of the outbox",
	"outbox-stuck",
	statement(
		"integrity.outboxAge",
		`select 'outbox' as subject, ${iso("min(occurred_at)")} as since,
			count(*) || ' facts are unpublished; the oldest is ' || (array_agg(name || ' ' || message_id order by id))[1]
				|| coalesce(': ' || (array_agg(last_error order by id))[1], '') as detail
		from (
			select * from outbox where published_at is null order by id limit ${COUNTED}
		) as unpublished
		where occurred_at < now() - interval '30 s' having count(*) > 0`,
	),
);

/** A message is due when its last try was long enough ago; a minute later somebody should have tried. */
export const inboxStuck = waiting(
	"the inbox",
	"inbox-stuck",
	statement(
		"integrity.inboxStuck",
		`select 'consumer ' || consumer as subject, ${iso("min(next_attempt_at)")} as since,
			count(*) || ' messages are due and nobody handles them' as detail
		from (
			select consumer, next_attempt_at from inbox
			where processed_at is null and dead_at is null and next_attempt_at < now() - interval '1 minute'
			order by next_attempt_at limit ${COUNTED}
		) as due
		group by consumer order by consumer`,
	),
);

export const sagasOverdue = waiting(
	"open sagas",
	"saga-overdue",
	statement(
		"integrity.sagasOverdue",
		`with open as materialized (
			select * from sagas where state <> 'done'
		)
		select 'saga ' || id as subject, ${iso("coalesce(troubled_since, next_run_at)")} as since,
			type || ' of ' || subject_id || ' is ' || state || coalesce(' at "' || step || '"', '') || ' after ' || attempts
				|| ' faults' || coalesce(': ' || last_error, '') as detail
		from open where ${NEEDS_ATTENTION} order by id desc limit ${SHOWN}`,
	),
);
