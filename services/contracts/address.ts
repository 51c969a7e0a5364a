import { z } from "zod";
import { text } from "./text.ts";

export const PostalAddress = z.strictObject({
	name: text(200).optional(),
	line1: text(200),
	line2: text(200).optional(),
	city: text(100),
	region: text(100).optional(),
	postalCode: text(20),
	country: text(60),
});

const Line = text(500).transform((line1): { line1: string } => ({ line1 }));

/** A postal address; a plain string is kept as its `line1`. */
export const Address = z.union([PostalAddress, Line], {
	error: "must be a text, or an object with line1, city, postalCode and country, and optionally name, line2 and region",
});
export type Address = z.output<typeof Address>;

/** An address as it is answered. */
export const AddressView = z.object({ ...PostalAddress.partial().shape, line1: z.string() });
