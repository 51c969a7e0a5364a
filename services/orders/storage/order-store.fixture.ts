import { randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { outboxRows } from "../../../mixins/events/outbox.ts";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database, Queryable } from "../../../mixins/sql/database.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { Decision } from "../domain/decision.ts";
import type { Occurred, Order } from "../domain/order.ts";
import { place } from "../domain/place.ts";
import { orderRepository } from "./order.repository.ts";
import type { OrderRider } from "./order.repository.ts";

export const ADDRESS = { name: "Ada", line1: "1 Main Street", city: "Turin", postalCode: "10100", country: "IT" };

export interface OrderStore {
	readonly url: string;
	readonly db: Database;
	close(): Promise<void>;
}

export async function openOrderStore(): Promise<OrderStore> {
	const database = await freshDatabase("orders");
	const db = openDatabase({ url: database.url, applicationName: "orders-spec" });
	const close = async () => {
		await db.close();
		await database.drop();
	};
	return { url: database.url, db, close };
}

/** The statements a piece of work sends. */
export function counting(db: Queryable): { readonly tx: Queryable; readonly names: string[] } {
	const names: string[] = [];
	const tx: Queryable = {
		query(wanted, values) {
			names.push(wanted.name);
			return db.query(wanted, values);
		},
	};
	return { tx, names };
}

interface Wanted {
	readonly userId?: string;
	/** Null is an order that is paid later. */
	readonly paymentId?: string | null;
	readonly at?: Date;
}

/** A new order, decided and not yet stored. */
export function newOrder({ userId = randomUUID(), paymentId = randomUUID(), at = new Date() }: Wanted = {}) {
	const cup = { productId: randomUUID(), name: "Cup", priceCents: 1_050 };
	const plate = { productId: randomUUID(), name: "Plate", priceCents: 333 };
	const items = [cup, plate].map(({ productId }, index) => ({ productId, quantity: index + 1 }));
	const quote = { currency: "EUR", products: [cup, plate] };
	return place(uuidv7({ msecs: at.getTime() }), { userId, items, paymentId }, quote, at.toISOString());
}

/** A saga that works on an order, as its row is started. */
export function sagaOf({ id, userId }: Order, owner = "node-a") {
	const data = { userId, operationKey: null };
	const saga = { id: uuidv7(), type: "checkout", subjectId: id, data, deadlineMs: null, correlationId: "request" };
	return { saga, owner };
}

export const riderOf = ({ state }: Decision, operation?: { key: string; fingerprint: string }): OrderRider => ({
	start: sagaOf(state),
	placed: {
		operation: operation && { ...operation, deadlineMs: Date.now() },
		shipping: ADDRESS,
		billing: ADDRESS,
	},
});

/** Stores a decision as `change` does; false when the store refused it. */
export function save(db: Queryable, before: Order | undefined, decision: Decision, rider?: OrderRider) {
	const outbox = outboxRows(decision.events, { id: "cause", requestID: "request" }, randomUUID);
	return orderRepository.save(db, { before, decision, outbox, rider });
}

/** Stores a new order with its saga. */
export async function stored(db: Queryable, decision: Decision = newOrder()) {
	const rider = riderOf(decision);
	await save(db, undefined, decision, rider);
	return { order: decision.state, sagaId: rider.start?.saga.id ?? "" };
}

/** Everything the database holds about an order. */
export async function traces(db: Queryable, orderId: string) {
	const [events, announced, sagas] = await Promise.all([
		db.query(EVENTS, [orderId]),
		db.query(ANNOUNCED, [orderId]),
		db.query(SAGAS, [orderId]),
	]);
	return { events, announced, sagas };
}

export async function operationNamed(db: Queryable, key: string) {
	return (await db.query(OPERATION, [key]))[0];
}

export const factsOf = (rows: readonly EventRow[]): Occurred[] =>
	rows.map(({ type, data, occurred_at }) => ({
		fact: { type, ...data } as Occurred["fact"],
		at: occurred_at.toISOString(),
	}));

interface EventRow {
	readonly version: number;
	readonly type: string;
	readonly data: object;
	readonly occurred_at: Date;
}

const EVENTS = statement<EventRow>(
	"spec.events",
	"select version, type, data, occurred_at from order_events where order_id = $1 order by version",
);
const ANNOUNCED = statement<{ name: string; sequence: number; correlation_id: string; causation_id: string }>(
	"spec.announced",
	"select name, sequence, correlation_id, causation_id from outbox where aggregate_id = $1 order by sequence",
);
const SAGAS = statement<{ id: string; type: string; state: string; owner: string; fence: string }>(
	"spec.sagas",
	"select id, type, state, owner, fence from sagas where subject_id = $1 order by id",
);
const OPERATION = statement<{ fingerprint: string; status: number | null; body: string | null }>(
	"spec.operation",
	"select fingerprint, status, body from operations where key = $1",
);
