import { z } from "zod";

/** ISO 4217 decimals where they are not 2; the list in use by the card networks. */
const DECIMALS: Readonly<Record<string, number>> = {
	BHD: 3,
	IQD: 3,
	JOD: 3,
	KWD: 3,
	LYD: 3,
	OMR: 3,
	TND: 3,
	BIF: 0,
	CLP: 0,
	DJF: 0,
	GNF: 0,
	ISK: 0,
	JPY: 0,
	KMF: 0,
	KRW: 0,
	PYG: 0,
	RWF: 0,
	UGX: 0,
	UYI: 0,
	VND: 0,
	VUV: 0,
	XAF: 0,
	XOF: 0,
	XPF: 0,
};

/** How many decimals an amount of this currency has. */
export const decimalsOf = (currency: string): number => DECIMALS[currency] ?? 2;

/** Whole minor units to the number shown at the edge: 1050 EUR → 10.5. */
export const fromMinor = (minor: number, currency: string): number => minor / 10 ** decimalsOf(currency);

/** The number at the edge to whole minor units: 10.5 EUR → 1050. Expects at most the currency's decimals. */
export const toMinor = (amount: number, currency: string): number => Math.round(amount * 10 ** decimalsOf(currency));

/** True when the amount has no more decimals than its currency. */
export const fitsCurrency = (amount: number, currency: string): boolean =>
	Number(amount.toFixed(decimalsOf(currency))) === amount;

/** SQL's DECIMAL text to whole minor units, exactly: "10.500" → 1050. */
export function minorFromDecimal(decimal: string, currency: string): number {
	const [whole = "0", fraction = ""] = decimal.split(".");
	const decimals = decimalsOf(currency);
	return Number(whole + fraction.padEnd(decimals, "0").slice(0, decimals));
}

/** Whole minor units to SQL's DECIMAL text, exactly: 1050 → "10.50". */
export function decimalFromMinor(minor: number, currency: string): string {
	const decimals = decimalsOf(currency);
	if (decimals === 0) return String(minor);
	const digits = String(Math.abs(minor)).padStart(decimals + 1, "0");
	return `${minor < 0 ? "-" : ""}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The largest amount of one price or payment, in major units. */
export const MAX_AMOUNT = 9_999_999.99;

/** An amount at the edge, in major units; the service checks the decimals of its currency. */
export const Amount = z.number().nonnegative().max(MAX_AMOUNT);
export const Currency = z.string().length(3);
