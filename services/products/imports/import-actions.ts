import type { ActionSchema } from "moleculer";
import { action } from "../../../mixins/define-service.ts";
import { ExportProducts, GetImport, IMPORT_LIMIT_BYTES, ImportProducts, ListImports } from "../../contracts/imports.ts";
import { STAFF } from "../../contracts/policy.ts";
import { exportProducts } from "../actions/export-products.ts";
import { importProducts } from "../actions/import-products.ts";
import { getImport, listImports } from "../actions/read-imports.ts";

const CSV_FILE = {
	as: "stream",
	accepts: ["text/csv", "multipart/form-data"],
	maxBytes: IMPORT_LIMIT_BYTES,
} as const;

/** Until a slow client has sent his file; what is done with it afterwards is not waited for. */
const UPLOAD_TIMEOUT_MS = 600_000;

/** The catalogue as CSV, in and out. */
export const importActions: Readonly<Record<string, ActionSchema>> = {
	import: action(
		ImportProducts,
		{
			rest: "POST /products/import",
			policy: STAFF,
			status: 201,
			location: "/products/imports/:id",
			idempotent: true,
			mayBeLate: true,
			body: CSV_FILE,
			timeout: UPLOAD_TIMEOUT_MS,
		},
		importProducts,
	),
	importStatus: action(GetImport, { rest: "GET /products/imports/:id", policy: STAFF }, getImport),
	imports: action(ListImports, { rest: "GET /products/imports", policy: STAFF }, listImports),
	export: action(
		ExportProducts,
		{
			rest: "GET /products/export",
			policy: STAFF,
			download: { type: "text/csv; charset=utf-8", fileName: "products.csv" },
		},
		exportProducts,
	),
};
