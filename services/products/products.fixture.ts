import { createHash, randomUUID } from "node:crypto";
import { jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import { statement } from "../../mixins/sql/database.ts";
import type { Database } from "../../mixins/sql/database.ts";
import { startBroker } from "../../test/support/broker.ts";
import { listeningBus } from "../../test/support/listening-bus.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { call } from "../contracts/action.ts";
import type { ActionContract, ResultOf, SentTo } from "../contracts/action.ts";
import type { Message } from "../contracts/event.ts";
import { GetInventory, ReserveStock } from "../contracts/inventory.ts";
import type { Inventory } from "../contracts/inventory.ts";
import type { Meta, Principal } from "../contracts/meta.ts";
import { CreateProduct } from "../contracts/products.ts";
import type { Product } from "../contracts/products.ts";
import type { Products } from "./products.context.ts";
import products from "./products.service.ts";

export const ADMIN: Principal = { userId: randomUUID(), role: "admin", sessionId: randomUUID() };
export const CUSTOMER: Principal = { userId: randomUUID(), role: "customer", sessionId: randomUUID() };
export const newVendor = (): Principal => ({ userId: randomUUID(), role: "vendor", sessionId: randomUUID() });

type Draft = Partial<SentTo<typeof CreateProduct>>;
type Hold = Partial<SentTo<typeof ReserveStock>> & Pick<SentTo<typeof ReserveStock>, "lines">;

export interface Fact {
	readonly name: string;
	readonly sequence: number;
	readonly body: Record<string, unknown>;
}

/** The running service on a database of its own, and how a test reaches it. */
export interface RunningProducts {
	readonly url: string;
	readonly broker: ServiceBroker;
	readonly service: Products;
	/** What the relay published, in order. */
	readonly published: Message[];
	/** Names of the statements that ran outside of transactions. */
	readonly statements: string[];
	/** Asks as an admin, unless told otherwise. */
	ask<C extends ActionContract>(contract: C, params: SentTo<C>, meta?: Meta): Promise<ResultOf<C>>;
	/** Puts a product on sale; 10 in stock, unless told otherwise. */
	product(given?: Draft, principal?: Principal): Promise<Product>;
	/** Reserves for 15 minutes and returns the reservation's id. */
	hold(given: Hold): Promise<string>;
	stockOf(productId: string): Promise<Inventory>;
	/** The facts of a product, published or about to be, in order. */
	factsOf(productId: string): Promise<Fact[]>;
	rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
	stop(): Promise<void>;
}

const FACTS = statement<Fact>(
	"spec.facts",
	"select name, sequence, body from outbox where aggregate_id = $1 order by sequence",
);

let skus = 0;

export interface StartOptions {
	/** Delivers what is published, as the laptop does; otherwise it is only noted in `published`. */
	readonly isDelivering?: boolean;
}

export async function startProducts(
	env: NodeJS.ProcessEnv = {},
	{ isDelivering = false }: StartOptions = {},
): Promise<RunningProducts> {
	const database = await freshDatabase("products");
	const quiet = { RESERVATION_SWEEP_SECONDS: "3600" };
	const environment = jest.replaceProperty(process, "env", { PRODUCT_DATABASE_URL: database.url, ...quiet, ...env });
	const published: Message[] = [];
	const bus = isDelivering ? new LocalBus() : listeningBus((message) => void published.push(message));
	const broker = await startBroker([products], { bus });
	const service = broker.getLocalService("products") as unknown as Products;
	const ask: RunningProducts["ask"] = (contract, params, meta = { principal: ADMIN }) =>
		call(broker, contract, params, { meta });
	const stop = async () => {
		await broker.stop();
		environment.restore();
		await database.drop();
	};
	return {
		...{ url: database.url, broker, service, published, statements: recordStatements(service), ask, stop },
		product: (given, principal = ADMIN) =>
			ask(
				CreateProduct,
				{ name: "Lamp", sku: `SKU-${++skus}`, price: 10.5, stockQuantity: 10, ...given },
				{ principal },
			),
		hold: async (given) => {
			const hold = { reservationId: service.newId(), orderId: service.newId(), expiresAt: inMinutes(15), ...given };
			await ask(ReserveStock, hold);
			return hold.reservationId;
		},
		stockOf: (productId) => ask(GetInventory, { productId }),
		factsOf: (productId) => service.db.query(FACTS, [productId]),
		rows: (sql, values) =>
			service.db.query(statement(`spec.${createHash("md5").update(sql).digest("hex")}`, sql), values),
	};
}

export const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

function recordStatements(service: Products): string[] {
	const names: string[] = [];
	const real = service.db;
	const query: Database["query"] = (wanted, values) => {
		names.push(wanted.name);
		return real.query(wanted, values);
	};
	Object.assign(service, { db: { ...real, query } });
	return names;
}
