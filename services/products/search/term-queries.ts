import type { Term } from "../domain/search-terms.ts";
import type { Products } from "../products.context.ts";
import { queriesOf } from "../storage/search.queries.ts";

/** What all the terms ask of a product. Terms come again and again, so each is kept; the others are asked for together. */
export async function queryOf(service: Pick<Products, "cached" | "db">, terms: readonly Term[]): Promise<string> {
	const missing: Term[] = [];
	let asked: Promise<ReadonlyMap<Term, string>> | undefined;
	const ask = async (term: Term) => {
		missing.push(term);
		// By then, all that is missing is known.
		await Promise.resolve();
		asked ??= queriesOf(service.db, missing);
		return (await asked).get(term);
	};
	const queries = await Promise.all(terms.map((term) => service.cached("terms", term, () => ask(term))));
	return queries.filter((query) => query !== undefined).join(" & ");
}
