import type { Refusal } from "../../services/contracts/problem.ts";

/**
 *     running → committed → done
 *        └─────────┴─→ compensating → done
 *
 * `committed` is past the pivot: from there only a definite refusal turns the saga back, never a deadline.
 */
export type SagaState = "running" | "committed" | "compensating" | "done";

/** A saga to be stored, in the same statement as the change that starts it. */
export interface NewSaga<D = unknown> {
	readonly id: string;
	readonly type: string;
	/** What it works on, e.g. the order. */
	readonly subjectId: string;
	readonly data: D;
	/** Milliseconds since the epoch: past it, and before the pivot, a saga that meets a fault is undone. Null waits for ever. */
	readonly deadlineMs: number | null;
	readonly correlationId: string | null;
}

/** One owner's run of a saga. Valid while its fence is the row's. */
export interface SagaRun<D = unknown, M = object> extends NewSaga<D> {
	readonly fence: number;
	state: SagaState;
	refusal: Refusal | null;
	attempts: number;
	/** How many steps this owner has begun; another owner cannot know and undoes all. */
	reached: number;
	/** The step this owner is at, or how it is undone: what operators are told when it is put off. */
	step?: string;
	/** What the steps of this run want to remember; lost with the owner, so only ever a shortcut. */
	readonly memory: Partial<M>;
}

/** A step and how it is undone. Each is idempotent: a saga that is resumed begins at its first step again. */
export interface Step<T, D, M> {
	readonly name: string;
	/** Throws a refusal (not retryable) to turn the saga back, `Parked` to wait, anything else to be tried again. */
	run(this: T, saga: SagaRun<D, M>): Promise<unknown>;
	/** Must work before, during and after `run`: an outcome may be unknown. */
	undo?(this: T, saga: SagaRun<D, M>): Promise<unknown>;
}

export interface SagaDefinition<T, D, M> {
	readonly type: string;
	readonly steps: readonly Step<T, D, M>[];
	/** Ends a saga that was refused and undone. Without it a saga cannot be refused: it is tried until it is done. */
	refused?(this: T, saga: SagaRun<D, M>, refusal: Refusal): Promise<unknown>;
	/** The refusal when the deadline passed before the pivot. */
	overdue?(saga: SagaRun<D, M>): Refusal;
}

export type AnySaga = SagaDefinition<never, never, never>;

/** Declares a saga: its steps in order; they are undone in reverse. */
export const saga = <T, D, M = object>(definition: SagaDefinition<T, D, M>): SagaDefinition<T, D, M> => definition;

export type Outcome =
	{ readonly kind: "done" } | { readonly kind: "refused"; readonly refusal: Refusal } | { readonly kind: "waiting" };

/** The saga waits until a moment, or goes on elsewhere; it is not an error of the command. */
export class Parked extends Error {
	readonly untilMs: number;
	/** The fault it waits out, if it is one. */
	readonly reason: Error | undefined;

	constructor(untilMs: number, reason?: Error) {
		super("The saga waits.");
		this.untilMs = untilMs;
		this.reason = reason;
	}
}

/** Another owner has the saga: whatever this one still wanted to write is void. */
export class FenceLost extends Error {}
