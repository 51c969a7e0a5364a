/** One line of an order, at the price of the moment it was placed. */
export interface Line {
	readonly productId: string;
	readonly name: string;
	readonly quantity: number;
	readonly unitCents: number;
}

/** So many units of a product. */
export interface Units {
	readonly productId: string;
	readonly quantity: number;
}

export type Fulfilment = "processing" | "shipped" | "delivered" | "returned";

/**
 * Everything that can happen to an order. Kept for ever, so none of them holds personal data: a `reason` is one of the
 * system's own, and what people write stands in `order_reasons`, where it can be erased.
 */
export type Fact =
	| {
			readonly type: "placed";
			readonly userId: string;
			readonly number: string;
			readonly currency: string;
			readonly lines: readonly Line[];
			readonly totalCents: number;
	  }
	| { readonly type: "paymentStarted"; readonly paymentId: string }
	| { readonly type: "paymentFailed"; readonly paymentId: string; readonly reason: string }
	| { readonly type: "confirmed"; readonly paymentId: string }
	| { readonly type: "paid"; readonly paymentId: string }
	| { readonly type: "rejected"; readonly reason: string }
	| { readonly type: "cancelled"; readonly reason: string }
	| { readonly type: "moved"; readonly to: Fulfilment }
	| { readonly type: "paymentVoided"; readonly paymentId: string }
	| {
			readonly type: "refunded";
			readonly paymentId: string;
			readonly amountCents: number;
			/** The return it was for; without one, staff gave it. */
			readonly returnId?: string;
	  }
	| { readonly type: "returnRequested"; readonly returnId: string; readonly lines: readonly Units[] }
	| {
			readonly type: "returnAccepted";
			readonly returnId: string;
			readonly amountCents: number;
			readonly restock: boolean;
	  }
	| { readonly type: "returnRefused"; readonly returnId: string }
	| { readonly type: "returnSuperseded"; readonly returnId: string }
	/** The units are back, and so much money was given back for them. */
	| { readonly type: "returnCompleted"; readonly returnId: string; readonly amountCents: number };

/** A fact of one return. */
export type ReturnFact = Extract<Fact, { readonly type: `return${string}` }>;
