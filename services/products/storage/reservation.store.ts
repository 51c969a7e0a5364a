import type { Cause } from "../../../mixins/events/outbox.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { ServiceBusy } from "../../contracts/errors.ts";
import { OutOfStock, ReservationEnded, ReturnExceedsSale } from "../../contracts/inventory.ts";
import type { Line } from "../domain/lines.ts";
import { COMMIT, IS_KNOWN, RELEASE_EXPIRED, RESERVE, RESTORE, RETURN } from "./reservation.statements.ts";
import type { ReservationStatus } from "./reservation.statements.ts";

export interface Hold {
	readonly reservationId: string;
	readonly orderId: string;
	/** Each product once, sorted by id. */
	readonly lines: readonly Line[];
	readonly expiresAt: string;
	readonly movementId: string;
	readonly now: Date;
}

const TRIES = 3;
const STANDING: readonly (ReservationStatus | null)[] = ["held", "committed"];

/**
 * Holds all lines or none. A reservation that is held already is held longer, and moves nothing.
 *
 * @returns whether stock fell low, so that facts wait to be published
 * @throws OutOfStock naming the products, ReservationEnded
 */
export function reserveStock(db: Queryable, cause: Cause, hold: Hold): Promise<boolean> {
	return settled(async () => {
		const [outcome] = await db.query(RESERVE, reserveValues(hold, cause));
		if (outcome === undefined) return undefined;
		if (outcome.isHeld) return outcome.isLow;
		if (STANDING.includes(outcome.known)) return false;
		if (outcome.known !== null) throw new ReservationEnded();
		if (outcome.short !== null) await refuseUnlessKnown(db, hold, outcome.short);
		return undefined;
	});
}

/** What was short may be what the same command, sent twice, took a moment ago. @throws OutOfStock when it did not */
async function refuseUnlessKnown(db: Queryable, { reservationId }: Hold, productIds: readonly string[]): Promise<void> {
	const known = await db.query(IS_KNOWN, [reservationId]);
	if (known.length === 0) throw new OutOfStock({ productIds });
}

function reserveValues({ reservationId, orderId, lines, expiresAt, movementId, now }: Hold, cause: Cause): unknown[] {
	const productIds = lines.map(({ productId }) => productId);
	const quantities = lines.map(({ quantity }) => quantity);
	const origin = [now.toISOString(), cause.requestID ?? null, cause.id];
	return [reservationId, orderId, expiresAt, productIds, quantities, movementId, ...origin];
}

/** Sells what is held. @throws ReservationEnded when nothing is held under this id */
export function commitStock(db: Queryable, reservationId: string, movementId: string): Promise<true> {
	return settled(async () => {
		const [outcome] = await db.query(COMMIT, [reservationId, movementId]);
		if (outcome?.isCommitted || outcome?.before === "committed") return true;
		// Held a moment ago, and another command came first: what it did, the next try sees.
		if (outcome?.before === "held") return undefined;
		throw new ReservationEnded();
	});
}

/**
 * Gives back what is held, restocks what was sold, and lets no later reserve revive the id.
 *
 * @returns the products of which units came back
 */
export function restoreStock(db: Queryable, reservationId: string, movementId: string): Promise<readonly string[]> {
	return settled(async () => {
		const [outcome] = await db.query(RESTORE, [reservationId, movementId]);
		return outcome?.isEnded === true ? (outcome.productIds ?? []) : undefined;
	});
}

/** Units that come back of what a reservation has sold. */
export interface StockReturn {
	readonly returnId: string;
	readonly reservationId: string;
	/** Each product once, sorted by id. */
	readonly lines: readonly Line[];
	readonly movementId: string;
}

/** Puts units that were sold back on sale, once for each return. @throws ReturnExceedsSale naming the products */
export async function returnStock(db: Queryable, { returnId, reservationId, lines, movementId }: StockReturn) {
	const productIds = lines.map(({ productId }) => productId);
	const quantities = lines.map(({ quantity }) => quantity);
	const [outcome] = await db.query(RETURN, [returnId, reservationId, productIds, quantities, movementId]);
	if (outcome?.isReturned !== true) throw new ReturnExceedsSale({ productIds: outcome?.excess ?? productIds });
}

/**
 * Gives back holds that expired before a moment, a batch at a time; what another node works on is left to it.
 *
 * @param movementIds as many as holds may be given back at once
 * @returns how many were
 */
export async function releaseExpired(db: Queryable, before: Date, movementIds: readonly string[]): Promise<number> {
	const [outcome] = await db.query(RELEASE_EXPIRED, [before, movementIds]);
	return outcome?.released ?? 0;
}

/**
 * Asks again when a statement met another command on the same reservation and so learned nothing: the
 * other one has committed by then, and its outcome is seen.
 */
async function settled<T>(ask: () => Promise<T | undefined>, tries = TRIES): Promise<T> {
	if (tries === 0) throw new ServiceBusy({ retryAfterSeconds: 1 });
	return (await ask()) ?? settled(ask, tries - 1);
}
