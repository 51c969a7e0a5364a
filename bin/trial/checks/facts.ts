import { STORED } from "../../services.ts";
import { isLiving, missing, ordersOf } from "./check.ts";
import type { Check, Evidence } from "./check.ts";

/** A fact of this moment is on its way, one of five seconds ago is stuck. */
const PENDING = `select count(*)::int as open from outbox
	where published_at is null and occurred_at < now() - interval '5 s'`;

export const outbox: Check = {
	name: "outbox",
	meaning: "no fact is stuck in an outbox",
	async violations({ databases }) {
		const counts = await Promise.all(
			STORED.map(async (service) => {
				const [row] = await databases.rows<{ open: number }>(service, PENDING);
				return row?.open ? [`${service} has ${row.open} unpublished facts`] : [];
			}),
		);
		return counts.flat();
	},
};

const GAPS = `select aggregate_type || ' ' || aggregate_id as aggregate from outbox
	group by aggregate_type, aggregate_id having count(*) <> max(sequence) or min(sequence) <> 1`;

export const sequences: Check = {
	name: "sequences",
	meaning: "the facts of every aggregate are numbered without a gap",
	async violations({ databases }) {
		const gaps = STORED.map((service) => databases.rows<{ aggregate: string }>(service, GAPS));
		return (await Promise.all(gaps)).flat().map(({ aggregate }) => `the facts of ${aggregate} have a gap`);
	},
};

/** What a consumer reads, from `<service>.<consumer>`. */
export interface Reading {
	readonly consumer: string;
	readonly events: readonly string[];
}

const serviceOf = (consumer: string): string => consumer.split(".")[0] ?? "";

/** Notifications are the last link: what they announce is sent while this is judged. */
const SENT = "select message_id as id from outbox where name = any($1) and occurred_at < now() - interval '5 s'";
const RECEIVED = "select message_id as id from inbox where consumer = $1 and processed_at is not null";

/** Every fact has reached every consumer that reads it. */
export const inbox: Check<Evidence & { readonly readings: readonly Reading[] }> = {
	name: "inbox",
	meaning: "every consumer has handled exactly the facts that were announced",
	async violations({ databases, readings }) {
		const compared = readings.map(async ({ consumer, events }) => {
			const outboxes = STORED.map((service) => databases.rows<{ id: string }>(service, SENT, [events]));
			const sent = new Set((await Promise.all(outboxes)).flat().map(({ id }) => id));
			const rows = await databases.rows<{ id: string }>(serviceOf(consumer), RECEIVED, [consumer]);
			const received = new Set(rows.map(({ id }) => id));
			return missing(sent, received).map((id) => `${consumer} has never handled ${id}`);
		});
		return (await Promise.all(compared)).flat();
	},
};

const DEAD = "select consumer, message_id as id, last_error as error from inbox where dead_at is not null";

export const deadLetters: Check<Evidence & { readonly readings: readonly Reading[] }> = {
	name: "dead letters",
	meaning: "no fact was given up",
	async violations({ databases, readings }) {
		const services = [...new Set(readings.map(({ consumer }) => serviceOf(consumer)))];
		const dead = services.map((service) =>
			databases.rows<{ consumer: string; id: string; error: string }>(service, DEAD),
		);
		return (await Promise.all(dead)).flat().map(({ consumer, id, error }) => `${consumer} gave up ${id}: ${error}`);
	},
};

const REFUNDS = `select order_id as "orderId", count(*)::int as times, sum(refunds.amount * 100)::int as cents
	from refunds join payments on payments.id = payment_id where refunds.status = 'done' group by order_id`;
const HEARD = `select order_id as "orderId", count(*)::int as times, sum((data ->> 'amountCents')::int)::int as cents
	from order_events where type = 'refunded' group by order_id`;

interface Refunds {
	readonly orderId: string;
	readonly times: number;
	readonly cents: number;
}

/** A refund is added up where it is heard of, so a fact that takes effect twice shows. */
export const effects: Check = {
	name: "effects",
	meaning: "what was announced took effect once: each refund counts once in its order",
	async violations(evidence) {
		const { databases } = evidence;
		const done = new Map((await databases.rows<Refunds>("payments", REFUNDS)).map((row) => [row.orderId, row]));
		const heard = new Map((await databases.rows<Refunds>("orders", HEARD)).map((row) => [row.orderId, row]));
		return (await ordersOf(evidence)).filter(isLiving).flatMap(({ id }) => {
			const [times, cents] = [done.get(id)?.times ?? 0, done.get(id)?.cents ?? 0];
			const [heardTimes, heardCents] = [heard.get(id)?.times ?? 0, heard.get(id)?.cents ?? 0];
			const isRight = times === heardTimes && cents === heardCents;
			return isRight
				? []
				: [`order ${id} heard of ${heardTimes} refunds (${heardCents}), payments made ${times} (${cents})`];
		});
	},
};
