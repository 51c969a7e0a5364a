import { ValidationFailed } from "../../contracts/errors.ts";
import { StockBelowReserved } from "../../contracts/inventory.ts";

export const MAX_ON_HAND = 1_000_000_000;

export interface Stock {
	readonly available: number;
	readonly reserved: number;
}

/** Either the units on hand after a count, or the difference to them. */
export interface Adjustment {
	readonly onHand?: number | undefined;
	readonly adjust?: number | undefined;
}

/**
 * The units to add to what is available, negative to take away. What is promised to orders cannot be taken.
 *
 * @throws StockBelowReserved, ValidationFailed when more would be on hand than can be counted
 */
export function differenceOf({ available, reserved }: Stock, { onHand, adjust = 0 }: Adjustment): number {
	const before = available + reserved;
	const after = onHand ?? before + adjust;
	if (after < reserved) throw new StockBelowReserved({ reserved });
	if (after > MAX_ON_HAND) throw new ValidationFailed({ errors: [{ path: "adjust", message: tooMuch(after) }] });
	return after - before;
}

const tooMuch = (units: number): string => `leads to ${units} units on hand; at most ${MAX_ON_HAND} can be counted`;
