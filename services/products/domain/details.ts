import { ValidationFailed } from "../../contracts/errors.ts";
import type { Principal } from "../../contracts/meta.ts";
import { decimalsOf, fitsCurrency, toMinor } from "../../contracts/money.ts";
import type { Details } from "./product.ts";

/** The fields of a product as a client sends them; what is undefined was not sent. */
export type Given = { readonly [F in keyof Omit<Details, "priceCents">]?: Details[F] | undefined } & {
	readonly price?: number | undefined;
};

type Author = Pick<Principal, "role" | "userId">;

/**
 * What a command sets, as the domain counts it.
 *
 * @throws ValidationFailed when the price has more decimals than the currency, or a vendor names another vendor
 */
export function detailsOf({ price, vendorId, ...rest }: Given, author: Author | undefined, currency: string) {
	const priceCents = price === undefined ? undefined : centsOf(price, currency);
	const set = { ...rest, priceCents, vendorId: vendorOf(vendorId, author) };
	return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)) as Partial<Details>;
}

function centsOf(price: number, currency: string): number {
	if (fitsCurrency(price, currency)) return toMinor(price, currency);
	const message = `has more decimals than ${currency}, which has ${decimalsOf(currency)}`;
	throw new ValidationFailed({ errors: [{ path: "price", message }] });
}

/** A vendor's products are always his own; an admin gives them to whom he likes, or to nobody. */
function vendorOf(given: string | null | undefined, author: Author | undefined): string | null | undefined {
	if (author?.role !== "vendor") return given;
	if (given === undefined || given === author.userId) return author.userId;
	const message = "is your own account for everything you sell; leave it out";
	throw new ValidationFailed({ errors: [{ path: "vendorId", message }] });
}
