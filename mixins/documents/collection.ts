/** What a field holds, where it may be asked for. Of `tags`, a list of texts, one is asked for. */
export type FieldKind = "text" | "number" | "boolean" | "tags";

/** A kind of documents: what it is called and which of its fields may be asked for. */
export interface Collection {
	/** Names it in the service's database, and in the MongoDB database that all services share. */
	readonly name: string;
	/** Fields that lists may filter by. Every other one is only stored. */
	readonly fields: Readonly<Record<string, FieldKind>>;
	/** Those of them, texts and numbers that no document lacks, that lists may be sorted by. */
	readonly sorts: readonly string[];
}

const NAME = /^[a-z][a-zA-Z]{0,30}$/;

/** @throws TypeError for names that would have to be quoted somewhere, and orders that have gaps */
export function defineCollection(collection: Collection): Collection {
	const { name, fields, sorts } = collection;
	const odd = [name, ...Object.keys(fields)].find((each) => !NAME.test(each));
	if (odd !== undefined) throw new TypeError(`${odd} names no collection and no field: use letters only.`);

	const unsortable = sorts.find((field) => fields[field] !== "text" && fields[field] !== "number");
	if (unsortable !== undefined)
		throw new TypeError(`${name} cannot be sorted by ${unsortable}: only by text or number.`);
	return collection;
}

/**
 * What both stores can hold alike: JSON whose keys MongoDB takes for names, with every field that is sorted by.
 *
 * @throws TypeError that names the key
 */
export function expectStorable({ name, fields, sorts }: Collection, document: object): void {
	expectJson(name, document);
	const missing = sorts.find((field) => typeof (document as Record<string, unknown>)[field] !== typeOf(fields[field]));
	if (missing !== undefined) throw new TypeError(`A document of ${name} has no ${missing}, by which it is sorted.`);
}

const typeOf = (kind: FieldKind | undefined): string => (kind === "number" ? "number" : "string");

function expectJson(path: string, value: unknown): void {
	if (!isStorableScalar(value)) throw unstorable(path);
	if (typeof value !== "object" || value === null) return;
	if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) throw unstorable(path);

	for (const [key, each] of Object.entries(value)) {
		if (/^\$|[.\0]/.test(key))
			throw new TypeError(`${path} has the key ${key}, which MongoDB takes for more than a name.`);
		if (each !== undefined) expectJson(`${path}.${key}`, each);
	}
}

/** Also true for what is no scalar, to be looked into. */
function isStorableScalar(value: unknown): boolean {
	if (typeof value === "string") return !value.includes("\0") && value.isWellFormed();
	return typeof value === "object" || typeof value === "boolean" || Number.isFinite(value);
}

const unstorable = (path: string): TypeError =>
	new TypeError(`${path} is not JSON that PostgreSQL and MongoDB both hold: dates are text, texts have no NUL.`);
