import { CARDS, invalid, missing } from "./stripe-objects.fixture.ts";
import type { StubMethod } from "./stripe-objects.fixture.ts";

/** What Stripe knows of customers and their payment methods. */
export class StripeWallet {
	readonly methods = new Map<string, StubMethod>();
	readonly customers = new Set<string>();
	now: () => Date = () => new Date();
	#count = 0;

	method(id: string): StubMethod {
		const known = this.methods.get(id);
		const card = CARDS[id];
		if (known === undefined && card === undefined) throw missing("PaymentMethod", id, "payment_method");
		return known ?? this.#newMethod(id, card ?? { brand: "visa", last4: "4242" });
	}

	createCustomer(): { id: string; object: "customer" } {
		const id = this.newId("cus");
		this.customers.add(id);
		return { id, object: "customer" };
	}

	/** A test token is copied: the copy is the customer's. */
	attach(id: string, customer: string): StubMethod {
		if (!this.customers.has(customer)) throw missing("customer", customer, "customer");
		const method = this.method(id);
		const own = CARDS[id] === undefined ? method : { ...method, id: this.newId("pm") };
		own.customer = customer;
		this.methods.set(own.id, own);
		return own;
	}

	detach(id: string): StubMethod {
		const method = this.method(id);
		if (method.customer === null) throw invalid("The payment method you provided is not attached to a customer.");
		method.customer = null;
		return method;
	}

	protected newId(prefix: string): string {
		this.#count += 1;
		return `${prefix}_stub${String(this.#count).padStart(16, "0")}`;
	}

	protected seconds(): number {
		return Math.floor(this.now().getTime() / 1_000);
	}

	#newMethod(id: string, { brand, last4 }: { brand: string; last4: string }): StubMethod {
		const card = { brand, last4, exp_month: 8, exp_year: this.now().getFullYear() + 3 };
		return { id, object: "payment_method", card, created: this.seconds(), customer: null, type: "card" };
	}
}
