import { defineMixin } from "../../../mixins/define-service.ts";
import { Worker } from "../../../mixins/events/worker.ts";
import type { Products } from "../products.context.ts";
import { runNextImport } from "./run-import.ts";

/** For imports that somebody else left; whoever takes a file in wakes his own workers. */
const POLL_MS = 5_000;
/** A short import need not wait for a long one. */
const AT_ONCE = 2;

type This = Products & { importWorkers: readonly Worker[] };

/** Works on imports in the background; several nodes share them. */
export const importWorkers = defineMixin<This>({
	created() {
		this.isStoppingImports = false;
		const report = (error: unknown) => this.logger.warn("An import was interrupted, will go on:", error);
		const work = () => runNextImport(this, () => this.isStoppingImports);
		this.importWorkers = Array.from({ length: AT_ONCE }, () => new Worker(work, POLL_MS, report));
	},

	methods: {
		wakeImports() {
			for (const worker of this.importWorkers) worker.wake();
		},
	},

	started() {
		for (const worker of this.importWorkers) worker.start();
	},

	async stopped() {
		this.isStoppingImports = true;
		await Promise.all(this.importWorkers.map((worker) => worker.stop()));
	},
});
