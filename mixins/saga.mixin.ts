import type { ActionSchema, ServiceSchema } from "moleculer";
import { retrySagaOf, sagasOf } from "../services/contracts/operations.ts";
import type { Saga } from "../services/contracts/operations.ts";
import { actorOf } from "./actor.ts";
import { defineMixin, internal, query } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { Worker } from "./events/worker.ts";
import { watchSagas } from "./metrics/watch.ts";
import { drive } from "./saga/driver.ts";
import { FenceLost } from "./saga/saga.ts";
import type { AnySaga, NewSaga, Outcome, SagaDefinition, SagaRun } from "./saga/saga.ts";
import { CLAIMS_AT_ONCE, claimSagas, LEASE_MS, PURGE_SAGAS, renewSagas } from "./saga/saga-store.ts";
import { findSagas, retrySaga } from "./saga/saga-views.ts";
import type { SagaRow } from "./saga/saga-views.ts";
import { purge } from "./sql/purge.ts";
import type { SqlMethods } from "./sql.mixin.ts";

const POLL_MS = 1_000;
const RENEW_EVERY_MS = 1_000;
const PURGE_EVERY_MS = 60_000;

export interface SagaMethods {
	/**
	 * Drives a saga that a change of this node has just stored. Its lease is renewed meanwhile; should the node
	 * die, another one resumes it within seconds.
	 *
	 * @param memory what the steps may remember in this process
	 */
	runSaga(started: NewSaga, memory?: object): Promise<Outcome>;
}

type This = StoaService &
	SqlMethods &
	SagaMethods & {
		running: Map<SagaRun, { readonly sinceMs: number; readonly end: Promise<unknown> }>;
		resuming: Worker;
		renewing: Worker;
		forgetting: Worker;
		stopping: AbortController;
	};

type Definitions = ReadonlyMap<string, SagaDefinition<unknown, unknown, object>>;

async function own(service: This, byType: Definitions, run: SagaRun): Promise<Outcome> {
	const definition = byType.get(run.type);
	if (definition === undefined) throw new Error(`There is no saga ${run.type}`);

	const driver = { db: service.db, service, now: () => service.now().getTime(), signal: service.stopping.signal };
	const end = drive(driver, definition, run);
	service.running.set(run, { sinceMs: driver.now(), end });
	return end.finally(() => service.running.delete(run));
}

/** @returns true when there may be more to claim */
async function resume(service: This, byType: Definitions): Promise<boolean> {
	const claimed = await claimSagas(service.db, service.broker.nodeID, [...byType.keys()]);
	for (const run of claimed) own(service, byType, run).catch((error: unknown) => warn(service, run, error));
	return claimed.length === CLAIMS_AT_ONCE;
}

function warn(service: This, run: SagaRun, error: unknown): void {
	const outcome = error instanceof FenceLost ? "was taken over" : "was interrupted and will be resumed";
	service.logger.warn(`Saga ${run.type} of ${run.subjectId} ${outcome}:`, error);
}

/** Runs of less than half a lease need no renewal, which is nearly all of them. */
async function renew(service: This): Promise<void> {
	const dueMs = service.now().getTime() - LEASE_MS / 2;
	const old = [...service.running].filter(([, { sinceMs }]) => sinceMs < dueMs).map(([run]) => run);
	if (old.length > 0) await renewSagas(service.db, old);
}

/** The actions that every service with sagas has; Moleculer puts the service's name before theirs. */
function actionsOf(byType: Definitions): Record<string, ActionSchema> {
	const viewOf = ({ name }: This, row: SagaRow): Saga => {
		const steps = byType.get(row.type)?.steps.map((step) => step.name) ?? [];
		return { ...row, service: name, steps };
	};
	return {
		sagas: query(sagasOf("sagas"), async function (this: This, { params }) {
			const { state, needsAttention, afterId, limit } = params;
			const isWanted = needsAttention === undefined ? undefined : needsAttention === "true";
			const rows = await findSagas(this.db, { state, needsAttention: isWanted, afterId, limit });
			return { rows: rows.map((row) => viewOf(this, row)) };
		}),

		retrySaga: internal(retrySagaOf("sagas"), async function (this: This, { params, meta }) {
			const row = await retrySaga(this.db, params.id, actorOf(meta));
			if (row === undefined) return null;
			this.logger.warn(`Saga ${row.type} ${row.id} of ${row.subjectId} was made due by ${actorOf(meta)}.`);
			this.resuming.wake();
			return viewOf(this, row);
		}),
	};
}

/**
 * Gives a service durable sagas over its `sagas` table, resumes those whose owner died, and forgets those that ended
 * a month ago. Adds the internal actions that list and retry them.
 */
export function sagas(definitions: readonly AnySaga[]): Partial<ServiceSchema> {
	const byType: Definitions = new Map(
		definitions.map((each) => [each.type, each as unknown as SagaDefinition<unknown, unknown, object>]),
	);

	return defineMixin<This>({
		actions: actionsOf(byType),

		created() {
			const report = (error: unknown) => this.logger.warn("Sagas cannot be resumed now, will try again:", error);
			this.running = new Map();
			this.stopping = new AbortController();
			this.resuming = new Worker(() => resume(this, byType), POLL_MS, report);
			this.renewing = new Worker(() => renew(this), RENEW_EVERY_MS, report);
			this.forgetting = new Worker(() => purge(this.db, PURGE_SAGAS), PURGE_EVERY_MS, report);
			watchSagas(this);
		},

		methods: {
			runSaga(started: NewSaga, memory: object = {}) {
				const run: SagaRun = { ...started, fence: 1, state: "running", refusal: null, attempts: 0, reached: 0, memory };
				return own(this, byType, run);
			},
		},

		started() {
			this.resuming.start();
			this.renewing.start();
			this.forgetting.start();
		},

		async stopped() {
			this.stopping.abort();
			await Promise.all([this.resuming.stop(), this.forgetting.stop()]);
			await Promise.allSettled([...this.running.values()].map(({ end }) => end));
			await this.renewing.stop();
		},
	});
}
