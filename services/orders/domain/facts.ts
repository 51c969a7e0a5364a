/** One line of an order, at the price of the moment it was placed. */
export interface Line {
	readonly productId: string;
	readonly name: string;
	readonly quantity: number;
	readonly unitCents: number;
}

export type Fulfilment = "processing" | "shipped" | "delivered" | "returned";

/** Everything that can happen to an order. Kept for ever, so none of them holds personal data. */
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
	| { readonly type: "moved"; readonly to: Fulfilment; readonly reason?: string }
	| { readonly type: "paymentVoided"; readonly paymentId: string }
	| { readonly type: "refunded"; readonly paymentId: string; readonly amountCents: number };
