import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { ProductNotFound } from "./products.ts";
import { listOf, listParams } from "./paging.ts";
import { Id, text, Timestamp } from "./text.ts";

/** onHand = available + reserved; initial + adjusted + restocked = onHand + sold, at every instant. */
export const Inventory = z.object({
	productId: Id,
	onHand: z.int(),
	reserved: z.int(),
	available: z.int(),
	sold: z.int(),
});
export type Inventory = z.output<typeof Inventory>;

export const MOVEMENT_KINDS = ["initial", "adjusted", "reserved", "released", "sold", "restocked"] as const;

export const Movement = z.object({
	id: Id,
	productId: Id,
	kind: z.enum(MOVEMENT_KINDS),
	/** Units moved, always positive but for `adjusted`. */
	quantity: z.int(),
	orderId: Id.nullable(),
	reason: z.string().nullable(),
	createdAt: Timestamp,
});
export type Movement = z.output<typeof Movement>;

export const OutOfStock = defineError<{ productIds: readonly string[] }>(
	"OUT_OF_STOCK",
	409,
	"Not enough of a product is left. `productIds` names it; order less or leave it out.",
);
/** The reservation was given back before it was committed, so its units may be sold to somebody else. */
export const ReservationEnded = defineError("RESERVATION_ENDED", 409, "The stock held for this order was given back.");
export const StockBelowReserved = defineError<{ reserved: number }>(
	"STOCK_BELOW_RESERVED",
	409,
	({ reserved }) => `${reserved} units are reserved for orders; on hand cannot fall below that.`,
);

export const GetInventory = defineAction("products.inventory", {
	summary: "Units on hand, reserved, available and sold.",
	params: z.strictObject({ productId: Id }),
	result: Inventory,
	errors: [ProductNotFound],
});

export const AdjustInventory = defineAction("products.adjustInventory", {
	summary: "Sets the units on hand, or moves them by a difference; every change is a movement.",
	params: z
		.strictObject({
			productId: Id,
			onHand: z.int().nonnegative().max(1_000_000_000).optional(),
			adjust: z.int().min(-1_000_000_000).max(1_000_000_000).optional(),
			reason: text(200),
		})
		.refine((given) => (given.onHand === undefined) !== (given.adjust === undefined), {
			path: ["onHand"],
			message: "send either onHand or adjust",
		}),
	result: Inventory,
	errors: [ProductNotFound, StockBelowReserved, PreconditionFailed],
});

export const ListMovements = defineAction("products.movements", {
	summary: "Every change of a product's stock, newest first.",
	params: listParams({ productId: Id }),
	result: listOf(Movement),
	errors: [ProductNotFound],
});

const lines = z.array(z.strictObject({ productId: Id, quantity: z.int().positive() })).min(1);

/** Saga step. Holding again extends the hold; a hold that was given back is never revived under the same key. */
export const ReserveStock = defineAction("products.reserve", {
	summary: "Holds stock for an order until a moment; all lines or none.",
	params: z.strictObject({ reservationId: Id, orderId: Id, lines, expiresAt: Timestamp }),
	result: z.null(),
	errors: [OutOfStock, ReservationEnded],
	callers: ["orders"],
});

/** Saga step. Committing twice is one sale. */
export const CommitStock = defineAction("products.commitStock", {
	summary: "Turns held stock into sold stock.",
	params: z.strictObject({ reservationId: Id }),
	result: z.null(),
	errors: [ReservationEnded],
	callers: ["orders"],
});

/** Compensation. Works before, during and after the steps it undoes: a later reserve with this id is refused. */
export const RestoreStock = defineAction("products.restoreStock", {
	summary: "Gives held stock back, or restocks what was sold and has not come back before.",
	params: z.strictObject({ reservationId: Id }),
	result: z.null(),
	callers: ["orders"],
});

/** Some of the units are not sold any more under this reservation, or never were. */
export const ReturnExceedsSale = defineError<{ productIds: readonly string[] }>(
	"RETURN_EXCEEDS_SALE",
	409,
	"Fewer units than named are still sold under this reservation. `productIds` names the products.",
);

/** Saga step of a return: once for each `returnId`, however often it is sent. What came back so is never restocked again. */
export const ReturnStock = defineAction("products.returnStock", {
	summary: "Puts some of the units that a reservation sold back on sale.",
	params: z.strictObject({ returnId: Id, reservationId: Id, items: lines }),
	result: z.null(),
	errors: [ReturnExceedsSale],
	callers: ["orders"],
});

export const LowStock = defineEvent("product.low_stock", 1, {
	summary: "Available stock fell to the product's threshold; sent once per downward crossing.",
	aggregate: ["product", "productId"],
	body: { productId: Id, currentStock: z.int(), threshold: z.int(), vendorId: Id.nullable() },
});

export const INVENTORY_ACTIONS = [
	GetInventory,
	AdjustInventory,
	ListMovements,
	ReserveStock,
	CommitStock,
	RestoreStock,
	ReturnStock,
];
export const INVENTORY_EVENTS = [LowStock];
