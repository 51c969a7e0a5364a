import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../mixins/define-service.ts";
import { Worker } from "../../mixins/events/worker.ts";
import { purgeOperations } from "../../mixins/operations.ts";
import type { ProductsConfig } from "./config.ts";
import type { Products } from "./products.context.ts";
import { releaseExpired } from "./storage/reservation.store.ts";

const BATCH = 100;
const PURGE_EVERY_MS = 60_000;

export interface UpkeepMethods {
	/** Gives back every hold that expired longer ago than the grace, and says how many. */
	releaseExpired(): Promise<number>;
}

type This = Products & UpkeepMethods & { sweeper: Worker; operationsPurge: Worker };

/** What products does by itself: give back holds that nobody came back for, and forget old answers. */
export function upkeep(config: () => ProductsConfig): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			const report = (error: unknown) => this.logger.warn("Upkeep failed, will try again:", error);
			this.sweeper = new Worker(() => this.releaseExpired(), config().sweepEveryMs, report);
			this.operationsPurge = new Worker(() => purgeOperations(this.db), PURGE_EVERY_MS, report);
		},

		methods: {
			async releaseExpired() {
				const before = new Date(this.now().getTime() - this.config.graceMs);
				const movementIds = Array.from({ length: BATCH }, () => this.newId());
				const released = await releaseExpired(this.db, before, movementIds);
				return released < BATCH ? released : released + (await this.releaseExpired());
			},
		},

		started() {
			this.sweeper.start();
			this.operationsPurge.start();
		},

		async stopped() {
			await Promise.all([this.sweeper.stop(), this.operationsPurge.stop()]);
		},
	});
}
