import { DomainError } from "../../contracts/errors.ts";
import type { FieldProblem } from "../../contracts/errors.ts";
import type { Principal } from "../../contracts/meta.ts";
import type { CellProblem, ReadRow } from "./csv/cells.ts";
import { sameImages } from "./csv/images.ts";
import { detailsOf } from "./details.ts";
import { putOnSale, restate } from "./product.ts";
import type { Decision, Draft, Occasion, Product } from "./product.ts";

/** What a row of an import comes to. */
export type Verdict =
	| { readonly kind: "created"; readonly decision: Decision }
	| {
			readonly kind: "updated";
			readonly before: Product;
			readonly decision: Decision;
			/** Units to add to what is available; negative to take away. */
			readonly difference: number;
	  }
	| { readonly kind: "unchanged" }
	| { readonly kind: "invalid"; readonly problems: readonly CellProblem[] };

/** What a row is judged by. */
export interface Circumstances extends Occasion {
	/** The product that has the row's SKU. */
	readonly existing: Product | undefined;
	/** Ids of categories by the names that rows give them. */
	readonly categories: ReadonlyMap<string, string>;
	readonly author: Pick<Principal, "role" | "userId">;
	/** For a product that the row creates. */
	readonly newId: string;
}

/** Decides a row: by its SKU it creates a product, or changes the fields it names of the one that has it. */
export function judgeRow({ category, ...row }: ReadRow, by: Circumstances): Verdict {
	const { existing, author } = by;
	if (existing !== undefined && author.role === "vendor" && existing.vendorId !== author.userId)
		return invalid("sku", "SKU_TAKEN", "belongs to another vendor's product; choose another one");
	const categoryId = category == null ? category : by.categories.get(category);
	if (category != null && categoryId === undefined)
		return invalid("category", "CATEGORY_NOT_FOUND", "names no category; create it first, or leave the cell empty");

	try {
		return decided({ ...row, categoryId }, by);
	} catch (error) {
		return { kind: "invalid", problems: problemsOf(error) };
	}
}

type Fields = Omit<ReadRow, "category"> & { readonly categoryId: string | null | undefined };

function decided({ stockQuantity, sku, ...fields }: Fields, by: Circumstances): Verdict {
	const { existing, author, currency, newId } = by;
	if (existing === undefined) {
		const draft = detailsOf({ ...fields, sku }, author, currency) as Draft;
		return { kind: "created", decision: putOnSale(newId, draft, stockQuantity ?? 0, by) };
	}
	// The SKU found the product, in whatever spelling of its letters; it stays as it was.
	const images = sameImages(fields.images, existing.images);
	const given = detailsOf({ ...fields, images }, author, currency);
	const decision = restate(existing, given, stockQuantity ?? existing.available, by);
	const difference = decision.state.available - existing.available;
	const isSame = difference === 0 && decision.state.version === existing.version;
	return isSame ? { kind: "unchanged" } : { kind: "updated", before: existing, decision, difference };
}

const invalid = (column: string, code: CellProblem["code"], message: string): Verdict => ({
	kind: "invalid",
	problems: [{ column, code, message }],
});

/** What POST and PUT of a product refuse, a row is refused for. */
function problemsOf(error: unknown): CellProblem[] {
	if (!(error instanceof DomainError)) throw error;
	const { errors = [] } = error.data as { errors?: readonly FieldProblem[] };
	return errors.map(({ path, message }) => ({ column: path, code: "VALIDATION_FAILED", message }));
}
