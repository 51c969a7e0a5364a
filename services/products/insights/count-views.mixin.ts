import { defineMixin } from "../../../mixins/define-service.ts";
import { Worker } from "../../../mixins/events/worker.ts";
import type { Products } from "../products.context.ts";
import { addViews } from "../storage/analytics.store.ts";
import { ViewCounter } from "./view-counter.ts";

const WRITE_EVERY_MS = 1_000;

type This = Products & { views: ViewCounter; viewWriter: Worker };

/** Writes down once a second who looked at what, all products in one statement, and the rest when the service stops. */
export const countViews = defineMixin<This>({
	created() {
		this.views = new ViewCounter(() => this.now());
		const report = (error: unknown) => this.logger.warn("Could not write views down, will try again:", error);
		this.viewWriter = new Worker(() => writeViews(this), WRITE_EVERY_MS, report);
	},

	started() {
		this.viewWriter.start();
	},

	async stopped() {
		await this.viewWriter.stop();
		await writeViews(this).catch((error: unknown) => this.logger.warn("Views of the last second are lost:", error));
	},
});

async function writeViews({ db, views }: This): Promise<void> {
	const counted = views.take();
	if (counted.length === 0) return;
	try {
		await addViews(db, counted);
	} catch (error) {
		views.putBack(counted);
		throw error;
	}
}
