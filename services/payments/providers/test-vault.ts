import type { Keeping, Vault } from "./vault.ts";

/** The test provider's tokens: each is a card of its own, and keeps its name. */
const CARDS: Readonly<Record<string, readonly [brand: string, last4: string]>> = {
	pm_card_visa: ["visa", "4242"],
	pm_card_mastercard: ["mastercard", "4444"],
	pm_card_amex: ["amex", "8431"],
	pm_card_chargeDeclined: ["visa", "0002"],
	pm_test_timeout: ["visa", "0119"],
	pm_test_unavailable: ["visa", "0127"],
};

/** Knows the test provider's tokens by heart, so it need not remember anything. */
export const testVault: Vault = {
	customerFor: () => Promise.resolve(null),
	forget: () => Promise.resolve(),
	forgetCustomer: () => Promise.resolve(),
	async keep(customer, method): Promise<Keeping> {
		const card = CARDS[method];
		if (card === undefined) return { status: "refused", reason: "unknown payment method" };
		const [brand, last4] = card;
		return { status: "kept", kept: { method, customer, brand, last4, expMonth: 12, expYear: 2040 } };
	},
};
