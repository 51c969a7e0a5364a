import { z } from "zod";

/** Text that a database can hold: PostgreSQL refuses U+0000 in any string, and half a character in JSON. */
export const text = (max: number, min = 1) =>
	z
		.string()
		.min(min)
		.max(max)
		.regex(/^[^\u0000]*$/, "must not contain the NUL character")
		.refine((given) => given.isWellFormed(), "must be well-formed Unicode: a surrogate stands alone");

/** In small letters, as the database writes it: ids are also compared, and seal what is secret, as text. */
export const Id = z.uuid().toLowerCase();
export const Timestamp = z.iso.datetime();

/** Parameters of an action that names one thing. */
export const ById = z.strictObject({ id: Id });

/** Nothing is asked for. */
export const Nothing = z.strictObject({});
export const NoResult = z.null();

/** A yes or no in the query. */
export const Flag = z.enum(["true", "false"]).transform((given) => given === "true");
