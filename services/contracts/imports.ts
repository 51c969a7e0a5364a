import { z } from "zod";
import { defineAction } from "./action.ts";
import { FilePart, part, Upload } from "./bodies.ts";
import { BodyTooLarge, defineError, UnsupportedMediaType } from "./errors.ts";
import { CreateProduct } from "./products.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Flag, Id, Timestamp } from "./text.ts";

/** The columns of a catalogue as CSV, in the order of an export; an import may have them in any. */
export const IMPORT_COLUMNS = [
	"sku",
	"name",
	"description",
	"price",
	"category",
	"stockQuantity",
	"lowStockThreshold",
	"images",
	"isActive",
] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];
export const REQUIRED_COLUMNS: readonly ImportColumn[] = ["name", "sku", "price"];

export const IMPORT_LIMIT_BYTES = 100 * 1_048_576;
/** So many errors are kept of an import; the others are counted. */
export const MAX_IMPORT_ERRORS = 1_000;

/** The fields of a row, by the rules of POST /products. */
export const ImportRow = CreateProduct.params.pick({
	name: true,
	sku: true,
	price: true,
	description: true,
	images: true,
	stockQuantity: true,
	lowStockThreshold: true,
	isActive: true,
});
export type ImportRow = z.output<typeof ImportRow>;

export const ROW_ERRORS = [
	"VALIDATION_FAILED",
	"CATEGORY_NOT_FOUND",
	"SKU_TAKEN",
	/** The file has this SKU before. */
	"SKU_REPEATED",
	/** Quotes that are never closed, or stand where none may. */
	"ROW_MALFORMED",
	/** More or fewer cells than the header. */
	"ROW_RAGGED",
	/** Bytes that are no characters in the file's encoding. */
	"ROW_NOT_TEXT",
] as const;

export const RowError = z.object({
	/** Of the file, counted from 1; where the row begins. */
	line: z.int(),
	column: z.string().nullable(),
	code: z.enum(ROW_ERRORS),
	message: z.string(),
});
export type RowError = z.output<typeof RowError>;

export const Import = z.object({
	id: Id,
	status: z.enum(["processing", "completed", "failed"]),
	dryRun: z.boolean(),
	/** Share of the file that was read, from 0 to 1. */
	progress: z.number(),
	/** Rows that were read so far, the header not counted; each is one of the four below. */
	processedRows: z.int(),
	/** Of the whole file; null until its end was seen. */
	rows: z.int().nullable(),
	created: z.int(),
	updated: z.int(),
	unchanged: z.int(),
	invalid: z.int(),
	errors: z.array(RowError),
	/** There were more errors than are shown. */
	errorsTruncated: z.boolean(),
	/** Why it ended before the file did. */
	failure: z.string().nullable(),
	createdAt: Timestamp,
	finishedAt: Timestamp.nullable(),
});
export type Import = z.output<typeof Import>;

export const ImportNotFound = defineError("IMPORT_NOT_FOUND", 404, "There is no such import of yours.");

export const ImportProducts = defineAction("products.import", {
	summary:
		"Creates and changes products by SKU from CSV; a bad row stops no other. 201 with the report, or 202 while a long file is worked on.",
	params: z.strictObject({
		upload: Upload,
		/** Reports what would happen, and changes nothing. */
		dryRun: Flag.optional(),
	}),
	result: Import,
	errors: [BodyTooLarge, UnsupportedMediaType],
});

export const GetImport = defineAction("products.importStatus", {
	summary: "How far an import is, and its report.",
	params: ById,
	result: Import,
	errors: [ImportNotFound],
});

export const ListImports = defineAction("products.imports", {
	summary: "The imports of the last month without their reports, newest first; a vendor gets his own.",
	params: listParams({}),
	result: listOf(Import.omit({ errors: true, errorsTruncated: true })),
});

export const ExportProducts = defineAction("products.export", {
	summary: "The catalogue as CSV in the columns of an import, hidden products too; a vendor gets his own.",
	params: z.strictObject({ part }),
	result: FilePart,
});

export const IMPORT_ACTIONS = [ImportProducts, GetImport, ListImports, ExportProducts];
