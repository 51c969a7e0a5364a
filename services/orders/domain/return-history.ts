import type { ReturnStatus } from "../../contracts/returns.ts";
import type { Fact, ReturnFact, Units } from "./facts.ts";

/** Units of an order that its customer gives back, and what became of that. */
export interface Return {
	readonly id: string;
	readonly status: ReturnStatus;
	readonly lines: readonly Units[];
	/** What is given back for it; null before it is accepted. */
	readonly amountCents: number | null;
	/** Whether its units are sold again; null before it is accepted. */
	readonly restock: boolean | null;
	/** Its money is among the order's refunds. */
	readonly isRefunded: boolean;
	readonly version: number;
	readonly requestedAt: string;
	readonly decidedAt: string | null;
	readonly completedAt: string | null;
}

/** The returns of an order after one more fact. Decides nothing: what happened, happened. */
export function returnsAfter(returns: readonly Return[], fact: ReturnFact, at: string): Return[] {
	if (fact.type === "returnRequested") return [...returns, requested(fact.returnId, fact.lines, at)];
	return changed(returns, fact.returnId, (one) => ({ ...effectOf(fact, at), version: one.version + 1 }));
}

/** A refund may be one of a return. */
export function refundedReturns(
	returns: readonly Return[],
	{ returnId, amountCents }: Extract<Fact, { readonly type: "refunded" }>,
): readonly Return[] {
	return returnId === undefined ? returns : changed(returns, returnId, () => ({ isRefunded: true, amountCents }));
}

const requested = (id: string, lines: readonly Units[], at: string): Return => ({
	id,
	status: "requested",
	lines,
	amountCents: null,
	restock: null,
	isRefunded: false,
	version: 1,
	requestedAt: at,
	decidedAt: null,
	completedAt: null,
});

const changed = (returns: readonly Return[], id: string, change: (one: Return) => Partial<Return>): Return[] =>
	returns.map((one) => (one.id === id ? { ...one, ...change(one) } : one));

function effectOf(fact: Exclude<ReturnFact, { readonly type: "returnRequested" }>, at: string): Partial<Return> {
	switch (fact.type) {
		case "returnAccepted":
			return { status: "accepted", amountCents: fact.amountCents, restock: fact.restock, decidedAt: at };
		case "returnRefused":
			return { status: "refused", decidedAt: at };
		case "returnSuperseded":
			return { status: "superseded", decidedAt: at };
		case "returnCompleted":
			return { status: "completed", amountCents: fact.amountCents, completedAt: at };
	}
}
