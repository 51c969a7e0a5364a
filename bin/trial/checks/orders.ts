import { isDeepStrictEqual } from "node:util";
import type { Fact } from "../../../services/orders/domain/facts.ts";
import { replayed } from "../../../services/orders/domain/order.ts";
import type { Occurred } from "../../../services/orders/domain/order.ts";
import { ORDER_COLUMNS, orderFrom } from "../../../services/orders/storage/order.rows.ts";
import type { OrderRow as StoredRow } from "../../../services/orders/storage/order.rows.ts";
import type { Entry, Kind } from "../history.ts";
import { missing, ordersOf } from "./check.ts";
import type { Check } from "./check.ts";

const ACCEPTED = [201, 202];
/** What a client may be told of each wish; anything else shows that something broke. */
const SENSIBLE: Readonly<Record<Kind, readonly number[]>> = {
	order: [...ACCEPTED, 402, 409],
	payment: [...ACCEPTED, 402, 409],
	cancellation: [200, 202, 409],
	refund: [201, 409],
	registration: [201, 409],
	product: [200],
};

export const answers: Check = {
	name: "answers",
	meaning: "every request has one definite answer that makes sense, also where it was sent twice",
	async violations({ history }) {
		const entries = history.entries();
		const told = ({ kind, key, status, code = "" }: Entry) => `${kind} ${key} was answered ${status} ${code}`;
		return [
			...entries.filter(({ status }) => status === undefined).map(({ kind, key }) => `${kind} ${key} has no answer`),
			...entries.filter(({ kind, status = 201 }) => !SENSIBLE[kind].includes(status)).map(told),
			...entries.flatMap(({ kind, key, contradiction }) =>
				contradiction === undefined ? [] : [`${kind} ${key} has two answers: ${contradiction}`],
			),
		];
	},
};

export const orders: Check = {
	name: "orders",
	meaning: "every accepted key has exactly one order, which has ended as it was told",
	async violations(evidence) {
		const stored = new Map((await ordersOf(evidence)).map((order) => [order.id, order]));
		const entries = evidence.history.entries("order");
		const accepted = entries.filter(({ status }) => status !== undefined && ACCEPTED.includes(status));
		const refused = entries.filter(({ status }) => status === 402 || status === 409);
		const known = new Set(entries.map(({ orderId = "" }) => orderId));
		const ids = accepted.map(({ orderId = "" }) => orderId);
		return [
			...ids.filter((id) => !stored.has(id)).map((id) => `order ${id} was answered and is gone`),
			...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `order ${id} answers two keys`),
			...ids.filter((id) => stored.get(id)?.status === "pending").map((id) => `order ${id} has not ended`),
			...missing(stored.keys(), known).map((id) => `order ${id} belongs to no key`),
			...refused
				.filter(({ orderId = "" }) => (stored.get(orderId)?.status ?? "rejected") !== "rejected")
				.map(({ orderId = "" }) => `order ${orderId} was refused and is ${stored.get(orderId)?.status}`),
		];
	},
};

interface EventRow {
	readonly orderId: string;
	readonly data: object;
	readonly type: string;
	readonly at: Date;
}

const EVENTS = `select order_id as "orderId", type, data, occurred_at as at from order_events order by order_id, version`;

export const projection: Check = {
	name: "projection",
	meaning: "the tables of orders are what their events make of them when they are replayed",
	async violations({ databases }) {
		const events = Map.groupBy(await databases.rows<EventRow>("orders", EVENTS), ({ orderId }) => orderId);
		const rows = await databases.rows<StoredRow>("orders", `select ${ORDER_COLUMNS} from orders`);
		const wrong = rows.map(orderFrom).filter((order) => {
			const history = (events.get(order.id) ?? []).map(occurred);
			return !isDeepStrictEqual(replayed(order.id, history), order);
		});
		const stored = new Set(rows.map(({ id }) => id));
		return [
			...wrong.map(({ id }) => `order ${id} is not what its events make of it`),
			...missing(events.keys(), stored).map((id) => `order ${id} has events and no row`),
		];
	},
};

const occurred = ({ type, data, at }: EventRow): Occurred => ({
	fact: { type, ...data } as Fact,
	at: at.toISOString(),
});

const GAPS = `select orders.id from orders join order_events on order_events.order_id = orders.id
	group by orders.id
	having count(*) <> orders.version or max(order_events.version) <> orders.version or min(order_events.version) <> 1`;

export const histories: Check = {
	name: "histories",
	meaning: "the events of every order are contiguous and match its version",
	async violations({ databases }) {
		const rows = await databases.rows<{ id: string }>("orders", GAPS);
		return rows.map(({ id }) => `the history of order ${id} has a gap`);
	},
};

const OPEN = `select sagas.id, type, subject_id as "subjectId", state, last_error as error, needs_attention as "isStuck"
	from sagas left join orders on orders.id = subject_id
	where needs_attention or state <> 'done' and (type <> 'hold' or orders.status = 'pending')`;

interface SagaRow {
	readonly id: string;
	readonly type: string;
	readonly subjectId: string;
	readonly state: string;
	readonly error: string | null;
}

export const sagas: Check = {
	name: "sagas",
	meaning: "every saga has ended, but for the holds that wait for their end, and none needs attention",
	async violations({ databases }) {
		const rows = await databases.rows<SagaRow>("orders", OPEN);
		return rows.map(({ type, subjectId, state, error }) => `the ${type} of ${subjectId} is ${state}: ${error}`);
	},
};
