import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import { ImportNotFound } from "../../contracts/imports.ts";
import type { GetImport, Import, ListImports } from "../../contracts/imports.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { Products } from "../products.context.ts";
import { findImports } from "../storage/import-list.queries.ts";
import type { ImportSummary } from "../storage/import-list.queries.ts";
import { findImport } from "../storage/import.store.ts";

export async function getImport(this: Products, { params, meta }: Ctx<typeof GetImport>): Promise<Import> {
	const found = await findImport(this.db, params.id, ownerScope(meta.principal));
	if (found === undefined) throw new ImportNotFound();
	return found;
}

export function listImports(
	this: Products,
	{ params, meta }: Ctx<typeof ListImports>,
): Promise<Listing<ImportSummary>> {
	const authorId = ownerScope(meta.principal);
	return listed(params, { authorId }, (slice) => findImports(this.db, authorId, slice));
}
