/** A payment method as the provider keeps it. */
export interface KeptMethod {
	/** The token to pay with; it may be another one than was given. */
	readonly method: string;
	/** The provider's name of its owner. */
	readonly customer: string | null;
	readonly brand: string;
	readonly last4: string;
	readonly expMonth: number;
	readonly expYear: number;
}

export type Keeping =
	{ readonly status: "kept"; readonly kept: KeptMethod } | { readonly status: "refused"; readonly reason: string };

/** Keeps payment methods of users. What it throws is a fault: nothing is known of the outcome, and it may be repeated. */
export interface Vault {
	/** The name under which the provider knows the user, made when there is none. */
	customerFor(userId: string): Promise<string | null>;
	keep(customer: string | null, method: string): Promise<Keeping>;
	/** Forgetting twice, or what is not known, changes nothing. */
	forget(method: string): Promise<void>;
	forgetCustomer(customer: string): Promise<void>;
}
