import { decimalsOf } from "../../../contracts/money.ts";

/**
 * How many decimals Stripe's amounts have where that is not the currency's own number: the króna and the shilling are
 * sent with two decimals that are zero, the ariary with none (docs.stripe.com/currencies).
 */
const STRIPE_DECIMALS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/** Stripe's unit in ours: 100 ISK cents are one króna. */
const factorOf = (currency: string): number =>
	10 ** ((STRIPE_DECIMALS[currency] ?? decimalsOf(currency)) - decimalsOf(currency));

/** Minor units to Stripe's: 1050 EUR → 1050, 7 ISK → 700. */
export const toStripe = (amountCents: number, currency: string): number => amountCents * factorOf(currency);

/** @param currency as Stripe writes it, in lower case */
export const fromStripe = (amount: number, currency: string): number => amount / factorOf(currency.toUpperCase());
