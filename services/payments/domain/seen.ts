/** Money that the provider gave back, or lost in a dispute. */
export interface SeenReturn {
	/** The provider's own name of it. */
	readonly reference: string;
	/** Our key when we asked for it; null for what staff did at the provider. */
	readonly key: string | null;
	readonly amountCents: number;
	readonly status: "done" | "failed";
	readonly reason: string;
}

/** A payment as its provider has it. */
export interface SeenPayment {
	readonly reference: string;
	/** The payment it was made for; null for one that nobody here asked for. */
	readonly paymentId: string | null;
	/** `open` is neither held nor refused yet. */
	readonly status: "open" | "declined" | "held" | "captured" | "voided";
	readonly amountCents: number;
	/** Undefined when the provider does not tell it. */
	readonly currency?: string | undefined;
	readonly method?: string | undefined;
	readonly returns: readonly SeenReturn[];
	/** The customer's bank questions the payment, and nobody knows yet who will have the money. */
	readonly isDisputed: boolean;
	readonly begunAt: Date;
}

/** What the provider has given back of a payment. */
export const returnedCents = ({ returns }: Pick<SeenPayment, "returns">): number =>
	returns.reduce((sum, { status, amountCents }) => sum + (status === "done" ? amountCents : 0), 0);

/** Whether somebody else than this shop has moved, or may move, money of it. */
export const isContested = ({ isDisputed, returns }: Pick<SeenPayment, "isDisputed" | "returns">): boolean =>
	isDisputed || returns.some(({ status, key }) => status === "failed" || key === null);
