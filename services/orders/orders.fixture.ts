import { randomUUID } from "node:crypto";
import { jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import type { KeyedOperation } from "../../mixins/operations.ts";
import type { Worker } from "../../mixins/events/worker.ts";
import { statement } from "../../mixins/sql/database.ts";
import type { Database } from "../../mixins/sql/database.ts";
import { startBroker } from "../../test/support/broker.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { call } from "../contracts/action.ts";
import type { Meta, Role } from "../contracts/meta.ts";
import { CancelOrder, GetOrder, ListOrders, PayOrder, PlaceOrder, SetOrderStatus } from "../contracts/orders.ts";
import { OrderHistory } from "../contracts/order-lists.ts";
import type { OrderStatus } from "../contracts/orders.ts";
import type { PagingParams } from "../contracts/paging.ts";
import type { Refusal } from "../contracts/problem.ts";
import { AcceptReturn, GetReturn, ListReturns, RefuseReturn, RequestReturn } from "../contracts/returns.ts";
import type { Return } from "../contracts/returns.ts";
import type { Units } from "./domain/facts.ts";
import type { Orders } from "./orders.context.ts";
import orders from "./orders.service.ts";
import { CUP, Participants, PLATE } from "./participants.fixture.ts";

type RunningService = Orders & { readonly resuming: Worker };

export interface OrdersNode {
	readonly broker: ServiceBroker;
	readonly service: RunningService;
	readonly bus: LocalBus;
	/** Names of the statements this node sent, those of its background work included. */
	readonly statements: string[];
	/** How many transactions of several statements it committed. */
	readonly transactions: { count: number };
}

export interface Shop extends OrdersNode {
	readonly participants: Participants;
	/** Another node of orders over the same database. */
	join(): Promise<OrdersNode>;
	stop(): Promise<void>;
}

/** Orders on a database of its own, between participants that a spec scripts. */
export async function openShop(env: NodeJS.ProcessEnv = {}): Promise<Shop> {
	const database = await freshDatabase("orders");
	const participants = new Participants();
	const nodes: OrdersNode[] = [];
	const join = async () => {
		const node = await startNode(participants, { ...env, ORDER_DATABASE_URL: database.url });
		nodes.push(node);
		return node;
	};
	const stop = async () => {
		await Promise.all(nodes.map(({ broker }) => broker.stop()));
		await database.drop();
	};
	return { ...(await join()), participants, join, stop };
}

async function startNode(participants: Participants, env: NodeJS.ProcessEnv): Promise<OrdersNode> {
	const bus = new LocalBus();
	const environment = jest.replaceProperty(process, "env", env);
	const broker = await startBroker([...participants.services(), orders], { bus });
	environment.restore();
	const service = broker.getLocalService("orders") as RunningService;
	return { broker, service, bus, ...countStatements(service) };
}

function countStatements(service: Orders) {
	const statements: string[] = [];
	const transactions = { count: 0 };
	const real = service.db;
	const counting: Database = {
		...real,
		query(wanted, values) {
			statements.push(wanted.name);
			return real.query(wanted, values);
		},
		transaction(work) {
			transactions.count += 1;
			return real.transaction(work);
		},
	};
	Object.assign(service, { db: counting });
	return { statements, transactions };
}

export const ADDRESS = { name: "Ada", line1: "1 Main Street", city: "Turin", postalCode: "10100", country: "IT" };
/** Two cups and a plate. */
export const TOTAL_CENTS = 2 * CUP.priceCents + PLATE.priceCents;
export const BASKET = {
	items: [
		{ productId: CUP.productId, quantity: 2 },
		{ productId: PLATE.productId, quantity: 1 },
	],
	shippingAddress: ADDRESS,
};

/** A request's identity, as the gateway derives it. */
export const operation = (key: string = randomUUID(), fingerprint = "body"): KeyedOperation => ({
	key,
	fingerprint,
	deadlineMs: Date.now() + 30_000,
});

/** A participant's answer that is an error. */
export const failing = (error: Error) => () => {
	throw error;
};

/** The refusal of a request that must not succeed, and the order it names. */
export async function refusalOf(asked: Promise<unknown>) {
	const refusal = await asked.then(
		() => undefined,
		(error: unknown) => error as Refusal & { readonly data: { readonly orderId: string } },
	);
	if (refusal === undefined) throw new Error("The request was not refused.");
	return refusal;
}

/** One caller of orders; each call answers with the result and the meta that went back to the gateway. */
export function caller({ broker }: OrdersNode, role: Role = "customer", userId: string = randomUUID()) {
	const principal = { userId, role, sessionId: randomUUID() };
	const metaOf = (given: Meta): Meta => ({ ...given, principal });
	const ask = async <R>(meta: Meta, work: (options: { meta: Meta }) => Promise<R>) => ({
		result: await work({ meta }),
		meta,
	});

	return {
		userId,
		place: (paymentMethod?: string, meta: Meta = {}, items = BASKET.items) =>
			ask(metaOf(meta), (options) => call(broker, PlaceOrder, { ...BASKET, items, paymentMethod }, options)),
		pay: (orderId: string, meta: Meta = {}, paymentMethod = "pm_card_visa") =>
			ask(metaOf(meta), (options) => call(broker, PayOrder, { orderId, paymentMethod }, options)),
		cancel: (id: string, meta: Meta = {}, reason?: string) =>
			ask(metaOf(meta), (options) => call(broker, CancelOrder, { id, reason }, options)),
		setStatus: (id: string, status: OrderStatus, meta: Meta = {}) =>
			ask(metaOf(meta), (options) => call(broker, SetOrderStatus, { id, status }, options)),
		list: async () => (await ask(metaOf({}), (options) => call(broker, ListOrders, {}, options))).result,
		get: (id: string) => ask(metaOf({}), (options) => call(broker, GetOrder, { id }, options)),
		events: async (id: string) => {
			const { result } = await ask(metaOf({}), (options) => call(broker, OrderHistory, { id, limit: 100 }, options));
			return result.rows.map(({ type }) => type);
		},
		askReturn: (id: string, items?: Units[], meta: Meta = {}, reason = "too small") =>
			ask(metaOf(meta), (options) => call(broker, RequestReturn, { id, items, reason }, options)),
		accept: ({ orderId: id, id: returnId }: Return, meta: Meta = {}, restock?: boolean) =>
			ask(metaOf(meta), (options) => call(broker, AcceptReturn, { id, returnId, restock }, options)),
		refuse: ({ orderId: id, id: returnId }: Return, reason = "worn", meta: Meta = {}) =>
			ask(metaOf(meta), (options) => call(broker, RefuseReturn, { id, returnId, reason }, options)),
		getReturn: ({ orderId: id, id: returnId }: Return) =>
			ask(metaOf({}), (options) => call(broker, GetReturn, { id, returnId }, options)),
		returns: async (id: string, paging: PagingParams = {}) =>
			(await ask(metaOf({}), (options) => call(broker, ListReturns, { id, ...paging }, options))).result,
	};
}

/** A customer with an order that was delivered: two cups for 10.50 and a plate for 3.33. */
export async function delivered(shop: OrdersNode) {
	const customer = caller(shop);
	const { id } = (await customer.place("pm_card_visa")).result;
	await settled(shop, id);
	for (const status of ["processing", "shipped", "delivered"] as const)
		await caller(shop, "admin").setStatus(id, status);
	const { paymentId } = (await customer.get(id)).result;
	return { ...customer, id, paymentId: paymentId ?? "" };
}

/** Makes everything that waits due, and this node look at it. */
export async function resumeNow({ service }: OrdersNode): Promise<void> {
	await service.db.query(DUE);
	service.resuming.wake();
}

/** Lets a saga's lease run out, as when its owner died. Whoever owns it does not know. */
export async function loseLease({ service }: OrdersNode): Promise<void> {
	await service.db.query(LOSE);
}

/** Waits until no saga of the order is under way. */
export const settled = ({ service }: OrdersNode, orderId: string) =>
	until(async () => (await service.db.query(UNSETTLED, [orderId])).length === 0, { what: "the sagas to end" });

export const sagasOf = ({ service }: OrdersNode, orderId: string) => service.db.query(SAGAS, [orderId]);

/** What others are told of an order, in order. */
export async function announcedOf({ service }: OrdersNode, orderId: string): Promise<string[]> {
	return (await service.db.query(ANNOUNCED, [orderId])).map(({ name }) => name);
}

export async function storedAnswer({ service }: OrdersNode, key: string) {
	return (await service.db.query(ANSWER, [key]))[0];
}

const DUE = statement("spec.due", "update sagas set next_run_at = now() where state <> 'done'");
const LOSE = statement("spec.loseLease", "update sagas set lease_until = now() - interval '1 s' where state <> 'done'");
const UNSETTLED = statement("spec.unsettled", "select id from sagas where subject_id = $1 and state <> 'done'");
const SAGAS = statement<{ type: string; state: string; fence: string; attempts: number; isWaiting: boolean }>(
	"spec.sagas",
	`select type, state, fence, attempts, next_run_at > now() as "isWaiting" from sagas where subject_id = $1 order by id`,
);
const ANNOUNCED = statement<{ name: string }>(
	"spec.announced",
	"select name from outbox where aggregate_id = $1 order by sequence",
);
const ANSWER = statement<{ status: number | null; body: string | null }>(
	"spec.answer",
	"select status, body from operations where key = $1",
);
