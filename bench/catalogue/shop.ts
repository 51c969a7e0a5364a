import { ServiceBroker } from "moleculer";
import { ROOT } from "../../bin/laptop/home.ts";
import { brokerOptions } from "../../mixins/broker/options.ts";
import { call } from "../../services/contracts/action.ts";
import type { ActionContract, ResultOf, SentTo } from "../../services/contracts/action.ts";

/** The products service over one catalogue. */
export interface Shop {
	/** Asks as anybody would. @returns the answer, and how long it took */
	readonly ask: <C extends ActionContract>(contract: C, params: SentTo<C>) => Promise<Timed<ResultOf<C>>>;
	readonly close: () => Promise<void>;
}

export interface Timed<T> {
	readonly answer: T;
	readonly elapsedMs: number;
}

/** Starts the service in this process; each question is asked of the database, since nothing is kept. */
export async function openShop(databaseUrl: string): Promise<Shop> {
	Object.assign(process.env, { PRODUCT_DATABASE_URL: databaseUrl, PRODUCT_CACHE_MS: "0", METRICS: "off" });
	const options = await brokerOptions({ LOG_LEVEL: "fatal", METRICS: "off" }, ["products"]);
	const broker = new ServiceBroker({ ...options, skipProcessEventRegistration: true });
	broker.loadService(`${ROOT}/services/products/products.service.ts`);
	await broker.start();
	return {
		ask: async (contract, params) => {
			const startedMs = performance.now();
			const answer = await call(broker, contract, params);
			return { answer, elapsedMs: performance.now() - startedMs };
		},
		close: () => broker.stop(),
	};
}
