import type { ServiceSchema } from "moleculer";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { Worker } from "./events/worker.ts";

/** Something a service does by itself, again and again. */
export interface Chore<T = never> {
	/** Shown in the log when it fails. */
	readonly name: string;
	readonly everyMs: number;
	/** Resolves to true when more is left, which is done soon. A failure is tried again at the next turn. */
	readonly work: (service: T) => Promise<unknown>;
}

/**
 * Runs chores in the background, each on its own and one at a time.
 *
 * @param chores read when the service is created, so that their intervals may come from its configuration
 */
export function upkeep(chores: () => readonly Chore[]): Partial<ServiceSchema> {
	return defineMixin<StoaService & { chores: readonly Worker[] }>({
		created() {
			this.chores = chores().map(({ name, everyMs, work }) => {
				const report = (error: unknown) => this.logger.warn(`Could not ${name}, will try again:`, error);
				return new Worker(() => work(this as never), everyMs, report);
			});
		},

		started() {
			for (const chore of this.chores) chore.start();
		},

		async stopped() {
			await Promise.all(this.chores.map((chore) => chore.stop()));
		},
	});
}
