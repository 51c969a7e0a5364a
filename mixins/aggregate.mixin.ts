import type { ServiceSchema } from "moleculer";
import type { DomainError } from "../services/contracts/errors.ts";
import type { Event } from "../services/contracts/event.ts";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { outboxRows } from "./events/outbox.ts";
import type { Cause, OutboxMethods } from "./events/outbox.ts";
import type { Queryable, Transaction } from "./sql/database.ts";
import type { SqlMethods } from "./sql.mixin.ts";

/** What a rule decided: the next state, and the facts to publish with it. */
export interface Decision<S> {
	readonly state: S;
	readonly events: readonly Event[];
}

/** A decision on its way to the store. */
export interface Change<S, D extends Decision<S>, R> {
	/** Undefined when the aggregate is new. */
	readonly before: S | undefined;
	readonly decision: D;
	/** The facts as JSON, for the outbox part of the statement (`announce`). */
	readonly outbox: string;
	/** What else must commit in the same statement. */
	readonly rider: R | undefined;
}

export interface Repository<S, D extends Decision<S> = Decision<S>, R = never> {
	/** Reads the aggregate and holds its row until the transaction ends. */
	lock(tx: Queryable, id: string): Promise<S | undefined>;
	/** Writes the change with its facts; false when the aggregate is no longer as it was before, or the rider refused. */
	save(tx: Queryable, change: Change<S, D, R>): Promise<boolean>;
	/** The refusal when there is no such aggregate. */
	missing(id: string): DomainError;
}

/** What commits together with a change; a function when it follows from the decision. */
export type RiderOf<D, R> = R | ((decision: D) => R | undefined);

export interface ChangeOptions<S, D, R> {
	/** The state as last seen: tried first without a lock, which saves three round trips. */
	readonly from?: S | undefined;
	readonly rider?: RiderOf<D, R> | undefined;
}

export interface AggregateMethods<S, D extends Decision<S> = Decision<S>, R = never> {
	/** Stores a new aggregate; false when the store knows it already or the rider refused. */
	create(cause: Cause, decision: D, rider?: R, tx?: Queryable): Promise<boolean>;
	/**
	 * Lock, decide, save and publish, in one transaction: the only way a state changes.
	 *
	 * @param cause the context of the command, for correlation and causation
	 * @param rule pure; throws a refusal, or returns the decision (the same state decides nothing)
	 * @throws the repository's `missing`, the rule's refusals, ChangeRefused when a rider refuses
	 */
	change(cause: Cause, id: string, rule: (state: S) => D, options?: ChangeOptions<S, D, R>): Promise<S>;
	/** `change` inside a transaction that is already open. */
	changeIn(tx: Transaction, cause: Cause, id: string, rule: (state: S) => D, rider?: RiderOf<D, R>): Promise<S>;
}

/** The rider of a change did not hold: the saga's fence was taken over, or the operation was answered. */
export class ChangeRefused extends Error {}

function resolved<D, R>(rider: RiderOf<D, R> | undefined, decision: D): R | undefined {
	return typeof rider === "function" ? (rider as (decision: D) => R | undefined)(decision) : rider;
}

/** A refusal on a state that may be stale means nothing yet. */
function decided<S, D>(rule: (state: S) => D, state: S): D | undefined {
	try {
		return rule(state);
	} catch {
		return undefined;
	}
}

type ServiceOf<S, D extends Decision<S>, R> = StoaService & SqlMethods & OutboxMethods & AggregateMethods<S, D, R>;

/** Who changes, where to, and why. */
interface Command<S, D extends Decision<S>, R> {
	readonly service: ServiceOf<S, D, R>;
	readonly repository: Repository<S, D, R>;
	readonly cause: Cause;
}

async function save<S, D extends Decision<S>, R>(
	{ service, repository, cause }: Command<S, D, R>,
	tx: Queryable,
	before: S | undefined,
	decision: D,
	rider?: RiderOf<D, R>,
): Promise<boolean> {
	const ridden = resolved(rider, decision);
	if (decision.state === before && ridden === undefined) return true;
	const outbox = outboxRows(decision.events, cause, () => service.newId());
	return repository.save(tx, { before, decision, outbox, rider: ridden });
}

/** Saves on the state as last seen; undefined when that state is not current, so that the rule must decide on the locked one. */
async function changeFrom<S, D extends Decision<S>, R>(
	command: Command<S, D, R>,
	rule: (state: S) => D,
	{ from, rider }: ChangeOptions<S, D, R>,
): Promise<S | undefined> {
	const decision = from && decided(rule, from);
	if (from === undefined || decision === undefined) return undefined;
	return (await save(command, command.service.db, from, decision, rider)) ? decision.state : undefined;
}

/** Gives a service `create` and `change` over one repository. */
export function aggregate<S, D extends Decision<S>, R>(repository: Repository<S, D, R>): Partial<ServiceSchema> {
	type This = ServiceOf<S, D, R>;

	return defineMixin<This>({
		methods: {
			async create(cause: Cause, decision: D, rider?: R, tx?: Queryable) {
				const isNew = await save({ service: this, repository, cause }, tx ?? this.db, undefined, decision, rider);
				if (isNew && decision.events.length > 0) this.wakeRelay();
				return isNew;
			},

			async change(cause: Cause, id: string, rule: (state: S) => D, options: ChangeOptions<S, D, R> = {}) {
				const noted = { hasFacts: false };
				const noting = (before: S) => {
					const decision = rule(before);
					noted.hasFacts = decision.events.length > 0;
					return decision;
				};
				const guessed = await changeFrom({ service: this, repository, cause }, noting, options);
				if (guessed === undefined)
					return this.db.transaction((tx) => this.changeIn(tx, cause, id, rule, options.rider));
				if (noted.hasFacts) this.wakeRelay();
				return guessed;
			},

			async changeIn(tx: Transaction, cause: Cause, id: string, rule: (state: S) => D, rider?: RiderOf<D, R>) {
				const before = await repository.lock(tx, id);
				if (before === undefined) throw repository.missing(id);

				const decision = rule(before);
				const isSaved = await save({ service: this, repository, cause }, tx, before, decision, rider);
				if (!isSaved) throw new ChangeRefused(`${this.name} ${id}`);
				if (decision.events.length > 0) tx.afterCommit(() => this.wakeRelay());
				return decision.state;
			},
		},
	});
}
