import { z } from "zod";

/** A fact to publish: the aggregate it happened to, its name and its body. */
export interface Event {
	readonly name: string;
	readonly version: number;
	readonly aggregate: { readonly type: string; readonly id: string };
	readonly data: Readonly<Record<string, unknown>>;
}

/** A fact as a consumer receives it; delivered at least once. */
export interface Message {
	/** UUID of the fact: what the inbox remembers. */
	readonly id: string;
	readonly name: string;
	readonly version: number;
	readonly aggregateType: string;
	readonly aggregateId: string;
	/** 1, 2, 3 … for the published facts of one aggregate, without gaps. */
	readonly sequence: number;
	readonly correlationId: string | null;
	readonly causationId: string | null;
	readonly data: unknown;
}

export interface EventContract<S extends z.ZodType = z.ZodType> {
	readonly name: string;
	readonly version: number;
	/** One sentence of meaning, shown in the API documentation. */
	readonly summary: string;
	/** Outsiders may send it, too, with nothing but the body. */
	readonly isOpen: boolean;
	readonly schema: S;
}

export type BodyOf<E extends EventContract> = z.output<E["schema"]>;

interface Declaration<Shape extends z.ZodRawShape, Open extends boolean> {
	summary: string;
	/** The aggregate's type and the field of the body that holds its id. */
	aggregate: readonly [type: string, idField: keyof Shape & string];
	body: Shape;
	/** Outsiders may send it, too: with nothing but the body, and without a timestamp. */
	isOpen?: Open;
}

/** What every fact says besides its own: when it happened. */
const happened = { timestamp: z.iso.datetime() };
const perhapsTold = { timestamp: happened.timestamp.optional() };
type Moment<Open extends boolean> = Open extends true ? typeof perhapsTold : typeof happened;

/** One published fact: its name, its version, its schema and a typed constructor. */
export function defineEvent<Shape extends z.ZodRawShape, Open extends boolean = false>(
	name: string,
	version: number,
	{ summary, aggregate: [type, idField], body, isOpen }: Declaration<Shape, Open>,
) {
	const of = (data: z.output<z.ZodObject<Shape & typeof happened>>): Event => {
		const fields = data as Readonly<Record<string, unknown>>;
		return { name, version, aggregate: { type, id: String(fields[idField]) }, data: fields };
	};
	const moment = (isOpen ? perhapsTold : happened) as Moment<Open>;
	return { name, version, summary, isOpen: isOpen === true, schema: z.object({ ...body, ...moment }), of };
}
